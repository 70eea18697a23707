"""What a build or a removal did, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from kg.store.manifest import Counts
from kg.text import counted_languages


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """What a build read, what that changed, and what the store holds now.

    ``new``, ``replaced``, ``unchanged`` and ``older`` (a later version is in the store) add up to ``read``.
    ``skipped`` records could not be read, ``reasons`` counts problems by field, those included where a record was
    kept without the field. ``not_english`` counts the extracted texts in other languages, by language: they are
    kept, but not read. ``left_out`` counts the edges that texts give and the hierarchy leaves out, since they would
    close a cycle. ``version`` is the store's version now, ``published`` whether this build made it.
    """

    read: int
    new: int
    replaced: int
    unchanged: int
    older: int
    skipped: int
    reasons: Mapping[str, int]
    extracted: int
    not_english: Mapping[str, int]
    described: int
    rewritten: int
    removed: int
    version: int
    published: bool
    seconds: float
    counts: Counts = field(default_factory=Counts)
    left_out: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Everything, for JSON; the counts of the store beside the rest."""
        entry = asdict(self)
        return {**entry, "reasons": dict(self.reasons), "not_english": dict(self.not_english)}

    def as_text(self) -> str:
        """A few lines for people."""
        parts = [f"{self.new} new", f"{self.replaced} replaced", f"{self.unchanged} unchanged"]
        if self.older:
            parts.append(f"{self.older} older than what the store has")
        lines = [f"{_count(self.read, 'record')} read: {', '.join(parts)}"]
        if self.skipped or self.reasons:
            reasons = ", ".join(f"{name} {number}" for name, number in sorted(self.reasons.items()))
            lines.append(f"{_count(self.skipped, 'record')} skipped" + (f" (problems: {reasons})" if reasons else ""))
        if self.not_english:
            number, listed = sum(self.not_english.values()), counted_languages(self.not_english)
            lines.append(f"{_count(number, 'text')} not in English ({listed}): kept, but not read")
        lines.append(f"{_count(self.extracted, 'text')} extracted, {_count(self.described, 'paper')} described")
        if self.left_out:
            edges = _count(self.left_out, "edge")
            lines.append(f"{edges} of texts left out of the hierarchy: with surer ones they would close a cycle")
        return "\n".join([*lines, *_store_lines(self.counts, self.version, self.published, self.seconds)])


@dataclass(frozen=True, slots=True)
class RemoveSummary:
    """Which papers were taken out, by IRI, with how many records; and what the store holds now."""

    papers: tuple[str, ...]
    records: int
    version: int
    published: bool
    seconds: float
    counts: Counts = field(default_factory=Counts)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def as_text(self) -> str:
        """A few lines for people."""
        lines = [f"{_count(len(self.papers), 'paper')} taken out, made from {_count(self.records, 'record')}"]
        return "\n".join([*lines, *_store_lines(self.counts, self.version, self.published, self.seconds)])


@dataclass(frozen=True, slots=True)
class CurateSummary:
    """The ids of the entries that were given, how many of them the log had not, and what the store holds now."""

    entries: tuple[str, ...]
    new: int
    version: int
    published: bool
    seconds: float
    counts: Counts = field(default_factory=Counts)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def as_text(self) -> str:
        """A few lines for people."""
        known = len(self.entries) - self.new
        lines = [
            f"{_count(self.new, 'entry', 'entries')} put into the log" + (f", {known} were there" if known else "")
        ]
        lines += [f"  {one}" for one in self.entries[:20]]
        return "\n".join([*lines, *_store_lines(self.counts, self.version, self.published, self.seconds)])


def _store_lines(counts: Counts, version: int, published: bool, seconds: float) -> list[str]:
    return [
        f"the store holds {_count(counts.papers, 'paper')}, {_count(counts.concepts, 'concept')}, "
        f"{_count(counts.statements, 'statement')} ({counts.asserted:,} asserted), {_count(counts.results, 'result')}, "
        f"{_count(counts.repositories, 'repository', 'repositories')}, {_count(counts.triples, 'triple')}",
        f"version {version}" + ("" if published else ", unchanged") + f", {seconds:.1f} s",
    ]


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
