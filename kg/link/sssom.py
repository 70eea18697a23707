"""Links <-> SSSOM TSV (https://w3id.org/sssom/spec 1.0): what is written for a target, and what a person says."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import yaml

from kg import __version__
from kg.errors import UsageError
from kg.graph import vocabulary as v
from kg.link.catalogues import TARGETS
from kg.link.matching import Link

PREFIXES: Final = {
    "skos": v.PREFIXES["skos"],
    "semapv": "https://w3id.org/semapv/vocab/",
    **{one.name: one.namespace for one in TARGETS.values()},
}
_BUILT_IN: Final = {
    **PREFIXES,
    "owl": v.PREFIXES["owl"],
    "rdfs": v.PREFIXES["rdfs"],
    "sssom": "https://w3id.org/sssom/",
    "pt": v.PREFIXES["pt"],
}
COLUMNS: Final = (
    "subject_id",
    "subject_label",
    "subject_category",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "confidence",
    "match_string",
)
NO_TERM: Final = "https://w3id.org/sssom/NoTermFound"


def predicate_of(link: Link) -> str:
    """``skos:exactMatch`` where both labels agree and the target holds such things as our concepts, else close."""
    exact = TARGETS[link.target].exact and link.by_labels
    return "skos:exactMatch" if exact else "skos:closeMatch"


def to_sssom(links: Iterable[Link], base_iri: str, target: str, versions: Iterable[str]) -> str:
    """The links to a target as SSSOM TSV; ``versions`` are the digests of the catalogues that they were made with."""
    curies = {**PREFIXES, "kg": base_iri}
    used = ("kg", "skos", "semapv", target)
    said = {"curie_map": {prefix: curies[prefix] for prefix in sorted(used)}, **metadata_of(base_iri, target, versions)}
    header = yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=10_000)
    lines = [f"#{line}" for line in header.splitlines()]
    rows = io.StringIO()
    writer = csv.writer(rows, delimiter="\t", lineterminator="\n")
    writer.writerow(COLUMNS)
    for link in sorted(links, key=lambda one: (one.subject.iri, one.entry.iri)):
        writer.writerow(
            (
                "kg:" + link.subject.iri.removeprefix(base_iri),
                _flat(link.subject.label),
                link.subject.type,
                predicate_of(link),
                f"{target}:" + link.entry.iri.removeprefix(TARGETS[target].namespace),
                _flat(link.entry.label),
                "semapv:LexicalMatching",
                f"{link.confidence:.2f}",
                _flat(link.matched),
            )
        )
    return "\n".join(lines) + "\n" + rows.getvalue()


def metadata_of(base_iri: str, target: str, versions: Iterable[str]) -> dict[str, str]:
    """What is said of the mappings to a target as a set."""
    return {
        "mapping_set_id": f"{base_iri}graph/links/{target}",
        "mapping_set_title": f"Concepts of the graph in {TARGETS[target].description}",
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
        "mapping_tool": "papertriples",
        "mapping_tool_version": __version__,
        "object_source_version": " ".join(sorted(versions)) or "unknown",
    }


def _flat(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class OwnMapping:
    """What a person says: a subject is an object, or (``no``) is not; an object of None: there is none there."""

    subject: str
    predicate: str
    object: str
    no: bool = False


def read_mappings(text: str, file: str = "the SSSOM file") -> list[OwnMapping]:
    """The mappings of an SSSOM TSV, with whole IRIs; raises UsageError with the line where it is none.

    >>> text = "#curie_map:\\n#  a: http://a/\\nsubject_id\\tpredicate_id\\tobject_id\\na:x\\tskos:exactMatch\\tcso:y\\n"
    >>> read_mappings(text)[0].object
    'https://cso.kmi.open.ac.uk/topics/y'
    """
    lines = text.split("\n")
    comments = [line[1:] for line in lines if line.startswith("#")]
    curies = dict(_BUILT_IN)
    for line in comments:
        match = re.fullmatch(r"\s+\"?([\w.-]+)\"?:\s+\"?(\S+?)\"?\s*", line)
        if match:
            curies[match[1]] = match[2]
    body = [(number, line) for number, line in enumerate(lines, start=1) if line and not line.startswith("#")]
    if not body:
        raise UsageError(f"{file}: found no row, expected SSSOM TSV: subject_id, predicate_id, object_id ...")
    header = body[0][1].rstrip("\r").split("\t")
    missing = [one for one in ("subject_id", "predicate_id", "object_id") if one not in header]
    if missing:
        raise UsageError(f"{file}:{body[0][0]}: found no column {missing[0]}, expected SSSOM TSV")
    found = []
    for number, line in body[1:]:
        try:
            row = next(csv.reader([line.rstrip("\r")], delimiter="\t"))
        except csv.Error as error:
            raise UsageError(f"{file}:{number}: {error}, expected a row of SSSOM TSV") from error
        cells = dict(zip(header, row, strict=False))
        iris = [_expanded(cells.get(one, ""), curies) for one in ("subject_id", "predicate_id", "object_id")]
        if None in iris:
            raise UsageError(
                f"{file}:{number}: found {line[:80]!r}, expected three CURIEs with known prefixes, or IRIs"
            )
        subject, predicate, obj = (one or "" for one in iris)
        found.append(OwnMapping(subject, predicate, obj, cells.get("predicate_modifier", "") == "Not"))
    return found


def _expanded(curie: str, curies: Mapping[str, str]) -> str | None:
    text = curie.strip()
    if re.match(r"https?://\S+$", text):
        return text
    prefix, colon, name = text.partition(":")
    return curies[prefix] + name if colon and name and prefix in curies else None


class Said:
    """What a person's own mappings say; it wins over every link that was matched."""

    def __init__(self, mappings: Iterable[OwnMapping]) -> None:
        self.yes: list[OwnMapping] = []
        self._no: set[tuple[str, str]] = set()
        self._settled: dict[str, set[str]] = defaultdict(set)  # subject -> namespaces in which it has its answer
        for one in mappings:
            if one.no:
                self._no.add((one.subject, one.object))
            elif one.object == NO_TERM:
                self._settled[one.subject].update(target.namespace for target in TARGETS.values())
            else:
                self.yes.append(one)
                self._settled[one.subject].update(
                    target.namespace for target in TARGETS.values() if one.object.startswith(target.namespace)
                )

    def allows(self, link: Link) -> bool:
        """Whether nothing that the person said is against the link."""
        iri = link.entry.iri
        settled = any(iri.startswith(namespace) for namespace in self._settled.get(link.subject.iri, ()))
        return not settled and (link.subject.iri, iri) not in self._no
