"""Graph -> what services are asked about: papers by identifiers and titles, concepts by names."""

from __future__ import annotations

from collections import Counter

import pyoxigraph
from pyoxigraph import DefaultGraph, NamedNode

from kg.graph import vocabulary as v
from kg.link.computed import papers_of, values_of
from kg.link.matching import form_of
from kg.link.online.service import Known, PaperToAsk
from kg.link.subjects import subjects_of
from kg.resolve.normal_forms import is_generic
from kg.resolve.papers import title_words

_FEWEST_WORDS, _MOST_WORDS = 4, 60  # of a title that means one paper
_LONGEST_NAME = 100


def known_of(graph: pyoxigraph.Store) -> Known:
    """The papers of the merge, sorted, and the names of its concepts: labels of those that many papers name first.

    Names that could not be linked (everyday words, whole sentences) are left out, and of names that agree all but one.
    """
    identifiers = papers_of(graph)
    titles = dict(values_of(graph, v.DCTERMS_title))
    papers = []
    quads = graph.quads_for_pattern(None, v.RDF_type, v.PT_Paper, DefaultGraph())
    named = {quad.subject for quad in quads if isinstance(quad.subject, NamedNode)} & titles.keys()
    for paper in sorted(named, key=lambda one: one.value):
        title = " ".join(titles[paper].split())
        specific = _FEWEST_WORDS <= title_words(title).count(" ") + 1 <= _MOST_WORDS
        papers.append(PaperToAsk(title if specific else None, tuple(sorted(identifiers.get(paper, ())))))
    return Known(tuple(papers), _names(graph))


def _names(graph: pyoxigraph.Store) -> tuple[str, ...]:
    papers: Counter[str] = Counter()
    for predicate in (v.PT_mentions, v.PT_inField):  # papers are in a field of study, which they do not mention
        for quad in graph.quads_for_pattern(None, predicate, None, DefaultGraph()):
            if isinstance(quad.object, NamedNode):
                papers[quad.object.value] += 1
    ranked: list[tuple[bool, int, str]] = []
    for subject in subjects_of(graph):
        ranked += [(False, -papers[subject.iri], subject.label)]
        ranked += [(True, -papers[subject.iri], alias) for alias in subject.aliases]
    found: dict[str, str] = {}
    for _, _, name in sorted(ranked):
        form = form_of(name)
        if form and not is_generic(form) and len(name) <= _LONGEST_NAME:
            found.setdefault(form, " ".join(name.split()))
    return tuple(found.values())
