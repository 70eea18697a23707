"""PaperNames of all papers, Catalogue -> Concept: which names mean one thing, across papers.

Within a type, names are one concept when they have the same normal form (normal_forms.py) or a link joins them
(links.py). Each concept says why its names are one (merges.py), and what is above it (hierarchy.py). Everything is
decided on counts over all papers, so their order does not matter.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from kg.records import CONCEPT_TYPES, Concept, ConceptType, Name
from kg.resolve.catalogue import Catalogue, CatalogueEntry
from kg.resolve.constraints import NOTHING_SAID, Constraints
from kg.resolve.hierarchy import Edge, Key, build_hierarchy, tasks_of_datasets
from kg.resolve.language_pairs import names_languages
from kg.resolve.links import Link, Linker, long_words, shortened
from kg.resolve.merges import merges_of
from kg.resolve.metrics import described_metric
from kg.resolve.names import PaperNames
from kg.resolve.normal_forms import is_generic, is_strong, matching_form, normal_form
from kg.resolve.tally import Tally, TypeNames, tally_names
from kg.resolve.union_find import UnionFind
from kg.resolve.words import FIELDS, GENERIC_TASKS, PLACEHOLDERS


@dataclass(frozen=True, slots=True)
class _Cluster:
    """Matching forms that are one concept, and its entry in the catalogue."""

    type: ConceptType
    nodes: tuple[str, ...]
    entry: CatalogueEntry | None


class Resolver:
    """The concepts that the names of all papers mean.

    >>> def paper(*texts):
    ...     names = tuple(Name(text, "Dataset") for text in texts)
    ...     return PaperNames(names, tuple(SurfaceForm(name.text, name, 1) for name in names))
    >>> from kg.resolve.names import SurfaceForm
    >>> resolver = Resolver([paper("COCO dataset", "the data"), paper("COCO")], Catalogue())
    >>> [(concept.key, concept.label, concept.alt_labels) for concept in resolver.concepts()]
    [('coco', 'COCO', ('COCO dataset',))]
    >>> resolver.concept(Name("COCO benchmark", "Dataset")).key, resolver.concept(Name("the data", "Dataset"))
    ('coco', None)
    """

    def __init__(
        self, all_names: Iterable[PaperNames], catalogue: Catalogue, constraints: Constraints = NOTHING_SAID
    ) -> None:
        self._catalogue = catalogue
        tally = tally_names(all_names, self._node)
        self._nodes = tally.nodes
        words = long_words(tally, catalogue)
        made: dict[Key, Concept] = {}
        self._keys: dict[tuple[ConceptType, str], str] = {}  # (type, matching form) -> the concept's key
        written: dict[str, set[Key]] = defaultdict(set)
        for type in CONCEPT_TYPES:
            names, linker = tally.of_type[type], Linker(type, tally, catalogue, words)
            links = {node: link for node in sorted(names.forms) if (link := linker.link(node)) is not None}
            links = constraints.allowed(type, links)
            abbreviated: dict[str, set[str]] = defaultdict(set)
            for node, text in names.abbreviated:
                abbreviated[node].add(text)
            for cluster in _clusters(type, names, links, constraints, catalogue):
                surfaces: Counter[str] = Counter()
                for node in cluster.nodes:
                    surfaces.update(names.surfaces.get(node, {}))
                if not surfaces:
                    continue
                form = min(names.forms[node] for node in cluster.nodes)
                form = constraints.key_of(type, cluster.nodes, form, catalogue.entry(type, form) is not None)
                concept = constraints.named(_concept(type, cluster.entry, form, surfaces), cluster.nodes)
                merges = merges_of(concept, cluster.nodes, names, links, abbreviated)
                made[type, concept.key] = replace(concept, merges=merges) if merges else concept
                self._keys.update(((type, node), concept.key) for node in cluster.nodes)
                for text in surfaces:
                    written[_as_written(text)].add((type, concept.key))
        self._place(made, tally)
        _add_namesakes(made, written)
        self._made = made
        self._all = tuple(made[pair] for pair in sorted(made))

    def concept(self, name: Name) -> Concept | None:
        """The concept that a name means; None for a generic word. A name that no paper has gets one of its own."""
        node = self._nodes[name] if name in self._nodes else self._node(name)
        if node is None:
            return None
        key = self._keys.get((name.type, node))
        if key is not None:
            return self._made[name.type, key]
        entry = self._catalogue.find(name.type, node)
        return _concept(name.type, entry, normal_form(name.text, name.type), Counter([name.text]))

    def concepts(self) -> tuple[Concept, ...]:
        """All concepts that papers name, and what is above them, sorted by type and key."""
        return self._all

    def _node(self, name: Name) -> str | None:
        form = normal_form(name.text, name.type)
        node = matching_form(form)
        if form in PLACEHOLDERS or self._is_no_name(name.type, form, node):
            return None
        if not is_generic(form):
            return node
        if " " not in form:  # "LINE", "SECOND" and "FAST" are names, "line", "second" and "fast" are words
            return node if len(form) > 2 and is_strong(name.text) else None
        known = any(self._catalogue.find(name.type, matching_form(some)) for some in shortened(form, name.type))
        return node if known else None

    def _is_no_name(self, type: ConceptType, form: str, node: str) -> bool:
        """A word for what every paper does; a data set that is called as a task is, or as languages are.

        ("QA", "our NLI data", "English-French").
        """
        if type == "Task":
            return form in GENERIC_TASKS
        find = self._catalogue.find
        if type != "Dataset" or find("Dataset", node) is not None:
            return False
        return names_languages(form) or find("Task", node) is not None

    def _find(self, type: ConceptType, node: str) -> str | None:
        """The key of the concept that a matching form means, among all that papers name and the catalogue knows."""
        key = self._keys.get((type, node))
        if key is None and (entry := self._catalogue.find(type, node)) is not None:
            key = entry.key
        return key

    def _place(self, made: dict[Key, Concept], tally: Tally) -> None:
        """Gives each concept its place: what is above it, which task a dataset is for, which way a metric runs."""
        self._add_entries(made)
        said: dict[Edge, float] = {}
        for (type, narrow, broad), score in tally.above.items():
            edge = Edge(type, self._keys[type, narrow], self._keys[type, broad])
            if edge.narrow != edge.broad:
                said[edge] = max(said.get(edge, 0.0), score)
        hierarchy = build_hierarchy(made, said, self._find)
        for pair in list(made):
            above, left_out = hierarchy.above.get(pair, ()), hierarchy.left_out.get(pair, ())
            if above != made[pair].broader or left_out:
                made[pair] = replace(made[pair], broader=above, not_broader=left_out)
        for pair, task in list(tasks_of_datasets(made.values(), self._find)):
            made[pair] = replace(made[pair], benchmark_for=tuple(sorted({*made[pair].benchmark_for, task})))
        self._add_entries(made)  # head words and datasets may lead to entries that no paper names
        metrics = {key: concept for (type, key), concept in made.items() if type == "Metric"}
        for key, metric in metrics.items():
            made["Metric", key] = described_metric(metric, metrics)

    def _add_entries(self, made: dict[Key, Concept]) -> None:
        """Entries that only stand above others become concepts, too, so that each broader key leads somewhere."""
        ahead = [pair for concept in made.values() for pair in _led_to(concept)]
        while ahead:
            type, key = ahead.pop()
            entry = self._catalogue.entry(type, key)
            if entry is not None and (type, key) not in made:
                made[type, key] = _concept(type, entry, key, Counter())
                ahead.extend(_led_to(made[type, key]))


def _led_to(concept: Concept) -> Iterator[Key]:
    for key in concept.broader:
        yield concept.type, key
    for key in concept.benchmark_for:
        yield "Task", key


def _clusters(
    type: ConceptType, names: TypeNames, links: Mapping[str, Link], constraints: Constraints, catalogue: Catalogue
) -> Iterator[_Cluster]:
    nodes = sorted(names.forms)
    index = {node: number for number, node in enumerate(nodes)}
    entries: dict[str, int] = {}  # the first node of each entry
    found: dict[int, CatalogueEntry] = {}
    sets = UnionFind(len(nodes))
    for node in nodes:
        link = links.get(node)
        if link is None:
            continue
        if link.entry is not None:
            found[index[node]] = link.entry
            sets.union(index[node], entries.setdefault(link.entry.key, index[node]))
        elif link.node is not None:
            sets.union(index[node], index[link.node])
    for one, other in constraints.pairs(type):
        for node, joined in ((one, other), (other, one)):
            entry = catalogue.find(type, joined) if joined not in index else None
            if node in index and entry is not None:  # nobody writes that name, but the catalogue knows it
                found.setdefault(index[node], entry)
                sets.union(index[node], entries.setdefault(entry.key, index[node]))
        if one in index and other in index:
            sets.union(index[one], index[other])
    for members in sets.groups().values():
        entry = next((found[member] for member in members if member in found), None)
        yield _Cluster(type, tuple(nodes[member] for member in members), entry)


def _concept(type: ConceptType, entry: CatalogueEntry | None, form: str, surfaces: Counter[str]) -> Concept:
    label = entry.label if entry else _label(surfaces)
    others = {*surfaces, *(entry.aliases if entry else ())} - {label}
    key = entry.key if entry else form
    return Concept(
        key=key,
        type=type,
        label=label,
        alt_labels=tuple(sorted(others)),
        catalogue_id=entry.id if entry else None,
        higher_is_better=entry.higher_is_better if entry else None,
        fraction=entry.fraction if entry else None,
        broader=entry.broader if entry else (),
        unit=entry.unit if entry else None,
        benchmark_for=entry.tasks if entry else (),
        field=type == "Task" and key in FIELDS,
    )


def _label(surfaces: Counter[str]) -> str:
    """The most frequent name; of equals a proper name, then the singular, lower case, short."""
    most = max(surfaces.values())
    equals = [text for text, count in surfaces.items() if count == most]
    return equals[0] if len(equals) == 1 else min(equals, key=_preference)


def _preference(text: str) -> tuple[object, ...]:
    capitals = sum(c.isupper() for c in text)
    strong = is_strong(text)
    return (not strong, text.lower() != normal_form(text), -capitals if strong else capitals, len(text), text)


def _as_written(text: str) -> str:
    """The letters and digits of a name in the singular: what namesakes share."""
    return re.sub(r"[^\w+#]|_", "", text).lower().removesuffix("s")


def _add_namesakes(
    made: dict[tuple[ConceptType, str], Concept], written: dict[str, set[tuple[ConceptType, str]]]
) -> None:
    namesakes: dict[tuple[ConceptType, str], set[tuple[ConceptType, str]]] = defaultdict(set)
    for sharing in written.values():
        if len(sharing) > 1:
            for pair in sharing:
                namesakes[pair] |= sharing - {pair}
    for pair, others in namesakes.items():
        made[pair] = replace(made[pair], same_name_as=tuple(sorted(others)))
