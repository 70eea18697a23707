"""Files of other catalogues -> entries to link to: names, aliases, which types of concept they may mean, what is near.

One reader a kind of file, found by what the first lines hold; a target is a catalogue with a namespace of its own.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

import pyoxigraph
from pyoxigraph import Literal, NamedNode

from kg.records import ConceptType, record_from_json, record_to_json

TOPIC: Final[tuple[ConceptType, ...]] = ("Method", "Metric", "Task")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a catalogue. ``near``: names of what stands beside it there: parents, data sets of a task ..."""

    iri: str
    label: str
    types: tuple[ConceptType, ...]
    aliases: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A catalogue that can be linked to. ``exact``: its entries are such things as our concepts are, else topics."""

    name: str
    description: str
    namespace: str
    exact: bool
    papers: bool = False  # it holds papers, not concepts
    one_a_label: bool = False  # entries with one label, but for number and the like, are the same thing written twice


TARGETS: Final[dict[str, Target]] = {
    one.name: one
    for one in (
        Target(
            "cso", "Computer Science Ontology: topics", "https://cso.kmi.open.ac.uk/topics/", False, one_a_label=True
        ),
        Target("mlso", "MLSO: tasks, algorithms, measures", "http://w3id.org/mlso/vocab/", True, one_a_label=True),
        Target("paperswithcode", "Papers with Code: tasks, methods, data sets", "https://paperswithcode.com/", True),
        Target("openalex-works", "OpenAlex: works", "https://openalex.org/W", True, papers=True),
        Target("openalex", "OpenAlex: concepts", "https://openalex.org/", False),
        Target("wikidata", "Wikidata: items", "http://www.wikidata.org/entity/", False),
        Target("orkg", "Open Research Knowledge Graph: resources", "http://orkg.org/orkg/resource/", True),
        Target("dblp", "dblp: publications", "https://dblp.org/rec/", True, papers=True),
        Target("semanticscholar", "Semantic Scholar: papers", "https://api.semanticscholar.org/", True, papers=True),
        Target("crossref", "Crossref: works by DOI", "https://doi.org/", True, papers=True),
    )
}


def entries_to_lines(entries: Iterable[object]) -> str:
    """The compact form that a store keeps: one line an entry."""
    return "".join(record_to_json(one) + "\n" for one in entries)


def entries_from_lines(text: str) -> list[Entry]:
    """The inverse of :func:`entries_to_lines`."""
    return [record_from_json(Entry, line) for line in text.split("\n") if line]


def target_of(iri: str) -> str | None:
    """The target whose namespace holds an IRI.

    >>> target_of("http://www.wikidata.org/entity/Q42")
    'wikidata'
    >>> target_of("http://example.org/x") is None
    True
    """
    return next((one.name for one in TARGETS.values() if iri.startswith(one.namespace)), None)


# --- Computer Science Ontology ------------------------------------------------------------------------------


def _read_cso(text: str) -> Iterator[Entry]:
    labels: dict[str, str] = {}
    primary: dict[str, str] = {}
    same: dict[str, set[str]] = defaultdict(set)
    broader: dict[str, set[str]] = defaultdict(set)
    for line in text.split("\n"):
        parts = [one.strip('"') for one in line.split(";")]
        if len(parts) != 3:
            continue
        subject, predicate, found = parts
        if predicate == "rdfs:label":
            labels[subject] = found
        elif predicate == "klink:primaryLabel":
            primary[subject] = found
        elif predicate == "klink:relatedEquivalent":
            same[subject].add(found)
        elif predicate == "klink:broaderGeneric":
            broader[found].add(subject)
    # Spellings of one topic have one primary label: that topic is linked, the others are its names.
    members: dict[str, set[str]] = defaultdict(set)
    for topic in labels:
        members[primary.get(topic, topic)].add(topic)
    for topic, names in members.items():
        near = set().union(*(broader[one] for one in names))
        aliases = sorted({labels.get(one, one) for one in names} - {topic})
        iri = TARGETS["cso"].namespace + quote(topic.replace(" ", "_"), safe="_-()',.")
        yield Entry(iri, topic, TOPIC, tuple(aliases), tuple(sorted(near)))


# --- MLSO ---------------------------------------------------------------------------------------------------

_MLSO_TYPES: Final[dict[str, tuple[ConceptType, ...]]] = {
    "ml_task_type": ("Task",),
    "ml_algorithm": ("Method",),
    "learning_method": ("Method",),
    "ml_field": ("Task",),
    "evaluation_measure": ("Metric",),
}
_SKOS: Final = "http://www.w3.org/2004/02/skos/core#"


def _read_mlso(text: str) -> Iterator[Entry]:
    names: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    quads = pyoxigraph.parse(input=text, format=pyoxigraph.RdfFormat.TURTLE)
    for quad in quads:
        if isinstance(quad.subject, NamedNode) and quad.predicate.value.startswith(_SKOS):
            value = quad.object.value if isinstance(quad.object, Literal | NamedNode) else ""
            names[quad.subject.value][quad.predicate.value.removeprefix(_SKOS)].add(" ".join(value.split()))
    for iri, of in list(names.items()):
        scheme = iri.removeprefix(TARGETS["mlso"].namespace).split("/")[0]
        types = next((types for name, types in _MLSO_TYPES.items() if scheme.startswith(name)), None)
        if types is None or not of["prefLabel"] or "member" in of:
            continue
        label = _mlso_label(iri, of["prefLabel"])
        if _letters(label) == _letters(iri.rsplit("/", 1)[-1]):
            of["prefLabel"] = {label}  # a second one is a slip: that of another concept
        near = {min(names[one]["prefLabel"]) for one in (*of["broader"], *of["narrower"]) if names[one]["prefLabel"]}
        aliases = (of["prefLabel"] | of["altLabel"]) - {label}
        yield Entry(iri, label, types, tuple(sorted(aliases)), tuple(sorted(near)))


def _mlso_label(iri: str, labels: set[str]) -> str:
    """The label that the IRI is made of, else the first."""
    name = _letters(iri.rsplit("/", 1)[-1])
    return min(labels, key=lambda one: (_letters(one) != name, one))


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


# --- Papers with Code ---------------------------------------------------------------------------------------

_SPAM: Final = re.compile(
    r"[!?#*^$@{}\[\]<>|=~]|[0-9][ -]?(?:[0-9][ -]?){6}|\b(?:deleted|customer|refund|airlines?|expedia)\b|::|~~", re.I
)


def is_spam(name: str) -> bool:
    """Whether a name of a public wiki is none that anybody would give to a task or a data set.

    >>> [is_spam(name) for name in ("300W", "(deleted task 2)", "Call 555-123-45678 now", "")]
    [False, True, True, True]
    """
    letters = sum(letter.isalpha() for letter in name)
    few = letters * 2 < len(name.replace(" ", "")) and len(name) > 10
    return letters < 1 or few or len(name) > 100 or bool(_SPAM.search(name))


def pwc_slug(name: str) -> str:
    """The last part of a task's address there.

    >>> pwc_slug("Few-Shot Image Classification (1-shot)")
    'few-shot-image-classification-1-shot'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _pwc(kind: str, slug: str) -> str:
    return f"{TARGETS['paperswithcode'].namespace}{kind}/{quote(slug)}"


def _names(value: Any) -> list[str]:
    return [one for one in value or () if isinstance(one, str) and one != "N/A" and not is_spam(one)]


def _read_pwc_tasks(text: str) -> Iterator[Entry]:
    for line in text.split("\n"):
        row = json.loads(line) if line.strip() else {}
        name = row.get("task") or ""
        if not is_spam(name):
            near = {*_names(row.get("parents")), *_names(row.get("subtasks")), *_names(row.get("datasets"))}
            yield Entry(_pwc("task", pwc_slug(name)), name, ("Task",), (), tuple(sorted(near)))


def _read_pwc_table(text: str) -> Iterator[Entry]:
    for line in text.split("\n")[1:]:
        slug, _, rest = line.partition("\t")
        name = rest.partition("\t")[0]
        if slug and not is_spam(name):
            yield Entry(_pwc("dataset", slug), name, ("Dataset",))


def _read_pwc_json(text: str) -> Iterator[Entry]:
    """``datasets.json``, ``methods.json`` and ``evaluation-tables.json`` as they were published."""
    for row in json.loads(text):
        if "task" in row:
            yield from _evaluated(row)
            continue
        url, name = row.get("url") or "", row.get("name") or ""
        kind = re.fullmatch(r"https?://(?:www\.)?paperswithcode\.com/(dataset|method)/([^/?#]+)", url)
        if kind is None or is_spam(name):
            continue
        types: tuple[ConceptType, ...] = ("Dataset",) if kind[1] == "dataset" else ("Method",)
        other = {*_names([row.get("full_name")]), *_names(row.get("variants"))} - {name}
        near = _names([one.get("task") for one in row.get("tasks") or ()])
        yield Entry(_pwc(kind[1], kind[2]), name, types, tuple(sorted(other)), tuple(sorted(near)))


def _evaluated(row: dict[str, Any]) -> Iterator[Entry]:
    name = row["task"]
    if not is_spam(name):
        near = _names([one.get("dataset") for one in row.get("datasets") or ()])
        aliases = _names(row.get("synonyms"))
        yield Entry(_pwc("task", pwc_slug(name)), name, ("Task",), tuple(sorted(aliases)), tuple(sorted(near)))
    for below in row.get("subtasks") or ():
        for entry in _evaluated(below):
            yield replace(entry, near=tuple(sorted({*entry.near, name})))


# --- OpenAlex and Wikidata ----------------------------------------------------------------------------------


def _read_openalex(text: str) -> Iterator[Entry]:
    header, *lines = text.split("\n")
    columns = header.split("\t")
    for line in lines:
        row = dict(zip(columns, line.split("\t"), strict=False))
        if len(row) < len(columns) or not row["name"]:
            continue
        item = row["wikidata"].rsplit("/", 1)[-1]
        yield Entry(row["openalex"], row["name"], TOPIC)
        if re.fullmatch(r"Q[0-9]+", item):
            yield Entry(TARGETS["wikidata"].namespace + item, row["name"], TOPIC)


READERS: Final[tuple[tuple[Callable[[str], bool], Callable[[str], Iterator[Entry]]], ...]] = (
    (lambda start: "klink:" in start or ";rdfs:label;" in start or ";rdf:type;" in start, _read_cso),
    (lambda start: "w3id.org/mlso/vocab/" in start, _read_mlso),
    (lambda start: start.lstrip().startswith("{") and '"task"' in start, _read_pwc_tasks),
    (lambda start: start.startswith("slug\tname"), _read_pwc_table),
    (lambda start: start.lstrip().startswith("["), _read_pwc_json),
    (lambda start: start.startswith("openalex\twikidata\tname"), _read_openalex),
)
