"""The graph of links: computed at each version, matched against what the store keeps, a person's own mappings first."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import jsonschema
import pyoxigraph
import pytest
import rdflib
import yaml
from pyoxigraph import NamedNode
from rdflib import DCTERMS, OWL, RDF

from kg.errors import StoreError, UsageError
from kg.graph import vocabulary as v
from kg.identifiers import paper_elsewhere
from kg.link import (
    TARGETS,
    Linking,
    read_catalogue,
    record_catalogues,
    report_of,
    sssom_triples,
    to_sssom,
    to_turtle,
)
from kg.link.recording import kept_text
from kg.link.sssom import COLUMNS, read_mappings
from kg.records import Identifier
from kg.store import open_store
from tests.export.small_store import make_store
from tests.graph.cases import IRIS

SSSOM = rdflib.Namespace("https://w3id.org/sssom/")
PAPER = NamedNode("https://example.org/kg/paper/acl-n18-3011")
PWC = "slug\tname\tpapers\ncoco\tCOCO\t7\n"


def catalogue(folder: Path, concepts: list[tuple[str, str]]) -> Path:
    """A list of data sets as Papers with Code's table has them."""
    path = folder / "mine.tsv"
    path.write_text("slug\tname\tpapers\n" + "".join(f"{slug}\t{name}\t1\n" for slug, name in concepts))
    return path


def datasets(store: Path) -> list[tuple[str, str]]:
    with open_store(store) as opened:
        quads = opened.graph.quads_for_pattern(None, v.RDF_type, v.PT_Dataset, pyoxigraph.DefaultGraph())
        iris = sorted(quad.subject.value for quad in quads)
        label = {q.subject.value: q.object.value for q in opened.graph.quads_for_pattern(None, v.SKOS_prefLabel, None)}
        return [(iri, label[iri]) for iri in iris]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("linking") / "store")


def links_of(store: Path, linking: Linking) -> set[tuple[str, str, str]]:
    with open_store(store) as opened:
        return {
            (quad.subject.value, v.compress(quad.predicate.value), quad.object.value)
            for quad in linking.quads(opened.graph, IRIS)
        }


def test_identifiers_lead_elsewhere(store: Path) -> None:
    found = links_of(store, Linking(store))
    assert (PAPER.value, "schema:sameAs", "https://doi.org/10.18653/v1/n18-3011") in found
    assert (PAPER.value, "schema:sameAs", "https://aclanthology.org/N18-3011/") in found
    assert (PAPER.value, "schema:sameAs", "https://openalex.org/W2741809807") in found
    person = "https://example.org/kg/person/orcid-0000-0002-1825-0097"
    assert (person, "schema:sameAs", "https://orcid.org/0000-0002-1825-0097") in found
    assert any(one == "schema:identifier" and found.startswith("swh:1:ori:") for _, one, found in found)
    assert not any(predicate == "owl:sameAs" for _, predicate, _ in found)
    with open_store(store) as opened:
        held = opened.graph.quads_for_pattern(None, None, None, IRIS.graph("links"))
        assert {(q.subject.value, v.compress(q.predicate.value), q.object.value) for q in held} == found


def test_a_guess_is_never_the_same_thing() -> None:
    same = {one.url for one in paper_elsewhere([Identifier("arxiv", "2101.00001")]) if one.same}
    assert same == {"https://arxiv.org/abs/2101.00001", "https://doi.org/10.48550/arXiv.2101.00001"}
    early = {one.url for one in paper_elsewhere([Identifier("arxiv", "1706.03762")])}
    assert not any("dblp.org" in url for url in early)


def test_what_is_kept_is_linked_against(store: Path, tmp_path: Path) -> None:
    iri, label = datasets(store)[0]
    path = catalogue(tmp_path, [("its-slug", label), ("other", "Nothing Of The Kind")])
    recorded = record_catalogues(store, [path], ("paperswithcode",), ())
    assert [(one.target, one.name) for one in recorded] == [("paperswithcode", "mine.tsv")]
    path.unlink()
    link = (iri, "skos:exactMatch", "https://paperswithcode.com/dataset/its-slug")
    assert link in links_of(store, Linking(store, recorded))
    assert link not in links_of(store, Linking(store))
    assert Linking(store, recorded).digest() != Linking(store).digest()


@pytest.mark.parametrize(("broader", "linked"), [("image classification", True), ("sensor networks", False)])
def test_a_small_graph_knows_its_field_by_the_seed_catalogue(
    store: Path, tmp_path: Path, broader: str, linked: bool
) -> None:
    """A topic is in place where one of the well-known names stands above it, though no paper has that name."""
    with open_store(store) as opened:
        (task,) = list(opened.graph.quads_for_pattern(None, v.RDF_type, v.PT_Task, pyoxigraph.DefaultGraph()))[:1]
        (name,) = opened.graph.quads_for_pattern(task.subject, v.SKOS_prefLabel, None, pyoxigraph.DefaultGraph())
    label = name.object.value.lower()
    assert " " in label
    path = tmp_path / "cso.csv"
    path.write_text(f'"{label}";rdfs:label;"{label}"\n"{broader}";klink:broaderGeneric;"{label}"\n')
    found = links_of(store, Linking(store, record_catalogues(store, [path], ("cso",), ())))
    assert any(one == task.subject.value and "cso.kmi" in there for one, _, there in found) is linked


def test_a_person_wins(store: Path, tmp_path: Path) -> None:
    iri, label = datasets(store)[0]
    recorded = record_catalogues(store, [catalogue(tmp_path, [("its-slug", label)])], tuple(TARGETS), ())
    own = tmp_path / "own.sssom.tsv"
    rows = f"#curie_map:\n#  mine: https://paperswithcode.com/dataset/\nsubject_id\tpredicate_id\tobject_id\n{iri}\tskos:exactMatch\tmine:better\n"
    own.write_text(rows)
    found = links_of(store, Linking(store, record_catalogues(store, [own], tuple(TARGETS), recorded)))
    assert (iri, "skos:exactMatch", "https://paperswithcode.com/dataset/better") in found
    assert (iri, "skos:exactMatch", "https://paperswithcode.com/dataset/its-slug") not in found
    header = "subject_id\tpredicate_id\tpredicate_modifier\tobject_id\n"
    own.write_text(header + f"{iri}\tskos:exactMatch\tNot\thttps://paperswithcode.com/dataset/its-slug\n")
    found = links_of(store, Linking(store, record_catalogues(store, [own], tuple(TARGETS), recorded)))
    assert not any("paperswithcode" in one for _, _, one in found)


def test_mappings_packed_or_saved_with_a_mark_are_read_alike(store: Path, tmp_path: Path) -> None:
    """gzip, and the byte order mark that spreadsheets put before UTF-8."""
    rows = "subject_id\tpredicate_id\tobject_id\nhttp://a/x\tskos:exactMatch\tcso:y\n"
    kept = []
    for name, raw in (
        ("a.sssom.tsv", rows.encode()),
        ("b.sssom.tsv.gz", gzip.compress(rows.encode())),
        ("c.sssom.tsv", rows.encode("utf-8-sig")),
    ):
        (tmp_path / name).write_bytes(raw)
        kept += [one.digest for one in record_catalogues(store, [tmp_path / name], ("cso",), ())]
    assert len(kept) == 3
    assert len(set(kept)) == 1


@pytest.mark.parametrize(
    ("name", "raw", "told"),
    [
        ("own.sssom.tsv", "subject_id\tpredicate_id\tobject_id\né".encode("latin-1"), "utf-8"),
        ("own.sssom.tsv.gz", gzip.compress(b"subject_id\tpredicate_id\tobject_id\n" * 99, mtime=0)[:40], "ended"),
        (
            "own.sssom.tsv",
            b"subject_id\tpredicate_id\tobject_id\n" + b"x" * 200_000 + b"\ta:b\tc:d\n",
            "own.sssom.tsv:2: field larger",
        ),
    ],
    ids=["not UTF-8", "cut", "long field"],
)
def test_damaged_mappings_are_told(store: Path, tmp_path: Path, name: str, raw: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(UsageError, match=told):
        record_catalogues(store, [tmp_path / name], ("cso",), ())


def test_links_are_valid_mappings(store: Path, tmp_path: Path, shared: Path) -> None:
    path = catalogue(tmp_path, [(f"slug-{n}", label) for n, (_, label) in enumerate(datasets(store))])
    linking = Linking(store, record_catalogues(store, [path], ("paperswithcode",), ()))
    with open_store(store) as opened:
        rows, links = report_of(linking.decisions(opened.graph), ("paperswithcode",))
    assert rows[0].linked == len(links) > 0
    text = to_sssom(links, IRIS.base_iri, "paperswithcode", ["abc"])
    assert {one.object for one in read_mappings(text)} == {one.entry.iri for one in links}
    header, *lines = [line for line in text.rstrip("\n").split("\n") if not line.startswith("#")]
    assert tuple(header.split("\t")) == COLUMNS
    schema = json.loads((shared / "vocabularies" / "sssom.schema.json").read_text())
    mappings = [dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in lines]
    known = schema["$defs"]["Mapping"]["properties"]
    for mapping in mappings:
        assert mapping.keys() <= known.keys()
        validator = jsonschema.Draft202012Validator({**schema["$defs"]["Mapping"], "$defs": schema["$defs"]})
        typed = {"confidence": float(mapping["confidence"]), "match_string": [mapping["match_string"]]}
        validator.validate({**mapping, **typed})
    set_schema = {**schema, "$ref": "#/$defs/MappingSet"}
    set_schema.pop("required", None)
    jsonschema.Draft202012Validator(set_schema).validate({**header_of(text), "mappings": []})


def header_of(text: str) -> dict[str, object]:
    """The metadata above a table, which is YAML (SSSOM 1.0, section SSSOM/TSV)."""
    read = yaml.safe_load("\n".join(line[1:] for line in text.split("\n") if line.startswith("#")))
    assert isinstance(read, dict)
    return read


def test_the_table_and_the_triples_say_the_same(store: Path, tmp_path: Path) -> None:
    mine = catalogue(tmp_path, [(f"d{number}", label) for number, (_, label) in enumerate(datasets(store))])
    linking = Linking(store, record_catalogues(store, [mine], ("paperswithcode",), ()))
    with open_store(store) as opened:
        _, links = report_of(linking.decisions(opened.graph), ("paperswithcode",))
    table = to_sssom(links, IRIS.base_iri, "paperswithcode", ["abc"])
    graph = rdflib.Graph().parse(
        data=to_turtle(sssom_triples(links, IRIS.base_iri, "paperswithcode", ["abc"])), format="turtle"
    )
    assert not any(isinstance(term, rdflib.BNode) for triple in graph for term in triple)
    ends = (OWL.annotatedSource, OWL.annotatedProperty, OWL.annotatedTarget)
    axioms = {tuple(str(graph.value(one, end)) for end in ends) for one in graph.subjects(RDF.type, OWL.Axiom)}
    assert axioms == {(one.subject, one.predicate, one.object) for one in read_mappings(table)}
    assert len(axioms) == len(links) > 0
    whole = graph.value(None, RDF.type, SSSOM.MappingSet)
    assert str(whole) == header_of(table)["mapping_set_id"]
    assert str(graph.value(whole, DCTERMS.title)) == header_of(table)["mapping_set_title"]
    confidences = {float(str(one)) for one in graph.objects(None, SSSOM.confidence)}
    assert confidences == {round(one.confidence, 2) for one in links}


def test_what_is_no_catalogue_is_told(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(UsageError, match="no catalogue that is known"):
        read_catalogue(path)
    path.write_text(PWC)
    with pytest.raises(UsageError, match="found paperswithcode, expected something of cso"):
        record_catalogues(store, [path], ("cso",), ())
    with pytest.raises(UsageError, match="y.sssom.tsv:1: found no column predicate_id".replace(".", r"\.")):
        read_mappings("subject_id\tobject_id\n", "y.sssom.tsv")
    with pytest.raises(UsageError, match=":2: found"):
        read_mappings("subject_id\tpredicate_id\tobject_id\nno:x\tskos:exactMatch\tcso:y\n")


def test_a_changed_catalogue_is_noticed(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.tsv.gz"
    path.write_bytes(gzip.compress(PWC.encode()))
    (record,) = record_catalogues(store, [path], ("paperswithcode",), ())
    kept = store / "catalogues" / f"{record.digest}.gz"
    kept.write_bytes(gzip.compress(b"{}"))
    with pytest.raises(StoreError, match="was changed"):
        kept_text(store, record)
    kept.unlink()


@pytest.mark.parametrize(
    ("text", "name", "label", "aliases"),
    [
        ('{"task": "Text Matching", "parents": ["Matching"], "datasets": ["N/A"]}\n', "t.jsonl", "Text Matching", ()),
        (
            '[{"url": "https://paperswithcode.com/dataset/x", "name": "X1", "variants": ["X1-v2"]}]',
            "d.json",
            "X1",
            ("X1-v2",),
        ),
        (
            '"a b";klink:broaderGeneric;"c d"\n"c d";rdfs:label;"c d"\n"cd";rdfs:label;"cd"\n'
            '"cd";klink:primaryLabel;"c d"\n',
            "c.csv",
            "c d",
            ("cd",),
        ),
        (
            "openalex\twikidata\tname\tlevel\nhttps://openalex.org/C1\thttps://www.wikidata.org/wiki/Q1\tText\t1\n",
            "o.tsv",
            "Text",
            (),
        ),
        (
            "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n<http://w3id.org/mlso/vocab/ml_task_type/A> "
            'a skos:Concept ; skos:prefLabel "A b" ; skos:altLabel "AB" .\n',
            "m.ttl",
            "A b",
            ("AB",),
        ),
    ],
)
def test_each_kind_of_catalogue_is_read(
    tmp_path: Path, text: str, name: str, label: str, aliases: tuple[str, ...]
) -> None:
    (tmp_path / name).write_text(text)
    entry = read_catalogue(tmp_path / name)[-1]
    assert (entry.label, entry.aliases) == (label, aliases)
