"""Runs cases of the suite against an endpoint over HTTP; a case that fails raises AssertionError."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin

import pyoxigraph as ox
import requests
from pyoxigraph import DefaultGraph, NamedNode, Quad

from tests.conformance.comparing import Result, Rows, assert_same, rows_in, rows_of
from tests.conformance.helper import Elsewhere
from tests.conformance.manifests import CNT, HT, MF, QT, RDFS, UT, Case, Manifest

SERVICE_DESCRIPTION = "http://www.w3.org/ns/sparql-service-description#"
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
RESULTS = {
    JSON: ox.QueryResultsFormat.JSON,
    XML: ox.QueryResultsFormat.XML,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
GRAPHS = {
    one.media_type: one
    for one in (ox.RdfFormat.TURTLE, ox.RdfFormat.N_TRIPLES, ox.RdfFormat.RDF_XML, ox.RdfFormat.N_QUADS)
}
STATUSES = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}
_RELATIVE = re.compile(r"<(?![a-zA-Z][\w+.-]*:)[^<>\"{}|^`\\\s]*>")


@dataclass
class Endpoint:
    """The endpoint under test, whose dataset belongs to the tests; ``held`` is what it holds, None: who knows."""

    address: str
    elsewhere: Elsewhere
    held: object = None
    session: requests.Session = field(default_factory=requests.Session)

    def ask(self, text: str, accept: str) -> requests.Response:
        return self._post("/sparql", text, "application/sparql-query", accept)

    def change(self, text: str) -> requests.Response:
        self.held = None
        return self._post("/update", text, "application/sparql-update", "*/*")

    def _post(self, path: str, text: str, media_type: str, accept: str) -> requests.Response:
        headers = {"Content-Type": media_type, "Accept": accept}
        return self.session.post(f"{self.address}{path}", text.encode(), headers=headers, timeout=60)

    def hold(self, quads: Iterable[Quad] = (), names: Iterable[str] = ()) -> None:
        """Make the dataset these quads, and these graphs even where they are empty."""
        quads, names = list(quads), list(names)
        wanted = (frozenset(quads), frozenset(names))
        if wanted == self.held:
            return
        lines = [f"GRAPH {one.graph_name} {{ {one.triple} . }}" for one in quads if one.graph_name != DefaultGraph()]
        lines += [f"{one.triple} ." for one in quads if one.graph_name == DefaultGraph()]
        created = "".join(f"CREATE SILENT GRAPH <{name}> ; " for name in names)
        response = self.change(f"DROP ALL ; {created} INSERT DATA {{ {' '.join(lines)} }}")
        assert response.status_code == 204, response.text
        self.held = wanted

    def holds(self) -> frozenset[Quad]:
        response = self.session.get(f"{self.address}/data", headers={"Accept": "application/n-quads"}, timeout=60)
        assert response.status_code == 200, response.text
        return frozenset(ox.parse(response.content, format=ox.RdfFormat.N_QUADS))


def run_case(case: Case, endpoint: Endpoint) -> None:
    """Run one case of any kind."""
    if case.kind in ("QueryEvaluationTest", "CSVResultFormatTest"):
        _query(case, endpoint)
    elif case.kind == "UpdateEvaluationTest":
        _update(case, endpoint)
    elif case.kind.startswith(("PositiveSyntax", "NegativeSyntax", "PositiveUpdate", "NegativeUpdate")):
        _syntax(case, endpoint)
    elif case.kind == "ServiceDescriptionTest":
        _description(case, endpoint)
    else:
        assert case.kind in ("ProtocolTest", "GraphStoreProtocolTest"), f"a kind of test that nobody runs: {case.kind}"
        _replay(case, endpoint)


def _query(case: Case, endpoint: Endpoint) -> None:
    manifest = case.manifest
    action = manifest.value(case.node, f"{MF}action")
    query_iri, result_iri = manifest.text(action, f"{QT}query"), manifest.text(case.node, f"{MF}result")
    text, expected_text = _based(_read(manifest, query_iri), query_iri), _read(manifest, result_iri)
    quads, names = _dataset(manifest, action)
    for service in manifest.objects(action, f"{QT}serviceData"):
        there = manifest.text(service, f"{QT}endpoint")
        here = endpoint.elsewhere.add(_dataset(manifest, service)[0])
        text, expected_text = text.replace(there, here), expected_text.replace(there, here)
        quads = [Quad(_moved(q.subject, there, here), q.predicate, _moved(q.object, there, here)) for q in quads]
    for name in re.findall(r"\bFROM\s+(?:NAMED\s+)?<([^>]*)>", text):
        iri = urljoin(query_iri, name)
        if iri not in names and manifest.path(iri).is_file():
            quads += _quads(manifest, iri, iri)
    endpoint.hold(quads, names)
    if result_iri.endswith(".csv"):
        response = endpoint.ask(text, "text/csv")
        assert response.status_code == 200, response.text
        assert _media_type(response) == "text/csv"
        assert _table(response.content.decode()) == _table(expected_text)
        return
    expected, accept = _expected(result_iri, expected_text)
    response = endpoint.ask(text, accept)
    assert response.status_code == 200, response.text
    assert _media_type(response) == accept
    assert_same(_result(response, query_iri), expected)


def _update(case: Case, endpoint: Endpoint) -> None:
    manifest = case.manifest
    action = manifest.value(case.node, f"{MF}action")
    endpoint.hold(*_dataset(manifest, action))
    request = manifest.text(action, f"{UT}request")
    response = endpoint.change(_based(_read(manifest, request), request))
    assert response.status_code == 204, response.text
    expected, _ = _dataset(manifest, manifest.value(case.node, f"{MF}result"))
    assert_same(endpoint.holds(), frozenset(expected))


def _syntax(case: Case, endpoint: Endpoint) -> None:
    text = _read(case.manifest, case.manifest.text(case.node, f"{MF}action"))
    negative, update = case.kind.startswith("Negative"), "Update" in case.kind
    if not negative:  # these are carried out: what they ask of other hosts is there
        text = re.sub(r"(LOAD\s+)<(?:http://example.org/faraway|remote)>", rf"\1<{endpoint.elsewhere.document}>", text)
        text = re.sub(r"(SERVICE(?:\s+SILENT)?\s+)<g>", rf"\1<{endpoint.elsewhere.endpoint}>", text)
    if update and not negative:
        graphs = re.findall(r"^\s*(?:DROP|CLEAR)\s+GRAPH\s+<([^>]*)>", text, re.MULTILINE)
        endpoint.hold(names=[urljoin(f"{endpoint.address}/update", graph) for graph in graphs])
    response = endpoint.change(text) if update else endpoint.ask(text, f"{JSON}, text/turtle;q=0.5")
    if negative:
        assert response.status_code == 400, response.text
        assert response.json()["code"] == "query-syntax"
    else:
        assert response.status_code in (200, 204), response.text


def _replay(case: Case, endpoint: Endpoint) -> None:
    """Send the requests of a protocol test, one after another, and check each answer."""
    manifest, location = case.manifest, ""
    quads: list[Quad] = []
    for graph in manifest.objects(case.node, f"{UT}graphData"):
        quads += _quads(manifest, manifest.text(graph, f"{UT}graph"), manifest.text(graph, f"{RDFS}label"))
    endpoint.hold(quads)
    endpoint.held = None
    action = manifest.value(case.node, f"{MF}action")
    for request in manifest.members(manifest.value(action, f"{HT}requests")):
        method = manifest.text(request, f"{HT}methodName")
        target = manifest.text(request, f"{HT}absolutePath").replace("$LOCATION$", quote(location, safe=""))
        headers = _headers(manifest, request)
        body_node = manifest.value(request, f"{HT}body")
        body = manifest.text(body_node, f"{CNT}chars").replace("$LOCATION$", location) if body_node else ""
        if case.kind == "GraphStoreProtocolTest":
            url = f"{endpoint.address}/data{target.removeprefix('/gsp')}"
        else:
            updates = "update" in case.iri.partition("#")[2] and headers.get("content-type") != (
                "application/sparql-query"
            )
            url = f"{endpoint.address}/{'update' if updates else 'sparql'}{target.removeprefix('/sparql/')}"
        content = body.encode(manifest.text(body_node, f"{CNT}characterEncoding")) if body_node else None
        response = endpoint.session.request(method, url, data=content, headers=headers, timeout=60)
        location = urljoin(url, response.headers.get("Location", "")) or location
        _check(manifest, manifest.value(request, f"{HT}resp"), response)


def _check(manifest: Manifest, wanted: ox.Term | None, response: requests.Response) -> None:
    said = f"{response.request.method} {response.request.url}: {response.status_code} {response.text[:300]}"
    expected = {iri.value.rpartition("#")[2] for iri in manifest.objects(wanted, f"{MF}expectedStatus")}  # type: ignore[union-attr]
    kind = f"StatusCode{response.status_code // 100}xx"
    exact = any(STATUSES.get(name) == response.status_code for name in expected)
    assert exact or (kind in expected and response.status_code not in (401, 403, 429)), f"{expected}: {said}"
    match manifest.text(wanted, f"{MF}expectedFormat"):
        case "boolean":
            assert _media_type(response) in (JSON, XML), said
        case "tabular":
            assert _media_type(response) in (*RESULTS, "text/csv"), said
        case "RDF":
            assert _media_type(response) in GRAPHS, said
    for name, value in _headers(manifest, wanted).items():
        if name == "content-type":
            assert _media_type(response) == value.partition(";")[0], said
    if manifest.text(wanted, f"{MF}expectedLocation"):
        assert "Location" in response.headers, said
    if flag := manifest.text(wanted, f"{MF}expectedBoolean"):
        assert_same(_result(response, response.url), flag == "true")
    body = manifest.value(wanted, f"{HT}body")
    if body is not None:
        graph = ox.parse(manifest.text(body, f"{CNT}chars"), format=ox.RdfFormat.TURTLE)
        assert_same(_result(response, response.url), frozenset(graph))


def _description(case: Case, endpoint: Endpoint) -> None:
    response = endpoint.session.get(f"{endpoint.address}/sparql", headers={"Accept": "text/turtle"}, timeout=60)
    assert response.status_code == 200
    assert _media_type(response) == "text/turtle"
    quads = list(ox.parse(response.content, format=ox.RdfFormat.TURTLE, base_iri=response.url))
    assert quads
    endpoints = {q.object for q in quads if q.predicate.value == f"{SERVICE_DESCRIPTION}endpoint"}
    name = case.iri.partition("#")[2]
    if name == "has-endpoint-triple":
        assert NamedNode(f"{endpoint.address}/sparql") in endpoints
    if name == "conforms-to-schema":
        services = {q.subject for q in quads if q.object == NamedNode(f"{SERVICE_DESCRIPTION}Service")}
        described = {q.subject for q in quads if q.predicate.value == f"{SERVICE_DESCRIPTION}endpoint"}
        assert services
        assert services == described
        ours = [q for q in quads if q.predicate.value.startswith(SERVICE_DESCRIPTION)]
        assert not any(isinstance(q.object, ox.Literal) for q in ours)


def _dataset(manifest: Manifest, node: object) -> tuple[list[Quad], list[str]]:
    """The quads of a description of a dataset, and the names of its graphs."""
    quads: list[Quad] = []
    for predicate in (f"{QT}data", f"{UT}data"):
        for data in manifest.objects(node, predicate):
            quads += _quads(manifest, data.value)  # type: ignore[union-attr]
    names = []
    for graph in manifest.objects(node, f"{QT}graphData"):
        names.append(graph.value)  # type: ignore[union-attr]
        quads += _quads(manifest, names[-1], names[-1])
    for graph in manifest.objects(node, f"{UT}graphData"):
        names.append(manifest.text(graph, f"{RDFS}label"))
        quads += _quads(manifest, manifest.text(graph, f"{UT}graph"), names[-1])
    return quads, names


def _quads(manifest: Manifest, iri: str, name: str | None = None) -> list[Quad]:
    """The statements of a file, in the default graph or that of a name."""
    graph = DefaultGraph() if name is None else NamedNode(name)
    form = ox.RdfFormat.from_extension(iri.rpartition(".")[2])
    read = ox.parse(_read(manifest, iri), format=form, base_iri=iri, rename_blank_nodes=True)
    return [Quad(*quad.triple, graph) for quad in read]


def _read(manifest: Manifest, iri: str) -> str:
    return manifest.path(iri).read_bytes().decode()


def _based(text: str, iri: str) -> str:
    """Queries with relative IRIs are relative to their file, as the suite wants."""
    return f"BASE <{iri}>\n{text}" if _RELATIVE.search(text) else text


def _moved(term: ox.Term, there: str, here: str) -> ox.Term:
    return NamedNode(here) if term == NamedNode(there) else term


def _expected(iri: str, text: str) -> tuple[Result, str]:
    """The result in a file, and the media type to ask for."""
    extension = iri.rpartition(".")[2]
    form = ox.QueryResultsFormat.from_extension(extension)
    if form is not None:
        return rows_of(ox.parse_query_results(text, format=form)), form.media_type.partition(";")[0]
    graph_form = ox.RdfFormat.from_extension(extension)
    assert graph_form is not None
    quads = frozenset(ox.parse(text, format=graph_form, base_iri=iri, rename_blank_nodes=True))
    rows = rows_in(quads)
    return (quads, graph_form.media_type) if rows is None else (rows, JSON)


def _result(response: requests.Response, base: str) -> Result:
    media_type = _media_type(response)
    if media_type in RESULTS:
        return rows_of(ox.parse_query_results(response.content, format=RESULTS[media_type]))
    assert media_type in GRAPHS, f"found media type {media_type}"
    return frozenset(ox.parse(response.content, format=GRAPHS[media_type], base_iri=base))


def _table(text: str) -> tuple[list[str], Counter[tuple[str, ...]]]:
    """A CSV table: its head, and its rows with blank nodes alike; in any order, as SELECT * leaves that open."""
    head, *rows = csv.reader(io.StringIO(text))
    order = sorted(range(len(head)), key=lambda index: head[index])
    cells = [tuple("_:" if row[index].startswith("_:") else row[index] for index in order) for row in rows if row]
    return [head[index] for index in order], Counter(cells)


def _headers(manifest: Manifest, node: object) -> dict[str, str]:
    return {
        manifest.text(one, f"{HT}fieldName").lower(): manifest.text(one, f"{HT}fieldValue")
        for one in manifest.members(manifest.value(node, f"{HT}headers"))
    }


def _media_type(response: requests.Response) -> str:
    return response.headers.get("Content-Type", "").partition(";")[0]


__all__ = ["Endpoint", "Rows", "run_case"]
