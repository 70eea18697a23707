"""Results in every format, from the command line's side: the same bytes as any SPARQL tool reads."""

from __future__ import annotations

import io
import json
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import QueryError, QueryRefused, QuerySyntaxError, UnknownFormat
from kg.query import FORMATS, run_query
from kg.query.limits import Enough, RowLimit
from kg.query.preview import preview
from kg.query.results import GraphChoice, syntax_error, write_results
from kg.query.table import write_table


class Holder:
    """A store for run_query."""

    def __init__(self, *values: str) -> None:
        self.graph = ox.Store()
        for number, value in enumerate(values):
            triple = (ox.NamedNode(f"urn:s:{number}"), ox.NamedNode("urn:p"), ox.Literal(value))
            self.graph.add(ox.Quad(*triple))
            self.graph.add(ox.Quad(*triple, ox.NamedNode("urn:g")))


def run(store: Holder, text: str, format: str | None = None, **options: object) -> str:
    out = io.BytesIO()
    run_query(store, text, format, out, **options)  # type: ignore[arg-type]
    return out.getvalue().decode()


def pour(text: bytes, size: int, into: RowLimit) -> None:
    for start in range(0, len(text), size):
        into.write(text[start : start + size])
    into.finish()


VALUES = ('a "quoted"\nvalue, with a comma', "<b>&amp;</b>", "ü\t\\u0041", "")
ROWS = "SELECT ?s ?o WHERE { ?s ?p ?o } ORDER BY ?s"


@pytest.mark.parametrize("name", [one.name for one in FORMATS.values() if one.kind == "rows" and one.name != "csv"])
def test_rows_come_back_as_they_were(name: str) -> None:
    form = FORMATS[name].rows
    found = ox.parse_query_results(run(Holder(*VALUES), ROWS, name).encode(), format=form)
    assert isinstance(found, ox.QuerySolutions)
    assert [row["o"] for row in found] == [ox.Literal(value) for value in VALUES]
    told = ox.parse_query_results(run(Holder(), "ASK {}", name).encode(), format=form)
    assert isinstance(told, ox.QueryBoolean)
    assert bool(told)


@pytest.mark.parametrize("name", [one.name for one in FORMATS.values() if one.kind == "graph"])
def test_graphs_come_back_as_they_were(name: str) -> None:
    text = run(Holder(*VALUES), "CONSTRUCT WHERE { ?s ?p ?o }", name)
    found = {quad.triple for quad in ox.parse(text.encode(), format=FORMATS[name].graph)}
    assert {triple.object for triple in found} == {ox.Literal(value) for value in VALUES}
    assert len(found) == len(VALUES)


def test_without_a_format_rows_are_json_and_graphs_turtle() -> None:
    assert json.loads(run(Holder("a"), ROWS))["results"]["bindings"]
    assert '"a"' in run(Holder("a"), "DESCRIBE <urn:s:0>")


def test_wrong_formats_list_the_right_ones() -> None:
    with pytest.raises(UnknownFormat, match=r"unknown format 'pdf'; this query can give json, xml, csv, tsv"):
        run(Holder(), ROWS, "pdf")
    with pytest.raises(UnknownFormat, match="format 'csv' holds rows, and this query gives a graph: use ttl, nt"):
        run(Holder(), "DESCRIBE <urn:x>", "csv")


def test_what_goes_wrong_is_told() -> None:
    with pytest.raises(QuerySyntaxError) as raised:
        run(Holder(), "SELECT *\n\nWHERE { ?s ?p }")
    assert raised.value.line == 3
    assert raised.value.column is not None
    assert str(raised.value).startswith("line 3, column ")
    with pytest.raises(QueryRefused):
        run(Holder(), "SELECT * FROM <urn:none> { ?s ?p ?o }")
    assert run(Holder("a"), "SELECT ?o FROM <urn:g> { ?s ?p ?o }", "csv") == "o\r\na\r\n"
    assert syntax_error("something else").line is None


def test_the_dataset_by_parameters() -> None:
    store = Holder("a")
    assert run(store, "ASK { ?s ?p ?o }", "csv", graphs=GraphChoice(named=("urn:g",))) == "false"
    assert run(store, "ASK { GRAPH ?g { ?s ?p ?o } }", "csv", graphs=GraphChoice(named=("urn:g",))) == "true"
    with pytest.raises(QueryRefused, match="default-graph-uri <urn:none>"):
        run(store, "ASK {}", graphs=GraphChoice(default=("urn:none",)))
    with pytest.raises(QueryError, match="no absolute IRI"):
        run(store, "ASK {}", graphs=GraphChoice(default=("nothing",)))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(alphabet='a,"\n\r{}[]:<>/\\ xresult', max_size=12), max_size=6), st.integers(0, 6))
def test_rows_are_counted_whatever_they_hold(values: list[str], most: int) -> None:
    store = Holder(*values)
    for name in ("json", "xml", "csv", "tsv"):
        if len(values) <= most:
            assert run(store, ROWS, name, max_rows=most) == run(store, ROWS, name)
        else:
            with pytest.raises(QueryError, match=f"more than {most} rows"):
                run(store, ROWS, name, max_rows=most)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(alphabet='a,"\n{}[]<result/>', max_size=12), max_size=6), st.integers(1, 7))
def test_rows_are_counted_however_they_are_cut(values: list[str], size: int) -> None:
    for name in ("json", "xml", "csv", "tsv"):
        text = run(Holder(*values), ROWS, name).encode()
        counted = RowLimit(io.BytesIO(), name, 1_000_000)
        pour(text, size, counted)
        assert counted.rows == len(values)
        if not values:
            continue
        # With one row less it ends there, however the bytes come, and is a whole answer all the same.
        out = io.BytesIO()
        cut = RowLimit(out, name, len(values) - 1, "drop")
        with pytest.raises(Enough):
            pour(text, size, cut)
        assert (cut.rows, cut.cut) == (len(values) - 1, True)
        fewer = list(ox.parse_query_results(out.getvalue(), FORMATS[name].rows)) if name != "csv" else None  # type: ignore[arg-type]
        whole = run(Holder(*values), f"{ROWS} LIMIT {len(values) - 1}", name)
        if fewer is None:
            assert out.getvalue().decode() == whole
        else:
            assert len(fewer) == len(values) - 1


def test_rows_without_a_value_and_triples_are_counted() -> None:
    empty = "SELECT ?x { VALUES ?n { 1 2 3 } }"
    for name in ("json", "xml", "csv", "tsv"):
        run(Holder(), empty, name, max_rows=3)
        with pytest.raises(QueryError, match="more than 2 rows"):
            run(Holder(), empty, name, max_rows=2)
    run(Holder("a", "b"), "CONSTRUCT WHERE { ?s ?p ?o }", "nt", max_rows=2)
    with pytest.raises(QueryError, match="more than 1 triples"):
        run(Holder("a", "b"), "CONSTRUCT WHERE { ?s ?p ?o }", "nt", max_rows=1)


def test_tables_are_for_people() -> None:
    text = run(Holder("one\ntwo", "x" * 3000), ROWS, "table")
    assert "one two" in text
    assert text.endswith("2 rows\n")
    assert max(map(len, text.split("\n"))) <= 400
    assert run(Holder(), "ASK {}", "table") == "true\n"
    assert "1 triple" in run(Holder("a"), "DESCRIBE <urn:s:0>", "table")
    with pytest.raises(QuerySyntaxError):
        run(Holder(), "SELECT", "table")
    out = io.BytesIO()
    found = Holder("[bold]not markup[/bold]").graph.query(ROWS)
    assert isinstance(found, ox.QuerySolutions)
    write_table(found, out, width=60)
    assert "[bold]not markup[/bold]" in out.getvalue().decode()
    assert all(len(line) <= 60 for line in out.getvalue().decode().split("\n"))


def test_a_table_shows_names_instead_of_iris_where_it_has_both() -> None:
    found = run(Holder("Starling"), "SELECT ?thing ?thingLabel { ?thing ?p ?thingLabel }", "table")
    assert "urn:s:0" not in found
    assert "Starling" in found
    assert "urn:s:0" in run(Holder("Starling"), "SELECT ?thing ?name { ?thing ?p ?name }", "table")


def test_previews_hold_the_first_rows() -> None:
    found = Holder(*"abc").graph.query("SELECT ?o ?none ('x'@en AS ?l) (<urn:i> AS ?i) { ?s ?p ?o } ORDER BY ?o")
    assert isinstance(found, ox.QuerySolutions)
    shown = preview(found, 2)
    assert shown["variables"] == ["o", "none", "l", "i"]
    assert [row[0]["value"] for row in shown["rows"]] == ["a", "b"]
    assert shown["rows"][0][1:] == [
        None,
        {"type": "literal", "value": "x", "language": "en"},
        {"type": "uri", "value": "urn:i"},
    ]
    assert shown["more"] is True


def test_cut_results_say_so_where_the_format_has_a_place_for_it() -> None:
    store = Holder("a", "b", "c")
    texts = {}
    for name in ("json", "xml", "ttl", "nt", "nq", "trig", "rdfxml"):
        out = io.BytesIO()
        text = "CONSTRUCT WHERE { ?s ?p ?o }" if FORMATS[name].graph else ROWS
        written = write_results(store.graph.query(text), FORMATS[name], out, 2, "mark")
        assert (written.rows, written.cut) == (2, True)
        texts[name] = out.getvalue().decode()
        assert "truncated" in texts[name]
    found = json.loads(texts["json"])
    assert (found["truncated"], len(found["results"]["bindings"])) == (True, 2)
    assert len(ElementTree.fromstring(texts["xml"])[1]) == 2
    for name in ("ttl", "nt", "nq", "trig", "rdfxml"):
        assert len(list(ox.parse(texts[name], format=FORMATS[name].graph))) == 2
    for name, text in (("csv", ROWS), ("tsv", ROWS), ("jsonld", "CONSTRUCT WHERE { ?s ?p ?o }")):
        with pytest.raises(QueryError, match="more than 2"):
            write_results(store.graph.query(text), FORMATS[name], io.BytesIO(), 2, "mark")
        assert not write_results(store.graph.query(text), FORMATS[name], io.BytesIO(), 3, "mark").cut
