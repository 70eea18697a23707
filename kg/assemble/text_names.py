"""The names of texts: made once for a text, an extractor and this code, then kept in the staging area.

All of them are read at each build, twice, so they are kept as short lists: each name once, the rest by its number.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from kg.assemble.made import code_digest
from kg.records import Extraction, Name
from kg.resolve import PaperNames, paper_names
from kg.resolve.names import Above, Definition, SurfaceForm
from kg.store.staging import Staging, digest_of_parts


@dataclass(frozen=True, slots=True)
class TextNames:
    """The names of a text, and which of its mentions are parts of results (by index, sorted)."""

    names: PaperNames
    in_results: tuple[int, ...] = ()


class NameStore:
    """The names of the texts of a staging area, as an extractor found them."""

    def __init__(self, staging: Staging, extractor: str) -> None:
        self.staging = staging
        self.extractor = extractor
        self.maker = names_maker(extractor)

    def of(self, text_digest: str, paper: str = "") -> TextNames:
        """The names of a text, said by the paper with this key."""

        def make() -> str:
            return names_to_json(text_names(self.staging.extraction(text_digest, self.extractor)))

        return names_from_json(self.staging.names(text_digest, self.maker, make), paper)


def names_maker(extractor: str) -> str:
    """The digest that names are kept under: they depend on the extraction and on the code."""
    return digest_of_parts([code_digest(), extractor])


def text_names(extraction: Extraction) -> TextNames:
    """The names of an extraction."""
    parts = {
        part
        for result in extraction.results
        for part in (result.metric, result.dataset, result.task, result.method, result.baseline)
        if part is not None
    }
    return TextNames(paper_names(extraction), tuple(sorted(parts)))


def names_to_json(found: TextNames) -> str:
    """The names as short JSON, without the key of the paper."""
    numbers: dict[Name, int] = {}

    def number(name: Name) -> int:
        return numbers.setdefault(name, len(numbers))

    names = found.names
    lists = [
        [number(name) for name in names.names],
        [[one.text, number(one.name), one.count] for one in names.surface_forms],
        [[one.short, one.long, one.type] for one in names.definitions],
        [[number(one.narrow), number(one.broad), one.score] for one in names.above],
        found.in_results,
    ]
    return json.dumps([[[name.text, name.type] for name in numbers], *lists], ensure_ascii=False, separators=(",", ":"))


def names_from_json(text: str, paper: str = "") -> TextNames:
    """The inverse of :func:`names_to_json`; ``paper`` is the key of the paper that says them.

    >>> name = Name("GAT", "Method")
    >>> found = TextNames(PaperNames((name, name), (SurfaceForm("GATs", name, 2),), paper="x"), (1,))
    >>> names_from_json(names_to_json(found), "x") == found
    True
    """
    named, mentions, surfaces, definitions, above, in_results = json.loads(text)
    names = [Name(text, type) for text, type in named]
    return TextNames(
        PaperNames(
            tuple([names[number] for number in mentions]),
            tuple([SurfaceForm(text, names[number], count) for text, number, count in surfaces]),
            tuple([Definition(*one) for one in definitions]),
            tuple([Above(names[narrow], names[broad], score) for narrow, broad, score in above]),
            paper,
        ),
        tuple(in_results),
    )
