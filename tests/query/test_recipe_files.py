"""Recipe files: strict headers, errors with file and line, values that stay values."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import ParameterError, RecipeError, UsageError
from kg.query import load_recipes
from kg.query.parameters import TYPES, Parameter, quoted
from kg.query.recipes import Recipe, read_recipe
from kg.query.shelf import RecipeShelf
from kg.query.tokens import tokenize

ATTACKS = [
    '" } INSERT DATA { <a:b> <a:b> 1 } #',
    "'''",
    '"""',
    '\\" } #',
    "\\u0022 } #",
    "\\\\u0022",
    "\\",
    "a\nb\r\tc",
    "1 } SELECT * { ?s ?p ?o",
    "1; DROP ALL",
    "http://example.org/> } #",
    "http://example.org/\\u003E",
    "javascript:alert(1)> ?p ?o",
    "10 OFFSET 5",
    "0x10",
    "１２",
    "2021-01-01T00:00:00",
    "2021-13-01",
    "1e5",
    "NaN",
    "?x",
    "",
    "\x00",
    "\ud800",
    "ä\u2028ö",
]


def recipe(tmp_path: Path, header: str, query: str = "SELECT * { ?s ?p ?o }") -> Recipe:
    path = tmp_path / "one.rq"
    path.write_text("".join(f"#+ {line}\n" for line in header.split("\n")) + query + "\n", encoding="utf-8")
    return read_recipe(path)


def test_a_file_is_parsed_once_and_again_when_it_has_changed(tmp_path: Path) -> None:
    one = recipe(tmp_path, "summary: x")
    assert read_recipe(tmp_path / "one.rq") is one
    assert recipe(tmp_path, "summary: y").summary == "y"
    with pytest.raises(RecipeError, match=r"one\.rq"):
        recipe(tmp_path, "summary: x", "no query")


def of_type(tmp_path: Path, kind: str, query: str) -> Recipe:
    values = "\n    values: [ab, cd]" if kind == "enum" else ""
    return recipe(tmp_path, f"summary: x\nparameters:\n  - name: v\n    type: {kind}{values}", query)


@pytest.mark.parametrize("kind", list(TYPES))
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_value_of_any_type_changes_the_query(tmp_path: Path, kind: str, attack: str) -> None:
    found = of_type(tmp_path, kind, f"SELECT ?x {{ BIND(?_v_{kind} AS ?x) }}")
    try:
        text = found.bind({"v": attack})
    except ParameterError:
        return
    (row,) = ox.Store().query(text)
    before = [token.kind for token in tokenize(found.query) if token.visible]
    after = [token.kind for token in tokenize(text) if token.visible and not token.is_sign("^^", "-", "+")]
    # One term stands where the variable stood: a string, an IRI, a number, or a string and its datatype.
    assert len(after) - len(before) in (0, 1)
    if kind == "string":
        assert row["x"] == ox.Literal(attack)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_any_text_comes_back_as_it_was(text: str) -> None:
    (row,) = ox.Store().query(f"SELECT ({quoted(text)} AS ?x) {{}}")
    assert row["x"] == ox.Literal(text)
    assert len(list(tokenize(quoted(text)))) == 1


@pytest.mark.parametrize(
    ("kind", "value", "term"),
    [
        ("integer", " 7 ", "7"),
        ("integer", "-3", "-3"),
        ("decimal", "0.50", '"0.50"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ("date", "2021", '"2021-01-01"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("date", "2020-02-29", '"2020-02-29"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("iri", "pt:uses", "<https://w3id.org/papertriples/ontology#uses>"),
        ("iri", "https://example.org/ü", "<https://example.org/ü>"),
        ("string", 'a "b"', '"a \\"b\\""'),
    ],
)
def test_right_values(kind: str, value: str, term: str) -> None:
    assert Parameter("v", kind).term(value) == term


def test_limit_and_offset_take_whole_numbers_only(tmp_path: Path) -> None:
    found = of_type(tmp_path, "integer", "SELECT * { ?s ?p ?o } LIMIT ?_v_integer")
    assert found.bind({"v": "5"}).endswith("LIMIT 5\n")
    with pytest.raises(ParameterError, match="not negative"):
        found.bind({"v": "-1"})
    with pytest.raises(RecipeError, match="whole number"):
        of_type(tmp_path, "string", "SELECT * { ?s ?p ?o } OFFSET ?_v")


def test_spellings_of_a_variable_and_places_where_none_stands(tmp_path: Path) -> None:
    query = "SELECT ?v { ?s ?p ?_v , ?v , '?_v' , $_v_string . } # ?_v"
    text = of_type(tmp_path, "string", query).bind({"v": "z"})
    assert text.endswith('SELECT ?v { ?s ?p "z" , ?v , \'?_v\' , "z" . } # ?_v\n')


def test_optional_defaults_required(tmp_path: Path) -> None:
    header = "summary: x\nparameters:\n  - name: a\n    type: string\n  - name: b\n    type: string\n    default: yes\n"
    header += "  - name: c\n    type: integer"
    found = recipe(tmp_path, header, "SELECT * { ?s ?p ?__a , ?_b , ?_c }")
    assert [one.required for one in found.parameters] == [False, False, True]
    assert '?s ?p ?__a , "yes" , 1' in found.bind({"c": "1"})
    with pytest.raises(ParameterError, match="needs the parameter c: a whole number"):
        found.bind({})
    with pytest.raises(ParameterError, match="has no parameter 'd'; it has: a, b, c"):
        found.bind({"c": "1", "d": "1"})


@pytest.mark.parametrize(
    ("header", "line", "says"),
    [
        ("description: no summary", 1, "found no summary"),
        ("summary: x\ncolour: red", 2, "found 'colour', expected one of summary"),
        ("summary: x\nsummary: y", 2, "stands twice"),
        ("summary: [", 1, "header"),
        ("- summary", 1, "expected lines of the form name: value"),
        ("summary: x\nmethod: DELETE", 2, "expected GET or POST"),
        ("summary: x\nparameters:\n  - name: v\n    type: text", 4, "found 'text', expected one of string, iri"),
        ("summary: x\nparameters:\n  - name: V\n    type: string", 3, "lower case"),
        ("summary: x\nparameters:\n  - name: format\n    type: string", 3, "not format"),
        ("summary: x\nparameters:\n  - type: string", 3, "found no name"),
        ("summary: x\nparameters:\n  - name: v\n    type: integer\n    default: many", 5, "expected a whole number"),
        ("summary: x\nparameters:\n  - name: v\n    type: date\n    example: soon", 5, "expected a date"),
        ("summary: x\nparameters:\n  - name: v\n    type: enum", 3, "an enum needs one of both"),
        ("summary: x\nparameters:\n  - name: v\n    type: string\n    minimum: 3", 5, "for an integer"),
        ("summary: x\nparameters: v", 2, "expected a list"),
        ("summary: x\nparameters:\n  - name: v\n    type: string\n  - name: v\n    type: iri", 3, "described twice"),
        ("summary:\n  a: b", 2, "expected a text"),
        ("summary: x\npagination: many", 2, "the rows of a page, a whole number from 1 to 10000"),
        ("summary: x\npagination: 0", 2, "the rows of a page"),
        (
            "summary: x\npagination: 5\nparameters:\n  - name: page\n    type: integer",
            4,
            "page comes with pagination",
        ),
        ("summary: x\nparameters:\n  - name: v\n    type: string\n    query: SELECT ?x {}", 3, "belong to an enum"),
    ],
)
def test_errors_name_file_and_line(tmp_path: Path, header: str, line: int, says: str) -> None:
    with pytest.raises(RecipeError) as raised:
        recipe(tmp_path, header, "SELECT * { ?s ?p ?_v }")
    assert str(raised.value).startswith(f"{tmp_path / 'one.rq'}:{line}: ")
    assert says in str(raised.value)


def test_queries_that_do_not_fit_their_header(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"one\.rq:3: \?_other: the header describes no such parameter"):
        recipe(tmp_path, "summary: x\ntags: [a]", "SELECT * { ?s ?p ?_other }")
    with pytest.raises(RecipeError, match=r"\?_v_integer: the header describes no such parameter of type integer"):
        of_type(tmp_path, "string", "SELECT * { ?s ?p ?_v_integer }")
    with pytest.raises(RecipeError, match=r"parameter v: the query has no variable \?_v"):
        of_type(tmp_path, "string", "SELECT * { ?s ?p ?o }")
    with pytest.raises(RecipeError, match="expected a SELECT"):
        recipe(tmp_path, "summary: x", "CLEAR ALL")
    with pytest.raises(RecipeError, match="SERVICE is not allowed"):
        recipe(tmp_path, "summary: x", "SELECT * { SERVICE <x:y> {} }")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("SELECT ?s {\n ?s ?p }", r"one\.rq:4: expected"),
        ("ASK { ?s ?p ?_v }\nGROUP BY\n\n", r"one\.rq:4: "),
        ("SELECT * { ?s ?p ?o } LIMIT ?_v", "whole number, not negative"),
    ],
)
def test_the_query_itself_is_read_too(tmp_path: Path, query: str, says: str) -> None:
    parameters = "\nparameters: [{name: v, type: string}]" if "?_v" in query else "\ntags: [x]"
    with pytest.raises(RecipeError, match=says):
        recipe(tmp_path, "summary: x" + parameters, query)


def test_pages(tmp_path: Path) -> None:
    found = recipe(tmp_path, "summary: x\npagination: 20", "SELECT ?s { ?s ?p ?o } ORDER BY ?s # the end")
    assert [(one.name, one.default) for one in found.parameters] == [("limit", "20"), ("page", "1")]
    assert found.bind().endswith("# the end\n\nLIMIT 20 OFFSET 0")
    assert found.bind({"page": "3", "limit": "7"}, ahead=True).endswith("\nLIMIT 8 OFFSET 14")
    assert found.page({"page": "3"}) == (3, 20)
    for wrong in ({"page": "0"}, {"limit": "10001"}, {"page": "1 } DROP"}, {"offset": "3"}):
        with pytest.raises(ParameterError):
            found.bind(wrong)
    inside = "SELECT ?s { { SELECT ?s { ?s ?p ?o } LIMIT ?_limit OFFSET ?_offset_integer } ?s a ?c } ORDER BY ?s"
    ranked = recipe(tmp_path, "summary: x\npagination: 20", inside)
    assert ranked.ranks_inside
    assert "LIMIT 20 OFFSET 40 }" in ranked.bind({"page": "3"}, ahead=True)


@pytest.mark.parametrize(
    ("query", "line", "says"),
    [
        ("SELECT ?s { ?s ?p ?o }", 2, "no ORDER BY"),
        ("ASK { ?s ?p ?o }", 2, "expected a SELECT or a CONSTRUCT"),
        ("SELECT ?s { ?s ?p ?o } ORDER BY ?s\nLIMIT 5", 4, "found LIMIT at the end"),
        ("SELECT ?s { { SELECT ?s { ?s ?p ?o } LIMIT ?_limit } } ORDER BY ?s", 2, "expected both"),
    ],
)
def test_what_cannot_be_read_in_pages(tmp_path: Path, query: str, line: int, says: str) -> None:
    with pytest.raises(RecipeError, match=rf"one\.rq:{line}: .*{says}"):
        recipe(tmp_path, "summary: x\npagination: 20", query)


def test_an_enum_whose_values_a_query_gives(tmp_path: Path) -> None:
    header = "summary: x\nparameters:\n  - name: v\n    type: enum\n    query: 'SELECT DISTINCT ?c { ?s ex:c ?c }'"
    found = recipe(tmp_path, header, "PREFIX ex: <http://example.org/>\nSELECT * { ?s ex:c ?_v_enum }")
    store = ox.Store()
    for value in ("red", 'bl"ue'):
        store.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("http://example.org/c"), ox.Literal(value)))
    known = found.with_values(lambda query: [row[0].value for row in store.query(query)])
    assert set(known.parameters[0].values) == {"red", 'bl"ue'}
    assert len(list(store.query(known.bind({"v": 'bl"ue'})))) == 1
    with pytest.raises(ParameterError, match=r"expected one of .*red"):
        known.bind({"v": "green"})
    assert '"green"' in found.bind({"v": "green"})  # nobody asked a store: it is a text and no more
    for query, says in (("SELECT ?x {", "parameter v: query: line"), ("ASK {}", "expected a SELECT")):
        with pytest.raises(RecipeError, match=says):
            recipe(tmp_path, header.replace("SELECT DISTINCT ?c { ?s ex:c ?c }", query), "SELECT * { ?s ?p ?_v }")


def test_own_recipes_stand_beside_those_that_ship_and_are_read_again_when_watched(tmp_path: Path) -> None:
    told: list[RecipeError] = []
    mine = tmp_path / "mine.rq"
    mine.write_text("#+ summary: one\nASK {}\n", encoding="utf-8")
    (tmp_path / "leaderboard.rq").write_text("#+ summary: my own\nASK {}\n", encoding="utf-8")
    shelf = RecipeShelf(tmp_path, watch=True, report=told.append)
    assert "find-concept" in shelf.current()
    assert [shelf.current().get(one).summary for one in ("mine", "leaderboard")] == ["one", "my own"]
    assert shelf.current() is shelf.current()
    mine.write_text("#+ summary: another one\nASK {}\n", encoding="utf-8")
    assert shelf.current().get("mine").summary == "another one"
    mine.write_text("#+ summary: another one\n#+ colour: red\nASK {}\n", encoding="utf-8")
    assert "mine" not in shelf.current()
    assert "find-concept" in shelf.current()
    assert [str(one).startswith(f"{mine}:2: ") for one in told] == [True]
    mine.unlink()
    assert shelf.current().errors == ()


def test_a_name_that_is_no_part_of_an_address(tmp_path: Path) -> None:
    (tmp_path / "a b.rq").write_text("#+ summary: x\nASK {}\n", encoding="utf-8")
    assert "rename the file" in str(load_recipes(tmp_path).errors[0])


def test_a_folder_with_broken_files(tmp_path: Path) -> None:
    (tmp_path / "good.rq").write_text("#+ summary: fine\nASK {}\n", encoding="utf-8")
    (tmp_path / "marked.rq").write_text("#+ summary: as some editors save it\nASK {}\n", encoding="utf-8-sig")
    (tmp_path / "bad.rq").write_text("ASK {}\n", encoding="utf-8")
    (tmp_path / "latin.rq").write_bytes(b"#+ summary: caf\xe9\nASK {}\n")
    (tmp_path / "notes.txt").write_text("no recipe", encoding="utf-8")
    found = load_recipes(tmp_path)
    assert [one.name for one in found] == ["good", "marked"]
    assert "good" in found
    assert len(found.errors) == 2
    assert "bad.rq:1: found no header" in str(found.errors[0])
    assert "not UTF-8" in str(found.errors[1])
    with pytest.raises(UsageError, match="no recipe 'bad'; there are good, marked"):
        found.get("bad")
    with pytest.raises(UsageError, match="no folder of recipes"):
        load_recipes(tmp_path / "nowhere")


def test_descriptions_for_programs(tmp_path: Path) -> None:
    header = "summary: x\nparameters:\n  - name: v\n    type: integer\n    default: 3\n    minimum: 1"
    assert recipe(tmp_path, header, "ASK { ?s ?p ?_v }").as_dict()["parameters"] == [
        {"name": "v", "type": "integer", "required": False, "default": "3", "minimum": 1}
    ]
