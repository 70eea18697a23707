"""Judged links -> how good those of a store are: precision and recall for each target, on the concepts that it has.

A gold file is SSSOM TSV (``Not`` and ``sssom:NoTermFound`` are judgements too), or a table with the columns ``type``,
``label`` and one a target: the right entry, several that are equally right joined by ``|``, ``-`` for a concept that
the target does not hold, nothing where nobody judged.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.errors import UsageError
from kg.link.catalogues import TARGETS, target_of
from kg.link.matching import Link, Subject
from kg.link.sssom import NO_TERM, read_mappings
from kg.records import CONCEPT_TYPES
from kg.resources import resource_folder

Right = frozenset[str]  # the entries that are right; empty: the target holds none
NOTHING: Final = "-"


@dataclass(frozen=True, slots=True)
class Gold:
    """What was judged: by the concept's type and label or by its IRI, then by target; and pairs that are wrong."""

    by_name: Mapping[tuple[str, str], Mapping[str, Right]]
    by_iri: Mapping[str, Mapping[str, Right]]
    wrong: frozenset[tuple[str, str]] = frozenset()

    def of(self, subject: Subject) -> Mapping[str, Right]:
        """The right entries of a concept in the targets for which it was judged."""
        return self.by_iri.get(subject.iri) or self.by_name.get(_name(subject.type, subject.label)) or {}


@dataclass(frozen=True, slots=True)
class Score:
    """Of the judged concepts of a store: ``linked``, how many of those ``right``, and ``there``: held by the target."""

    right: int
    linked: int
    there: int

    @property
    def precision(self) -> float | None:
        return self.right / self.linked if self.linked else None

    @property
    def recall(self) -> float | None:
        return self.right / self.there if self.there else None


def shipped_gold() -> list[Path]:
    """The files of our own judgements: of concepts of papers on machine learning and language."""
    return sorted(resource_folder("link-gold").glob("*.tsv"))


def read_gold(paths: Iterable[Path]) -> Gold:
    """What the files say; of two judgements of one concept the first stays. UsageError for what is no gold."""
    by_name: dict[tuple[str, str], dict[str, Right]] = defaultdict(dict)
    by_iri: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    wrong = set()
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"cannot read the gold {path}: {error}") from error
        header = next((line for line in text.split("\n") if line and not line.startswith("#")), "").rstrip("\r")
        if "subject_id" in header.split("\t"):
            for one in read_mappings(text, str(path)):
                if one.no:
                    wrong.add((one.subject, one.object))
                    continue
                target = target_of(one.object)
                for held in TARGETS if one.object == NO_TERM else (target,) if target else ():
                    by_iri[one.subject][held].update({one.object} - {NO_TERM})
        else:
            for name, answers in _table(text, path):
                for held, right in answers.items():
                    by_name[name].setdefault(held, right)
    frozen = {iri: {target: frozenset(found) for target, found in of.items()} for iri, of in by_iri.items()}
    return Gold(dict(by_name), frozen, frozenset(wrong))


def _table(text: str, path: Path) -> Iterable[tuple[tuple[str, str], dict[str, Right]]]:
    header, *lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    columns = header.split("\t")
    targets = [one for one in columns if one in TARGETS]
    if not {"type", "label"} <= set(columns) or not targets:
        raise UsageError(
            f"{path}:1: found {header[:80]!r}, expected SSSOM TSV, or the columns type, label and one or more of "
            f"{', '.join(TARGETS)}"
        )
    for number, line in enumerate(lines, start=2):
        cells = dict(zip(columns, line.split("\t"), strict=False))
        if cells.get("type") not in CONCEPT_TYPES or not cells.get("label"):
            types = ", ".join(CONCEPT_TYPES)
            raise UsageError(f"{path}:{number}: found {line[:80]!r}, expected a type ({types}) and a label")
        answers = {target: cells.get(target, "").strip() for target in targets}
        yield (
            _name(cells["type"], cells["label"]),
            {target: frozenset(found.split("|")) - {NOTHING} for target, found in answers.items() if found},
        )


def _name(kind: str, label: str) -> tuple[str, str]:
    return kind, " ".join(label.casefold().split())


def score(links: Iterable[Link], subjects: Iterable[Subject], gold: Gold) -> dict[str, Score]:
    """The links of a store, whose concepts are ``subjects``, beside the gold: a score for each target it judges."""
    right, linked, there = Counter[str](), Counter[str](), Counter[str]()
    for subject in subjects:
        there.update(target for target, answers in gold.of(subject).items() if answers)
    for link in links:
        answer, pair = gold.of(link.subject).get(link.target), (link.subject.iri, link.entry.iri)
        if answer is not None or pair in gold.wrong:
            linked[link.target] += 1
            right[link.target] += pair not in gold.wrong and link.entry.iri in (answer or ())
    return {one: Score(right[one], linked[one], there[one]) for one in TARGETS if linked[one] or there[one]}
