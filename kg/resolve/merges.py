"""A cluster of names -> Merge: why they are one concept, each rule with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kg.records import Concept, Merge
from kg.resolve.links import Link
from kg.resolve.normal_forms import matching_form, normal_form
from kg.resolve.tally import MOST_PAPERS, TypeNames


def merges_of(
    concept: Concept,
    nodes: Sequence[str],
    names: TypeNames,
    links: Mapping[str, Link],
    abbreviated: Mapping[str, set[str]],
) -> tuple[Merge, ...]:
    """The merges behind a concept: one for each rule and normal form, sorted.

    ``nodes`` are its matching forms, ``links`` those of its type; ``abbreviated`` says how papers write which in short.
    """
    found: list[Merge] = []
    own = matching_form(normal_form(concept.label, concept.type))
    for node in nodes:
        short = abbreviated.get(node, set())
        written = sorted(text for text in names.surfaces.get(node, {}) if text not in short)
        form = names.forms[node]
        if len(written) > 1:
            found.append(Merge("spelling", form, tuple(written), form, f"all have the normal form {form!r}"))
        found += _abbreviations(node, short, names, form)
        link = links.get(node)
        if link is not None and written and not (link.rule == "catalogue" and node == own):
            joined = link.entry.label if link.entry else names.forms[link.node or node]
            found.append(Merge(link.rule, form, tuple(written), joined, link.evidence, link.papers))
    return tuple(sorted(found, key=lambda one: (one.rule, one.form, one.names)))


def _abbreviations(node: str, short: set[str], names: TypeNames, long: str) -> Iterator[Merge]:
    by_form: dict[str, list[str]] = {}
    for text in sorted(short):
        by_form.setdefault(normal_form(text), []).append(text)
    for form, texts in sorted(by_form.items()):
        papers = [names.abbreviated[node, text] for text in texts]
        keys = sorted({key for one in papers for key in one.keys})[:MOST_PAPERS]
        count = max(one.count for one in papers)
        said = f"{count} paper{'s define' if count > 1 else ' defines'} what is short in it"
        yield Merge("abbreviation", form, tuple(texts), long, said, tuple(keys))
