"""Servers that speak as OpenAlex, Semantic Scholar, Crossref, dblp, Wikidata and ORKG do, over a small world.

Forms after their documentation, every value made up. SPARQL is answered by an engine over triples of ours, so that what
is asked must be SPARQL. A fault takes the place of an answer.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pyoxigraph as ox

from kg.link.online.service import Known, PaperToAsk
from kg.link.online.services import SERVICES
from kg.records import Identifier

STARLING = "Starling: Sparse Message Passing"  # known by DOI and arXiv identifier
LOOM = "GraphLoom: a Loom for Graphs"  # by the ACL Anthology's
WREN = "Wren, a Dense Network for Graphs"  # by its title alone

WORKS: list[dict[str, Any]] = [
    {
        "id": "https://openalex.org/W101",
        "doi": "https://doi.org/10.5555/starling",
        "title": STARLING,
        "publication_year": 2021,
        "ids": {"openalex": "https://openalex.org/W101"},
        "locations": [{"landing_page_url": "https://arxiv.org/abs/2106.00001"}],
        "referenced_works": ["https://openalex.org/W102"],
    },
    {
        "id": "https://openalex.org/W102",
        "doi": "https://doi.org/10.18653/v1/2020.acl-main.7",
        "title": LOOM,
        "publication_year": 2020,
        "ids": {},
        "locations": [],
        "referenced_works": [],
    },
    {
        "id": "https://openalex.org/W103",
        "doi": None,
        "title": WREN,
        "publication_year": 2022,
        "ids": {},
        "locations": [],
        "referenced_works": ["https://openalex.org/W101"],
    },
]
PAPERS: dict[str, dict[str, Any]] = {
    "ARXIV:2106.00001": {
        "paperId": "a" * 40,
        "corpusId": 11,
        "title": STARLING,
        "year": 2021,
        "externalIds": {"ArXiv": "2106.00001", "DOI": "10.5555/Starling", "CorpusId": 11},
        "references": [{"paperId": "b" * 40, "externalIds": {"ACL": "2020.acl-main.7", "CorpusId": 12}}],
    },
    "ACL:2020.acl-main.7": {
        "paperId": "b" * 40,
        "corpusId": 12,
        "title": LOOM,
        "year": 2020,
        "externalIds": {"ACL": "2020.acl-main.7", "CorpusId": 12},
        "references": None,
    },
}
CROSSREF: list[dict[str, Any]] = [
    {"DOI": "10.5555/STARLING", "title": [STARLING], "issued": {"date-parts": [[2021, 6]]}, "score": 1},
    {"DOI": "10.18653/v1/2020.acl-main.7", "title": [LOOM], "issued": {"date-parts": [[2020]]}},
    {"DOI": "10.5555/wren", "title": [WREN], "issued": {"date-parts": [[2022]]}},
]
DBLP = """
@prefix dblp: <https://dblp.org/rdf/schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://dblp.org/rec/conf/birds/S21> dblp:doi <https://doi.org/10.5555/STARLING> ;
  dblp:yearOfPublication "2021"^^xsd:gYear ;
  dblp:title "Starling: Sparse Message Passing." ; dblp:documentPage <https://doi.org/10.5555/starling> .
<https://dblp.org/rec/conf/acl/L20> dblp:title "GraphLoom: a Loom for Graphs." ;
  dblp:documentPage <https://aclanthology.org/2020.acl-main.7/> ; dblp:yearOfPublication "2020"^^xsd:gYear .
<https://dblp.org/rec/journals/birds/W22> dblp:title "Wren, a Dense Network for Graphs." ;
  dblp:yearOfPublication "2022"^^xsd:gYear ; dblp:authoredBy <https://dblp.org/pid/1> .
"""
NAMES = {"node classification": ["Q1", "Q9"], "Orchard": ["Q3"], "link prediction": []}
ITEMS = """
@prefix wd: <http://www.wikidata.org/entity/> . @prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
wd:Q1 rdfs:label "node classification"@en , "anders"@de ; skos:altLabel "vertex classification"@en ; wdt:P279 wd:Q2 .
wd:Q2 rdfs:label "link prediction"@en .
wd:Q3 rdfs:label "Orchard"@mul ; wdt:P31 wd:Q1172284 . wd:Q1172284 rdfs:label "data set"@en .
wd:Q9 rdfs:label "node classification"@en ; wdt:P31 wd:Q13442814 .
"""
RESOURCES: list[dict[str, Any]] = [
    {"id": "R1", "label": "Node Classification", "classes": ["Problem"], "_class": "resource"},
    {"id": "R2", "label": "Orchard", "classes": ["Dataset"], "_class": "resource"},
    {"id": "R3", "label": "link prediction", "classes": ["Problem"], "_class": "resource"},
]


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    endpoint: str
    method: str
    path: str
    query: dict[str, str]
    body: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Told:
    """An answer; ``cut``: bytes at its end that are never sent; ``drip``: seconds from one byte to the next."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    drip: float = 0.0


Fault = Callable[[Asked], Told | None]


def told(found: object, status: int = 200, **headers: str) -> Told:
    """JSON."""
    return Told(status, json.dumps(found).encode(), {name.replace("_", "-"): text for name, text in headers.items()})


UNAVAILABLE = told({"error": "busy"}, 503)


class World:
    """The servers, all at one port, each below a path of its own; ``asked`` holds what came."""

    def __init__(self, page_size: int = 500) -> None:
        self.asked: list[Asked] = []
        self.sent = 0  # bytes of bodies
        self.faults: list[Fault] = []
        self.page_size = page_size
        self.works, self.papers = list(WORKS), dict(PAPERS)
        self._dblp, self._items = (_graph(text) for text in (DBLP, ITEMS))
        self._answers: dict[str, Callable[[Asked], Told]] = {
            "openalex": self._openalex,
            "semanticscholar": self._semantic_scholar,
            "crossref": self._crossref,
            "dblp": lambda asked: self._sparql(self._dblp, asked),
            "wikidata-names": self._names,
            "wikidata": lambda asked: self._sparql(self._items, asked),
            "orkg": self._orkg,
        }
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self._thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def addresses(self) -> dict[str, str]:
        """The addresses of all endpoints."""
        return {one.name: self.address(one.name) for of in SERVICES.values() for one in of.endpoints}

    def address(self, endpoint: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/{endpoint}"

    def count(self, endpoint: str | None = None) -> int:
        """How many requests came, to an endpoint or in all."""
        return sum(endpoint in (None, one.endpoint) for one in self.asked)

    def fails(self, endpoint: str, *answers: Told) -> None:
        """The next requests to an endpoint get these answers."""
        left = list(answers)
        self.faults.append(lambda asked: left.pop(0) if left and asked.endpoint == endpoint else None)

    def answer(self, asked: Asked) -> Told:
        self.asked.append(asked)
        for fault in self.faults:
            if (found := fault(asked)) is not None:
                return found
        return self._answers[asked.endpoint](asked)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()

    # --- the services ---------------------------------------------------------------------------------------

    def _openalex(self, asked: Asked) -> Told:
        if asked.path.startswith("/works/doi:"):
            doi = "https://doi.org/" + asked.path.removeprefix("/works/doi:")
            found = [one for one in self.works if one["doi"] == doi]
            return told(found[0]) if found else told({"error": "not found"}, 404)
        name, _, wanted = asked.query["filter"].partition(":")
        values = wanted.split("|")
        assert asked.path == "/works"
        assert len(values) <= 50
        found = [
            work
            for work in self.works
            if (name == "doi" and (work["doi"] or "").removeprefix("https://doi.org/") in values)
            or (name == "ids.openalex" and work["id"].rpartition("/")[2] in values)
            or (name == "title.search" and set(wanted.split()) <= set(_words(work["title"])))
        ]
        return told({"meta": {"count": len(found)}, "results": found[: int(asked.query["per_page"])]})

    def _semantic_scholar(self, asked: Asked) -> Told:
        fields = asked.query["fields"].split(",")
        assert {"corpusId", "title", "year", "externalIds", "references.externalIds"} == set(fields)
        if asked.path == "/paper/search/match":
            words = asked.query["query"].split()
            found = [one for one in self.papers.values() if _words(one["title"]) == words]
            return told({"data": found}) if found else told({"error": "Title match not found"}, 404)
        assert (asked.method, asked.path) == ("POST", "/paper/batch")
        return told([self.papers.get(one) for one in json.loads(asked.body)["ids"]])

    def _crossref(self, asked: Asked) -> Told:
        assert asked.path == "/works"
        if "query.bibliographic" in asked.query:
            words = set(asked.query["query.bibliographic"].split())
            ranked = sorted(CROSSREF, key=lambda one: -len(words & set(_words(one["title"][0]))))
            found = ranked[: int(asked.query["rows"])]
        else:
            dois = {one.removeprefix("doi:").lower() for one in asked.query["filter"].split(",")}
            found = [one for one in CROSSREF if str(one["DOI"]).lower() in dois]
        return told({"status": "ok", "message-type": "work-list", "message": {"items": found}})

    def _names(self, asked: Asked) -> Told:
        queries = json.loads(parse_qs(asked.body)["queries"][0])
        return told(
            {
                key: {"result": [{"id": one, "name": "?", "score": 90, "match": False} for one in _of(query["query"])]}
                for key, query in queries.items()
            }
        )

    def _sparql(self, graph: ox.Store, asked: Asked) -> Told:
        assert asked.headers["accept"] == "application/sparql-results+json"
        results = graph.query(parse_qs(asked.body)["query"][0])
        assert isinstance(results, ox.QuerySolutions)
        body = results.serialize(format=ox.QueryResultsFormat.JSON)
        return Told(200, body or b"", {"Content-Type": "application/sparql-results+json"})

    def _orkg(self, asked: Asked) -> Told:
        assert asked.path == "/resources"
        size, page = min(int(asked.query["size"]), self.page_size), int(asked.query["page"])
        chosen = [one for one in RESOURCES if asked.query["include"] in one["classes"]]
        pages = -(-len(chosen) // size)
        shown = chosen[page * size : (page + 1) * size]
        return told({"content": shown, "page": {"size": size, "number": page, "total_pages": pages}})


def _handler(world: World) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # headers and body in one piece

        def do_GET(self) -> None:
            self._answer("")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, body: str) -> None:
            parts = urlsplit(self.path)
            endpoint, _, path = parts.path.removeprefix("/").partition("/")
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            path = f"/{unquote(path)}" if path else ""
            said = world.answer(Asked(endpoint, self.command, path, query, body, headers))
            self.send_response(said.status)
            for name, value in {"Content-Type": "application/json", **said.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                whole = said.body[: len(said.body) - said.cut]
                for piece in [whole[at : at + 1] for at in range(len(whole))] if said.drip else [whole]:
                    self.wfile.write(piece)
                    self.wfile.flush()
                    world.sent += len(piece)
                    time.sleep(said.drip)
            self.close_connection = said.cut > 0

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _graph(text: str) -> ox.Store:
    graph = ox.Store()
    graph.load(text.encode(), format=ox.RdfFormat.TURTLE)
    return graph


def _of(name: str) -> list[str]:
    return NAMES.get(name, [])


def _words(text: object) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in str(text).lower()).split()


def known(*names: str) -> Known:
    """What a graph of the three papers has, and these names of concepts."""
    acl, arxiv, doi = (
        Identifier(*one) for one in (("acl", "2020.acl-main.7"), ("arxiv", "2106.00001"), ("doi", "10.5555/starling"))
    )
    papers = (PaperToAsk(STARLING, (arxiv, doi)), PaperToAsk(LOOM, (acl,)), PaperToAsk(WREN))
    return Known(papers, names)


class Time:
    """A clock that goes on when somebody waits, and only then."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.waits: list[float] = []
        self.interrupted = False

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        if self.interrupted:
            raise KeyboardInterrupt
        self.waits.append(seconds)
        self.now += seconds


@contextlib.contextmanager
def a_world() -> Iterator[World]:
    """Servers for the time of a test."""
    world = World()
    try:
        yield world
    finally:
        world.close()
