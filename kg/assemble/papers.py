"""Staged records -> papers, without holding all texts in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.records import Identifier, Name, Paper, SourceRecord
from kg.resolve import merge_papers
from kg.store.staging import Staging


@dataclass(frozen=True, slots=True)
class PaperOutline:
    """A paper without its texts: which records it is made of, and digests of what they say."""

    key: str
    records: tuple[tuple[str, str], ...]  # their keys, by precedence
    digests: tuple[str, ...]  # theirs, in the same order
    text_digest: str  # of the record whose text is read
    identifiers: tuple[Identifier, ...]
    cites: tuple[str, ...]  # keys of the papers of the set that it cites
    names: tuple[Name, ...] = ()  # of concepts that its sources name without a sentence, sorted


@dataclass(frozen=True, slots=True)
class Outlines:
    """All papers of the set, by key, and the papers of the set that others cite."""

    papers: tuple[PaperOutline, ...]
    cited: dict[Identifier, str]  # an identifier that some record cites -> the key of its paper


def outline_papers(staging: Staging, precedence: Sequence[str]) -> Outlines:
    """SourceRecord -> PaperOutline: which records mean one paper."""
    digests: dict[tuple[str, str], tuple[str, str]] = {}
    light: list[SourceRecord] = []
    cites: dict[tuple[str, str], tuple[Identifier, ...]] = {}
    names: dict[tuple[str, str], tuple[Name, ...]] = {}
    for staged in staging.records():
        digests[staged.record.key] = (staged.digest, staged.text_digest)
        if staged.record.cites:
            cites[staged.record.key] = staged.record.cites
        if stated := staged.record.names():
            names[staged.record.key] = stated
        light.append(_without_texts(staged.record))
    merged = merge_papers(light, precedence)
    wanted = {identifier for each in cites.values() for identifier in each}
    cited = {identifier: paper.key for paper in merged for identifier in paper.identifiers if identifier in wanted}
    papers = []
    for paper in merged:
        keys = tuple(record.key for record in paper.records)
        citing = (identifier for key in keys for identifier in cites.get(key, ()))
        papers.append(
            PaperOutline(
                key=paper.key,
                records=keys,
                digests=tuple(digests[key][0] for key in keys),
                text_digest=digests[paper.text_record.key][1],
                identifiers=paper.identifiers,
                cites=tuple(sorted({cited[identifier] for identifier in citing if identifier in cited})),
                names=tuple(sorted({name for key in keys for name in names.get(key, ())})),
            )
        )
    return Outlines(tuple(papers), cited)


def whole_paper(staging: Staging, outline: PaperOutline, precedence: Sequence[str]) -> Paper:
    """The paper of an outline, with all that its records say."""
    merged = merge_papers((staging.record(key).record for key in outline.records), precedence)
    if len(merged) != 1:
        raise ValueError(f"the records {outline.records} mean one paper among all, {len(merged)} by themselves")
    return replace(merged[0], key=outline.key)


def _without_texts(record: SourceRecord) -> SourceRecord:
    """What merging looks at: whether there is an abstract, not what it says."""
    return replace(
        record,
        abstract=record.abstract[:1] if record.abstract else None,
        summary=record.summary[:1] if record.summary else None,
        authors=(),
        venue=None,
        urls=(),
        code_urls=(),
        cites=(),
        other_code_urls=(),
        concepts=(),
        results=(),
    )
