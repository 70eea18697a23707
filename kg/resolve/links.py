"""Tally, Catalogue -> Link: which name means the same as another one, by which rule, and on what that rests.

A name has at most one link, that of the first rule that applies, so no chain of links can join two entries of the
catalogue:

1. the catalogue knows it (label, key or alias);
2. it is a long form whose short form the catalogue knows, and shares most of its words with a name of that entry, or
   the catalogue knows no long form of it and the short form has four letters or more, which the long one spells
   ("ViLD"; GPT-2 is not every autoregressive language model);
3. it is a short form that papers define, and at least nine of ten of those that define it mean one long form; a short
   form with several meanings (SAM, PTM) stays a concept of its own where it is seen without definition;
4. without last words that only repeat the type ("Transformer architecture"), or say of a dataset what everybody knows
   ("MNIST handwritten digits"), it is a proper name that is seen, or one of the catalogue; of a method: without "based"
   ("Transformer-based language model") it is a name that is seen;
5. with such an unambiguous short form written out ("HOI detection", "Bayesian NN") it is a name that is seen;
6. of a task: with its words turned round ("recognition of handwriting") it is a name that is seen.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from kg.records import ConceptType, MergeRule
from kg.resolve.catalogue import Catalogue, CatalogueEntry
from kg.resolve.names import is_short_form
from kg.resolve.normal_forms import is_strong, matching_form, normal_form, without_suffix
from kg.resolve.tally import Papers, Tally, TypeNames
from kg.resolve.words import DESCRIPTIONS, SUFFIXES

AGREEMENT = 0.9  # of the papers that define a short form, those that must mean the same
WORDS_SHARED = 0.6  # of the words of two long forms together

_TURNED = re.compile(r"(\w+(?:tion|sion|ing|ment|sis)) of (\w+(?: \w+){0,2})")
_SHORT = re.compile(r"[A-Z][A-Za-z]?[A-Z]{1,4}")


@dataclass(frozen=True, slots=True)
class Link:
    """A node means what another node, or an entry of the catalogue, means."""

    rule: MergeRule
    node: str | None  # None where the entry is all there is
    entry: CatalogueEntry | None
    evidence: str
    papers: tuple[str, ...] = ()


class Linker:
    """Finds the links of the names of one type."""

    def __init__(self, type: ConceptType, tally: Tally, catalogue: Catalogue, long_words: dict[str, str]) -> None:
        self._type = type
        self._names = tally.of_type[type]
        self._catalogue = catalogue
        self._long_words = long_words
        self._proper = {node for node, surfaces in self._names.surfaces.items() if any(map(is_strong, surfaces))}
        self._known_longs = _known_longs(type, self._names, catalogue)

    def link(self, node: str) -> Link | None:
        """The link of a node, or None where it stands for itself."""
        form = self._names.forms[node]
        entry = self._catalogue.find(self._type, node)
        if entry is not None:
            return Link("catalogue", None, entry, f"the catalogue of well-known names has it as {entry.label}")
        if node in self._known_longs:
            entry, short, papers = self._known_longs[node]
            said = f"{_papers(papers)} {short} so, and the catalogue's {entry.label} says the same in other words"
            return Link("knownLongForm", None, entry, said, tuple(papers.keys))
        return (
            self._shared_definition(node)
            or self._type_word(node, form)
            or self._based(form)
            or self._written_out(node, form)
            or self._turned(node, form)
        )

    def _shared_definition(self, node: str) -> Link | None:
        longs = self._names.definitions.get(node)
        long = agreed({long: papers.count for long, papers in longs.items()}) if longs else None
        if not longs or long is None or long == node:
            return None
        papers, all_papers = longs[long], sum(one.count for one in longs.values())
        said = f"{papers.count} of the {all_papers} papers that define it define it so"
        return self._to(long, "sharedDefinition", said, tuple(papers.keys))

    def _type_word(self, node: str, form: str) -> Link | None:
        for rest in shortened(form, self._type):
            other = matching_form(rest)
            if other != node and (other in self._proper or self._catalogue.find(self._type, other) is not None):
                said = f"without {form.removeprefix(rest).strip()!r} it is {rest!r}, which is a name of its own"
                return self._to(other, "typeWord", said)
        return None

    def _based(self, form: str) -> Link | None:
        first, based, rest = form.partition(" based ")
        if self._type != "Method" or not based or rest in SUFFIXES["Method"]:  # "BERT-based models" are no BERT
            return None
        said = f"without 'based' it is '{first} {rest}', which is a name of its own"
        return self._to(matching_form(f"{first} {rest}"), "typeWord", said)

    def _written_out(self, node: str, form: str) -> Link | None:
        words = form.split()
        shorts = [word for word in words if word in self._long_words]
        if len(words) < 2 or not shorts:
            return None
        written = normal_form(" ".join(self._long_words.get(word, word) for word in words), self._type)
        said = "; ".join(f"{short} is short for {self._long_words[short]!r}" for short in dict.fromkeys(shorts))
        return self._to(matching_form(written), "writtenOut", said)

    def _turned(self, node: str, form: str) -> Link | None:
        found = _TURNED.fullmatch(form) if self._type == "Task" else None
        if found is None:
            return None
        return self._to(matching_form(f"{found[2]} {found[1]}"), "turned", f"{form!r} is '{found[2]} {found[1]}'")

    def _to(self, other: str, rule: MergeRule, evidence: str, papers: tuple[str, ...] = ()) -> Link | None:
        if other in self._names.forms:
            return Link(rule, other, None, evidence, papers)
        entry = self._catalogue.find(self._type, other)
        return None if entry is None else Link(rule, None, entry, evidence, papers)


def long_words(tally: Tally, catalogue: Catalogue) -> dict[str, str]:
    """Short forms that mean one thing, whatever the type: as papers agree, else as the catalogue has it."""
    longs: dict[str, set[str]] = defaultdict(set)
    for entry in catalogue.entries:
        for alias in entry.names():
            if _SHORT.fullmatch(alias) and alias != entry.label:
                longs[normal_form(alias)].add(normal_form(entry.label))
    known = {short: min(found) for short, found in longs.items() if len(found) == 1}
    for short, found in tally.written_out.items():
        known.pop(short, None)
        long = agreed(found)
        if long is not None:
            known[short] = long
    return known


def agreed(longs: dict[str, int]) -> str | None:
    """The one long form that the papers mean, nine of ten at least."""
    if not longs:
        return None
    long, count = min(longs.items(), key=lambda pair: (-pair[1], pair[0]))
    return long if count >= AGREEMENT * sum(longs.values()) else None


def shortened(form: str, type: ConceptType) -> Iterator[str]:
    """The form, then without its last words as long as those only repeat the type or what is known anyway."""
    rest: str | None = form
    while rest is not None:
        yield rest
        if type == "Dataset":
            for described in DESCRIPTIONS:
                if rest.endswith(f" {described}"):
                    yield rest.removesuffix(f" {described}")
        rest = without_suffix(rest, type)


def _known_longs(
    type: ConceptType, names: TypeNames, catalogue: Catalogue
) -> dict[str, tuple[CatalogueEntry, str, Papers]]:
    """Long forms that say what the catalogue's entry of their short form says, in slightly other words."""
    candidates: dict[str, dict[str, tuple[CatalogueEntry, str, Papers]]] = defaultdict(dict)
    for short in sorted(names.definitions):
        entry = catalogue.find(type, short)
        if entry is None:
            continue
        known = [set(normal_form(name, type).split()) for name in entry.names()]
        coined = len(short) >= 4 and all(len(some) == 1 for some in known)
        for long, papers in names.definitions[short].items():
            words = set(names.forms[long].split())
            spelt = coined and is_short_form(names.forms[short].replace(" ", "").upper(), names.forms[long])
            if spelt or any(_shared(words, some) for some in known):
                candidates[long].setdefault(entry.key, (entry, names.forms[short], papers))
    return {long: next(iter(found.values())) for long, found in candidates.items() if len(found) == 1}


def _shared(words: set[str], others: set[str]) -> bool:
    """Most words begin alike: "graph convolution network", "graph convolutional network"."""
    words, others = ({word[:6] for word in some} for some in (words, others))
    return len(words & others) >= WORDS_SHARED * len(words | others)


def _papers(papers: Papers) -> str:
    return f"{papers.count} paper{'s define' if papers.count > 1 else ' defines'}"
