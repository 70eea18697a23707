"""Each service: what it is asked about a graph, in its own words, and the catalogue that its answers make."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from kg.link import read_catalogue
from kg.link.catalogues import Entry
from kg.link.online.cache import Cache
from kg.link.online.gathering import Gathering
from kg.link.online.knowing import known_of
from kg.link.online.outcome import Gathered, Options
from kg.link.online.service import Known, PaperToAsk
from kg.link.online.services import SERVICES
from kg.link.papers import PaperEntry
from kg.records import Identifier
from kg.store import open_store
from tests.link.cases import paper
from tests.link.online.world import LOOM, STARLING, WREN, Time, World, a_world, known, told
from tests.query.small import field_quads, quads, write_store

CONTACT = "ada@example.org"
DOI = Identifier("doi", "10.5555/starling")
ARXIV = Identifier("arxiv", "2106.00001")
ACL = (Identifier("acl", "2020.acl-main.7"), Identifier("doi", "10.18653/v1/2020.acl-main.7"))


@pytest.fixture
def world() -> Iterator[World]:
    with a_world() as world:
        yield world


def gather(world: World, folder: Path, name: str, about: Known) -> Gathered:
    time = Time()
    options = Options(CONTACT, addresses=world.addresses)
    with Cache(folder) as cache:
        gathering = Gathering([SERVICES[name]], cache, options, clock=time.clock, sleep=time.sleep)
        gathering.plan(about)
        (found,) = gathering.run()
    return found


def catalogue(found: Gathered) -> list[Entry] | list[PaperEntry]:
    assert found.file is not None
    assert (found.open, found.notes) == (0, ())
    return read_catalogue(found.file)


def works(*cites: str) -> tuple[Identifier, ...]:
    return tuple(Identifier("openalex", one) for one in cites)


def test_openalex(world: World, tmp_path: Path) -> None:
    found = gather(world, tmp_path, "openalex", known())
    assert catalogue(found) == [
        PaperEntry("https://openalex.org/W101", STARLING, 2021, (ARXIV, DOI, *works("W101")), works("W102")),
        PaperEntry("https://openalex.org/W102", LOOM, 2020, (ACL[1], *works("W102"))),
        PaperEntry("https://openalex.org/W103", WREN, 2022, works("W103"), works("W101")),
    ]
    by_doi, by_title = world.asked  # both DOIs at once; that of arXiv is not asked for where the other is known
    assert by_doi.query["filter"] == "doi:10.5555/starling|10.18653/v1/2020.acl-main.7"
    assert by_title.query["filter"] == "title.search:wren a dense network for graphs"
    assert {one.query["mailto"] for one in world.asked} == {CONTACT}
    assert (found.things, found.found, found.requests) == (3, 3, 2)


def test_openalex_by_its_own_identifier_and_by_a_doi_that_a_filter_cannot_hold(world: World, tmp_path: Path) -> None:
    world.works += [{**world.works[0], "id": "https://openalex.org/W7", "doi": "https://doi.org/10.5555/a,b"}]
    own = PaperToAsk(None, (Identifier("doi", "10.5555/a"), Identifier("openalex", "W103")))
    comma, unknown = (PaperToAsk(None, (Identifier("doi", value),)) for value in ("10.5555/a,b", "10.5555/x|y"))
    found = gather(world, tmp_path, "openalex", Known((own, comma, unknown)))
    assert [one.iri for one in catalogue(found)] == ["https://openalex.org/W103", "https://openalex.org/W7"]
    assert [one.path for one in world.asked] == ["/works", "/works/doi:10.5555/a,b", "/works/doi:10.5555/x|y"]
    assert world.asked[0].query["filter"] == "ids.openalex:W103"
    assert (found.found, found.absent) == (2, 1)


def test_semantic_scholar(world: World, tmp_path: Path) -> None:
    found = gather(world, tmp_path, "semanticscholar", known())
    space = "https://api.semanticscholar.org/CorpusID:"
    assert catalogue(found) == [
        PaperEntry(space + "11", STARLING, 2021, (ARXIV, DOI), (ACL[0], Identifier("semanticscholar", "12"))),
        PaperEntry(space + "12", LOOM, 2020, (ACL[0],)),
    ]
    batch, title = world.asked
    assert json.loads(batch.body) == {"ids": ["ARXIV:2106.00001", "ACL:2020.acl-main.7"]}
    assert title.query["query"] == "wren a dense network for graphs"
    assert (found.found, found.absent) == (2, 1)  # 404 says that there is none: no fault


def test_semantic_scholar_is_asked_by_another_identifier_where_one_is_not_known(world: World, tmp_path: Path) -> None:
    world.papers["DOI:10.5555/starling"] = world.papers.pop("ARXIV:2106.00001")
    found = gather(world, tmp_path, "semanticscholar", known())
    assert len(catalogue(found)) == 2
    assert [json.loads(one.body)["ids"] for one in world.asked if one.method == "POST"] == [
        ["ARXIV:2106.00001", "ACL:2020.acl-main.7"],
        ["DOI:10.5555/starling"],
    ]


def test_crossref(world: World, tmp_path: Path) -> None:
    found = gather(world, tmp_path, "crossref", known())
    assert [(one.iri, one.title) for one in catalogue(found) if isinstance(one, PaperEntry)] == [
        ("https://doi.org/10.18653/v1/2020.acl-main.7", LOOM),
        ("https://doi.org/10.5555/starling", STARLING),
        ("https://doi.org/10.5555/wren", WREN),
    ]
    by_doi, by_title = world.asked
    assert by_doi.query["filter"] == "doi:10.5555/starling,doi:10.18653/v1/2020.acl-main.7"  # none of arXiv's
    assert by_title.query["query.bibliographic"] == "wren a dense network for graphs"
    assert {one.query["mailto"] for one in world.asked} == {CONTACT}


def test_dblp(world: World, tmp_path: Path) -> None:
    found = gather(world, tmp_path, "dblp", known())
    space = "https://dblp.org/rec/"
    assert catalogue(found) == [
        PaperEntry(space + "conf/acl/L20", LOOM, 2020, ACL[:1]),
        PaperEntry(space + "conf/birds/S21", STARLING, 2021, (DOI,)),
        PaperEntry(space + "journals/birds/W22", WREN, 2022),
    ]
    # DOIs; then the page in the Anthology of the one that no DOI led to; then the title of the last.
    assert found.requests == 3
    assert "contact" not in json.dumps([one.query for one in world.asked])
    assert CONTACT in world.asked[0].headers["user-agent"]


def test_wikidata(world: World, tmp_path: Path) -> None:
    found = gather(world, tmp_path, "wikidata", known("node classification", "Orchard", "link prediction"))
    space, topic = "http://www.wikidata.org/entity/", ("Method", "Metric", "Task")
    entries = [one for one in catalogue(found) if isinstance(one, Entry)]
    assert [(one.iri, one.label, one.types, one.aliases, one.near) for one in entries] == [
        (space + "Q1", "node classification", topic, ("vertex classification",), ("link prediction",)),
        (space + "Q1172284", "data set", topic, (), ()),
        (space + "Q2", "link prediction", topic, (), ()),
        (space + "Q3", "Orchard", ("Dataset",), (), ("data set",)),
    ]  # Q9 is a scholarly article
    names, items = world.asked  # three names at once, then all candidates
    assert len(json.loads(parse_qs(names.body)["queries"][0])) == 3
    assert (names.endpoint, items.endpoint) == ("wikidata-names", "wikidata")
    assert (found.things, found.found, found.absent) == (3, 2, 1)


@pytest.mark.parametrize("size", [500, 1])
def test_orkg(world: World, tmp_path: Path, size: int) -> None:
    world.page_size = size
    found = gather(world, tmp_path, "orkg", known("node classification"))
    assert [(one.iri.rpartition("/")[2], one.types) for one in catalogue(found) if isinstance(one, Entry)] == [
        ("R1", ("Task",)),
        ("R2", ("Dataset",)),
        ("R3", ("Task",)),
    ]
    pages = [(one.query["include"], one.query["page"]) for one in world.asked]
    assert pages.count(("Problem", "0")) == 1
    assert pages.count(("Problem", "1")) == (size == 1)
    assert not any("node" in json.dumps(one.query) for one in world.asked)


def test_nothing_is_asked_of_a_graph_without_papers(world: World, tmp_path: Path) -> None:
    for name in SERVICES:
        found = gather(world, tmp_path, name, Known())
        assert (found.things, found.file) == (0, None)
    assert world.asked == []


def test_a_row_that_is_not_as_documented_is_left_out_and_counted(world: World, tmp_path: Path) -> None:
    good = world.works[0]
    broken = {**good, "id": "https://openalex.org/W5", "locations": 7}
    world.fails("openalex", told({"results": [broken, good, None, {"id": None}]}))
    found = gather(world, tmp_path, "openalex", Known(known().papers[:1]))
    assert found.dropped == 1
    assert [one.iri for one in catalogue(found)] == ["https://openalex.org/W101"]


def test_what_a_graph_has_to_ask_about(tmp_path: Path) -> None:
    store = write_store(tmp_path / "store", [*quads(), *field_quads(), *paper("A Note", ("arxiv", "2106.00009"))])
    with open_store(store) as opened:
        found = known_of(opened.graph)
    assert len(found.papers) == 5  # the ontology has a title, too, and is none
    titles = {one.title for one in found.papers}
    assert STARLING in titles
    assert "A Note" not in titles  # too short to mean one paper: by its identifier alone
    assert PaperToAsk(None, (Identifier("arxiv", "2106.00009"),)) in found.papers
    # Labels come before other names, those of many papers first; "Graph Loom" is "GraphLoom" written anew.
    assert set(found.names) == {
        "Starling", "STARLING net", "Wren", "GraphLoom", "Loom", "node classification", "link prediction", "Orchard",
        "accuracy", "error rate", "ornithology",
    }  # fmt: skip
    assert found.names[0] == "ornithology", "a field that all papers are in"
    assert found.names[-1] == "STARLING net"
    assert found.names.index("Orchard") < found.names.index("link prediction")
