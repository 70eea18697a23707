"""The gold that the extractor is measured with, out of the shared data: development portions, never a test portion."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from kg.errors import raise_problem
from kg.evaluate import ListingPaper, ResultPaper, SpanText, Texts, listing_papers, result_papers, span_sentences
from kg.evaluate import span_texts as texts_of
from kg.identifiers import normalise_repository
from kg.read.place import Place
from kg.records import FieldName
from kg.text import clean

TDMSCI_HELD = 0.15  # of tdmsci's train portion, as train/corpus.py holds it out
SCIREX_HELD = 0.05  # of the sentences, from the end of the digests that train/corpus.py reads from the beginning


def shared() -> Path:
    """The folder of the shared data."""
    return Path(os.environ.get("KG_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))


def lines(name: str, limit: int | None) -> Iterator[dict[str, Any]]:
    """The JSON lines of a file under benchmarks/, plain or gzip."""
    path = shared() / "benchmarks" / name
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    yield from islice((json.loads(line) for line in content.decode("utf-8").split("\n") if line.strip()), limit)


def objects(name: str, limit: int | None) -> Iterator[tuple[Place, dict[str, Any]]]:
    for number, line in enumerate(lines(name, limit), 1):
        yield Place(name, raise_problem, number), line


def taken(text: str, share: float) -> bool:
    """Whether a text falls into a fixed share of all texts, by its digest; as train/examples.py decides it."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) < share * 0x100000000


def span_gold(name: str, limit: int | None, whole_documents: bool = False) -> list[SpanText]:
    """A whole file in the span format."""
    return list(texts_of(span_sentences(objects(name, limit)), whole_documents=whole_documents))


def tdmsci_held_out(limit: int | None) -> list[SpanText]:
    """What training holds out of tdmsci: each text once, the later of two labellings."""
    by_text = {}
    for place, line in objects("tdmsci/train.jsonl", None):
        text = " ".join(clean(word).text.strip() or "_" for word in line["tokens"])
        if taken("held out " + text, TDMSCI_HELD):
            by_text[text] = (place, line)
    return list(islice(texts_of(span_sentences(iter(by_text.values()))), limit))


def scirex_part(limit: int | None) -> list[SpanText]:
    """Sentences of full papers that training leaves alone; other sentences of the same papers it reads."""

    def sentences() -> Iterator[tuple[Place, dict[str, Any]]]:
        for place, paper in objects("scirex/train.jsonl.gz", limit):
            words = paper["words"]
            for number, (start, end) in enumerate(paper["sentences"]):
                tokens = words[start:end]
                if (
                    4 <= len(tokens) <= 80
                    and words[start] != "section"
                    and not taken(" ".join(tokens), 1 - SCIREX_HELD)
                ):
                    spans = [[a - start, b - start, kind] for a, b, kind in paper["ner"] if start <= a and b <= end]
                    yield place, {"doc": paper["doc_id"], "sent": number, "tokens": tokens, "entities": spans}

    return list(islice(texts_of(span_sentences(sentences())), limit))


def listing(limit: int | None) -> list[ListingPaper]:
    """The papers of the listing that have gold."""
    texts = Texts.read([shared() / "corpora" / "hf-papers-listing.txt"], lambda problem: None)
    return list(listing_papers(objects("listing-dev.jsonl", limit), texts))


def leaderboard_results(limit: int | None = None, portion: str = "dev") -> list[ResultPaper]:
    """Papers with the results that leaderboards record; ``portion``: "dev" or "train"."""
    return list(result_papers(objects(f"orkg-tdm/{portion}.jsonl.gz", limit), Texts()))


@dataclass(frozen=True)
class Linked:
    """A paper whose repository's address stands in its abstract."""

    fields: dict[FieldName, str]
    urls: frozenset[str]


def linked_papers(limit: int | None) -> list[Linked]:
    """The papers whose abstract holds the address of a repository that the gold names."""
    found = []
    for line in lines("acl-links/dev.jsonl.gz", None):
        if line["url_in_abstract"]:
            known = [normalise_repository(one["url"]) for one in line["code"]]
            urls = frozenset(one.url.lower() for one in known if one is not None)
            found.append(Linked({"title": line["title"], "abstract": line["abstract"]}, urls))
    return found[:limit]


def abstracts(limit: int | None) -> Sequence[dict[FieldName, str]]:
    """Titles and abstracts to measure speed with."""
    papers = lines("orkg-tdm/dev.jsonl.gz", limit)
    return [{"title": one["title"], "abstract": one["abstract"]} for one in papers if one["abstract"]]
