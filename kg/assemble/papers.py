"""Staged records -> papers, without holding all texts in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kg.records import Identifier, Name, Paper, SourceRecord, record_from_json
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
    for entry, digest, text_digest in staging.entries():
        record = _light(entry)
        digests[record.key] = (digest, text_digest)
        if "cites" in entry:
            cites[record.key] = tuple(Identifier(**one) for one in entry["cites"])
        if "concepts" in entry or "results" in entry:
            names[record.key] = record_from_json(SourceRecord, json.dumps(entry)).names()
        light.append(record)
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


def whole_paper(
    staging: Staging,
    outline: PaperOutline,
    precedence: Sequence[str],
    kept: Callable[[SourceRecord], SourceRecord] = lambda record: record,
) -> Paper:
    """The paper of an outline, with all that its records say, or what of that is ``kept``."""
    merged = merge_papers((kept(staging.record(key).record) for key in outline.records), precedence)
    if len(merged) != 1:
        raise ValueError(f"the records {outline.records} mean one paper among all, {len(merged)} by themselves")
    return replace(merged[0], key=outline.key)


def _light(entry: Mapping[str, Any]) -> SourceRecord:
    """What merging looks at, of a record as plain JSON: whether there is an abstract, not what it says."""
    abstract, summary = entry.get("abstract"), entry.get("summary")
    return SourceRecord(
        entry["source"],
        entry["record_id"],
        entry["title"],
        entry.get("version", ""),
        abstract[:1] if abstract else None,
        summary[:1] if summary else None,
        date=entry.get("date"),
        identifiers=tuple([Identifier(**one) for one in entry.get("identifiers", ())]),
        language=entry.get("language"),
    )
