"""What a person calls a paper (an IRI, a slug, an identifier) -> the paper's source records."""

from __future__ import annotations

from collections.abc import Sequence

from kg.assemble.papers import PaperOutline, outline_papers
from kg.errors import UsageError
from kg.graph.iris import Iris, slug
from kg.identifiers import identifiers_in_url, parse_identifier
from kg.records import Identifier
from kg.store.staging import Staging


def select_papers(
    staging: Staging, papers: Sequence[str], precedence: Sequence[str], iris: Iris
) -> tuple[PaperOutline, ...]:
    """The papers that are meant, each once, by key; UsageError names all that are not in the store."""
    by_name: dict[str, PaperOutline] = {}
    by_identifier: dict[Identifier, PaperOutline] = {}
    for outline in outline_papers(staging, precedence).papers:
        by_name[slug(outline.key)] = by_name[iris.paper(outline.key).value] = outline
        by_identifier.update(dict.fromkeys(outline.identifiers, outline))

    chosen: dict[str, PaperOutline] = {}
    unknown = []
    for text in papers:
        found = by_name.get(text.strip()) or next(
            (by_identifier[one] for one in _identifiers(text.strip()) if one in by_identifier), None
        )
        if found is None:
            unknown.append(text)
        else:
            chosen[found.key] = found
    if unknown:
        raise UsageError(
            f"no such paper in the store: {', '.join(unknown)}; expected the IRI of a paper, its last part, or an "
            "identifier such as arxiv:1911.02782 or 10.18653/v1/N18-3011"
        )
    return tuple(chosen[key] for key in sorted(chosen))


def _identifiers(text: str) -> tuple[Identifier, ...]:
    parsed = parse_identifier(text)
    return ((parsed,) if parsed else ()) + tuple(identifiers_in_url(text))
