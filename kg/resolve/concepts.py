"""PaperNames of all papers, Catalogue -> Concept: which names mean one thing, across papers.

Within a type, names are one concept when they have the same normal form (normal_forms.py) or one of these links joins
them; a name has at most one, the first that applies, so no chain of links can join two entries of the catalogue:

1. the catalogue knows it (label, key or alias);
2. it is a long form whose short form the catalogue knows, and shares most of its words with a name of that entry, or
   the catalogue knows no long form of it and the short form has four letters or more ("ViLD");
3. it is a short form that papers define, and at least nine of ten of those that define it mean one long form; a short
   form with several meanings (SAM, PTM) stays a concept of its own where it is seen without definition;
4. without a last word that only repeats the type ("Transformer architecture") it is a proper name that is seen, or
   one of the catalogue;
5. with such an unambiguous short form written out ("HOI detection") it is a name that is seen.

Everything is decided on counts over all papers, so their order does not matter.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from kg.records import CONCEPT_TYPES, Concept, ConceptType, Name
from kg.resolve.catalogue import Catalogue, CatalogueEntry
from kg.resolve.names import PaperNames
from kg.resolve.normal_forms import is_generic, is_strong, matching_form, normal_form, without_suffix
from kg.resolve.union_find import UnionFind

AGREEMENT = 0.9  # of the papers that define a short form, those that must mean the same
WORDS_SHARED = 0.6  # of the words of two long forms together


@dataclass(slots=True)
class _Names:
    """What papers call the concepts of one type; the keys are matching forms."""

    forms: dict[str, str] = field(default_factory=dict)  # the smallest normal form
    surfaces: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    definitions: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))  # short -> long

    def add(self, form: str) -> str:
        node = matching_form(form)
        held = self.forms.get(node)
        if held is None or form < held:
            self.forms[node] = form
        return node


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

    def __init__(self, all_names: Iterable[PaperNames], catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._nodes: dict[Name, str | None] = {}
        names: dict[ConceptType, _Names] = {type: _Names() for type in CONCEPT_TYPES}
        written_out = self._tally(all_names, names)
        long_words = {short: long for short, found in written_out.items() if (long := _agreed(found))}
        self._concepts: dict[tuple[ConceptType, str], Concept] = {}  # by type and matching form
        made: dict[tuple[ConceptType, str], Concept] = {}
        written: dict[str, set[tuple[ConceptType, str]]] = defaultdict(set)
        clusters: list[tuple[ConceptType, list[str], str]] = []
        for type in CONCEPT_TYPES:
            for entry, nodes in self._clusters(type, names[type], long_words):
                surfaces: Counter[str] = Counter()
                for node in nodes:
                    surfaces.update(names[type].surfaces.get(node, {}))
                if not surfaces:
                    continue
                concept = _concept(type, entry, min(names[type].forms[node] for node in nodes), surfaces)
                made[type, concept.key] = concept
                clusters.append((type, nodes, concept.key))
                for text in surfaces:
                    written[_as_written(text)].add((type, concept.key))
        self._add_broader(made)
        _add_namesakes(made, written)
        for type, nodes, key in clusters:
            for node in nodes:
                self._concepts[type, node] = made[type, key]
        self._all = tuple(made[pair] for pair in sorted(made))

    def concept(self, name: Name) -> Concept | None:
        """The concept that a name means; None for a generic word. A name that no paper has gets one of its own."""
        node = self._nodes[name] if name in self._nodes else self._node(name)
        if node is None:
            return None
        known = self._concepts.get((name.type, node))
        if known is not None:
            return known
        entry = self._catalogue.find(name.type, node)
        return _concept(name.type, entry, normal_form(name.text, name.type), Counter([name.text]))

    def concepts(self) -> tuple[Concept, ...]:
        """All concepts that papers name, and what the catalogue says is broader, sorted by type and key."""
        return self._all

    def _node(self, name: Name) -> str | None:
        form = normal_form(name.text, name.type)
        node = matching_form(form)
        if not is_generic(form):
            return node
        if " " not in form:  # "LINE", "SECOND" and "FAST" are names, "line", "second" and "fast" are words
            return node if len(form) > 2 and is_strong(name.text) else None
        known = any(self._catalogue.find(name.type, matching_form(some)) for some in _shortened(form, name.type))
        return node if known else None

    def _tally(self, all_names: Iterable[PaperNames], names: dict[ConceptType, _Names]) -> dict[str, Counter[str]]:
        """Counts names and definitions; gives what each short form is written out as, whatever its type."""
        written_out: dict[str, Counter[str]] = defaultdict(Counter)
        for paper in all_names:
            for surface in paper.surface_forms:
                name = surface.name
                if name not in self._nodes:
                    self._nodes[name] = self._node(name)
                    if self._nodes[name] is not None:
                        names[name.type].add(normal_form(name.text, name.type))
                node = self._nodes[name]
                if node is not None:
                    names[name.type].surfaces[node][surface.text] += surface.count
            for one in paper.definitions:
                written_out[normal_form(one.short)][normal_form(one.long)] += 1
                if one.type is not None:
                    short, long = normal_form(one.short, one.type), normal_form(one.long, one.type)
                    if short and long and not is_generic(short) and not is_generic(long):
                        of_type = names[one.type]
                        of_type.definitions[of_type.add(short)][of_type.add(long)] += 1
        return written_out

    def _clusters(
        self, type: ConceptType, names: _Names, long_words: dict[str, str]
    ) -> Iterator[tuple[CatalogueEntry | None, list[str]]]:
        """Nodes that are one concept, with its entry in the catalogue."""
        nodes = sorted(names.forms)
        index = {node: number for number, node in enumerate(nodes)}
        entries: dict[str, int] = {}
        sets = UnionFind(len(nodes))
        found: dict[int, CatalogueEntry] = {}
        proper = {node for node, surfaces in names.surfaces.items() if any(map(is_strong, surfaces))}
        known_longs = self._known_longs(type, names)
        for node in nodes:
            entry = self._catalogue.find(type, node) or known_longs.get(node)
            if entry is not None:
                found[index[node]] = entry
                sets.union(index[node], entries.setdefault(entry.key, index[node]))
                continue
            linked = (
                _agreed(names.definitions.get(node, Counter()))
                or self._without_suffix(type, names.forms[node], proper)
                or _written_out(type, names.forms[node], long_words)
            )
            if linked is not None and linked in index:
                sets.union(index[node], index[linked])
            elif linked is not None and (entry := self._catalogue.find(type, linked)) is not None:
                found[index[node]] = entry
                sets.union(index[node], entries.setdefault(entry.key, index[node]))
        for members in sets.groups().values():
            of_group = next((found[member] for member in members if member in found), None)
            yield of_group, [nodes[member] for member in members]

    def _known_longs(self, type: ConceptType, names: _Names) -> dict[str, CatalogueEntry]:
        """Long forms that say what the catalogue's entry of their short form says, in slightly other words."""
        candidates: dict[str, set[str]] = defaultdict(set)
        for short, longs in names.definitions.items():
            entry = self._catalogue.find(type, short)
            if entry is None:
                continue
            for long in longs:
                words = set(names.forms[long].split())
                known = [set(normal_form(name, type).split()) for name in entry.names()]
                coined = len(short) >= 4 and all(len(some) == 1 for some in known)
                if coined or any(_shared(words, some) for some in known):
                    candidates[long].add(entry.key)
        return {
            long: entry
            for long, keys in candidates.items()
            if len(keys) == 1 and (entry := self._catalogue.entry(type, *keys)) is not None
        }

    def _without_suffix(self, type: ConceptType, form: str, proper: set[str]) -> str | None:
        for rest in _shortened(form, type):
            node = matching_form(rest)
            if rest != form and (node in proper or self._catalogue.find(type, node) is not None):
                return node
        return None

    def _add_broader(self, made: dict[tuple[ConceptType, str], Concept]) -> None:
        """Entries that only stand above others become concepts, too, so that each broader key leads somewhere."""
        ahead = [(concept.type, key) for concept in made.values() for key in concept.broader]
        while ahead:
            type, key = ahead.pop()
            entry = self._catalogue.entry(type, key)
            if entry is not None and (type, key) not in made:
                made[type, key] = _concept(type, entry, key, Counter())
                ahead.extend((type, above) for above in entry.broader)


def _shortened(form: str, type: ConceptType) -> Iterator[str]:
    """The form, then without its last word as long as that only repeats the type."""
    rest: str | None = form
    while rest is not None:
        yield rest
        rest = without_suffix(rest, type)


def _agreed(longs: Counter[str]) -> str | None:
    """The one long form that the papers mean, nine of ten at least."""
    if not longs:
        return None
    long, count = min(longs.items(), key=lambda pair: (-pair[1], pair[0]))
    return long if count >= AGREEMENT * longs.total() else None


def _written_out(type: ConceptType, form: str, long_words: dict[str, str]) -> str | None:
    words = form.split()
    if len(words) < 2 or not any(word in long_words for word in words):
        return None
    return matching_form(normal_form(" ".join(long_words.get(word, word) for word in words), type))


def _shared(words: set[str], others: set[str]) -> bool:
    """Most words begin alike: "graph convolution network", "graph convolutional network"."""
    words, others = ({word[:6] for word in some} for some in (words, others))
    return len(words & others) >= WORDS_SHARED * len(words | others)


def _concept(type: ConceptType, entry: CatalogueEntry | None, form: str, surfaces: Counter[str]) -> Concept:
    labels = sorted(surfaces, key=lambda text: _preference(text, surfaces[text]))
    label = entry.label if entry else labels[0]
    others = {*labels, *(entry.aliases if entry else ())} - {label}
    return Concept(
        key=entry.key if entry else form,
        type=type,
        label=label,
        alt_labels=tuple(sorted(others)),
        catalogue_id=entry.id if entry else None,
        higher_is_better=entry.higher_is_better if entry else None,
        fraction=entry.fraction if entry else None,
        broader=entry.broader if entry else (),
    )


def _preference(text: str, count: int) -> tuple[object, ...]:
    """The most frequent first; of equals a proper name, then the singular, lower case, short."""
    capitals = sum(c.isupper() for c in text)
    strong = is_strong(text)
    return (-count, not strong, text.lower() != normal_form(text), -capitals if strong else capitals, len(text), text)


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
