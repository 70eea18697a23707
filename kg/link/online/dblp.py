"""dblp: publications by DOI or by their page in the ACL Anthology, else by title, from its SPARQL service.

https://sparql.dblp.org, schema: https://dblp.org/rdf/docu/. DOIs are matched as written there, and that has been in
small and in capital letters; titles end in a full stop. No rate is published: one query a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from kg.link.online.papers import dois_of
from kg.link.online.service import Endpoint, Kind, Known, Question, Reply, Request, Row, Service
from kg.link.online.sparql import iris, lines, literal, select, triples_in
from kg.resolve.papers import title_words

_DOI: Final = "https://doi.org/"
_SCHEMA: Final = "https://dblp.org/rdf/schema#"
_PROPERTIES: Final = {"doi": "doi", "page": "documentPage", "title": "title"}
_TAKEN: Final = ("title", "doi", "yearOfPublication", "documentPage")


def _plan(known: Known) -> Iterator[tuple[Question, ...]]:
    for paper in known.papers:
        acl = (Question("page", f"https://aclanthology.org/{value}/") for value in paper.values("acl"))
        title = [Question("title", paper.title)] if paper.title else []
        yield (*(Question("doi", doi) for doi in dois_of(paper)), *acl, *title)


def _values(question: Question) -> str:
    value = question.value
    if question.kind == "title":
        return f"{literal(value + '.')} {literal(value)}"
    if question.kind == "page":
        return iris([value])
    forms = dict.fromkeys((value, value.upper(), value.replace("/arxiv.", "/arXiv.")))
    return iris(_DOI + one for one in forms)


def _request(questions: Sequence[Question]) -> Request:
    values = " ".join(map(_values, questions))
    taken = " ".join(f"dblp:{name}" for name in _TAKEN)
    return select(
        f"PREFIX dblp: <{_SCHEMA}>\nSELECT DISTINCT ?s ?p ?o WHERE {{\n"
        f"  VALUES ?value {{ {values} }} ?s dblp:{_PROPERTIES[questions[0].kind]} ?value .\n"
        f"  VALUES ?p {{ {taken} }} ?s ?p ?o }}"
    )


def _read(questions: Sequence[Question], answer: Any) -> Reply:
    records, dropped = triples_in(answer)
    asked = {_form(one.kind, one.value): one for one in questions}
    found: dict[Question, list[Row]] = {one: [] for one in questions}
    wanted = _SCHEMA + _PROPERTIES[questions[0].kind]
    for rows in records.values():
        forms = {_form(questions[0].kind, row["o"].removeprefix(_DOI)) for row in rows if row["p"] == wanted}
        for form in forms & asked.keys():
            found[asked[form]] += rows
    return Reply(found, dropped=dropped)


def _form(kind: str, value: str) -> str:
    return {"doi": value.lower(), "title": title_words(value)}.get(kind, value)


DBLP: Final = Service(
    "dblp",
    "dblp",
    ("dblp",),
    (Endpoint("dblp", "https://sparql.dblp.org/sparql", 1.0),),
    (Kind("doi", "dblp", 50), Kind("page", "dblp", 50), Kind("title", "dblp", 50)),
    _plan,
    _request,
    _read,
    lines,
    suffix="nt",
    sends="DOIs, addresses in the ACL Anthology, titles",
)
