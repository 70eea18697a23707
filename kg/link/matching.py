"""Concepts and entries of a catalogue -> links: candidates by names, scored by names and by what is near, or none.

A link that is wrong costs more than one that is missing: where two entries fit alike, or only an abbreviation or a
single everyday word agrees and nothing near it does, no link is made; nor is one to a topic whose surroundings in its
catalogue the graph does not know, for there the same words mean something of another field.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from kg.link.catalogues import TARGETS, Entry, target_of
from kg.records import ConceptType
from kg.resolve.normal_forms import is_generic, is_strong, matching_form, normal_form

# Scores by which of the names agree: whether ours is the label, whether theirs is.
_NAMES: Final = {(True, True): 0.95, (True, False): 0.92, (False, True): 0.9, (False, False): 0.8}
_NEAR, _SHORT, _SINGLE, _APART = 0.06, 0.2, 0.25, 0.2
BELOW, BESIDE = 2, 0.1  # how many narrower topics, what share of those under the same broader ones, the graph knows
THRESHOLD: Final = 0.85
MARGIN: Final = 0.03
MOST: Final = 0.99


@dataclass(frozen=True, slots=True)
class Subject:
    """A concept of the graph as linking sees it; ``near`` are names of the concepts that it is related to."""

    iri: str
    type: ConceptType
    label: str
    aliases: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A concept is an entry, by the names that agree; ``confidence`` is the share of such links that are right."""

    subject: Subject
    entry: Entry
    confidence: float
    matched: str
    by_labels: bool  # ours and theirs agree; else another name of either

    @property
    def target(self) -> str:
        return target_of(self.entry.iri) or ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a concept with candidates in a target: a link, or none because nothing was sure enough."""

    subject: Subject
    target: str
    link: Link | None


class Matcher:
    """An index over the names of entries, made once.

    ``known``: forms of all names that the graph has (:func:`forms_of`); None: nobody asks whether a topic is in place.
    """

    def __init__(self, entries: Iterable[Entry], known: frozenset[str] | None = None) -> None:
        self._by_form: dict[str, list[tuple[Entry, str, bool]]] = defaultdict(list)
        self._near: dict[str, frozenset[str]] = {}
        self._known = known
        self._in_place: dict[str, bool] = {}
        self._below: dict[tuple[str, str], set[Entry]] = defaultdict(set)  # target, form of a broader name -> entries
        for entry in entries:
            for number, name in enumerate((entry.label, *entry.aliases)):
                self._by_form[form_of(name)].append((entry, name, number == 0))
            if known is not None and entry.near and _is_topic(entry):
                for form in self._forms_near(entry):
                    self._below[target_of(entry.iri) or "", form].add(entry)

    def decide(self, subject: Subject) -> Iterator[Decision]:
        """One decision for each target that has a candidate."""
        best: dict[str, dict[str, tuple[float, Link]]] = defaultdict(dict)
        near = frozenset(map(form_of, subject.near))
        apart = self._apart(subject)
        for number, name in enumerate((subject.label, *subject.aliases)):
            form = form_of(name)
            if not form or is_generic(form):
                continue
            for entry, theirs, by_label in self._by_form.get(form, ()):
                if subject.type in entry.types:
                    score = self._score(name, theirs, number == 0, by_label, entry, near)
                    if _stand_for_two(name, (subject.label, *subject.aliases), theirs, (entry.label, *entry.aliases)):
                        score -= _SHORT
                    if entry.iri in apart and not near & self._forms_near(entry):
                        score -= _APART
                    link = Link(subject, entry, round(min(score, MOST), 4), theirs, number == 0 and by_label)
                    kept = best[link.target].get(entry.iri)
                    if kept is None or (score, link.by_labels) > (kept[0], kept[1].by_labels):
                        best[link.target][entry.iri] = score, link
        for target in sorted(best):
            ranked = sorted(best[target].values(), key=lambda one: (-one[1].by_labels, -one[0], one[1].entry.iri))
            yield Decision(subject, target, _surest(ranked))

    def _score(
        self, ours: str, theirs: str, our_label: bool, their_label: bool, entry: Entry, near: frozenset[str]
    ) -> float:
        exact = TARGETS[target_of(entry.iri) or "cso"].exact
        score = _NAMES[our_label, their_label]
        supported = bool(near & self._forms_near(entry))
        if _plain(ours) == _plain(theirs):
            score += 0.03
        if supported:
            score += _NEAR
        elif _is_short(theirs) or _is_short(ours):
            # An abbreviation that is the label of both and of one kind of thing is a name; else it is a guess.
            score -= 0.0 if exact and our_label and their_label else _SHORT
        elif (" " not in _plain(theirs) or " " not in _plain(ours)) and not (
            exact and (is_strong(theirs) or (our_label and their_label))
        ):
            score -= _SINGLE
        return score

    def _apart(self, subject: Subject) -> frozenset[str]:
        """The candidates that are topics of another field, by all that their catalogues and the graph tell.

        A topic that stands in a hierarchy is where nothing around it is known; one without a hierarchy where such
        topics of its name are, and none that is in place.
        """
        if self._known is None:
            return frozenset()
        forms = {form_of(name) for name in (subject.label, *subject.aliases)}
        found = (entry for form in forms for entry, _, _ in self._by_form.get(form, ()))
        topics = {entry for entry in found if subject.type in entry.types and _is_topic(entry)}
        placed = {entry.iri: self._is_in_place(entry) for entry in topics if entry.near}
        if not placed:
            return frozenset()
        apart = {iri for iri, known in placed.items() if not known}
        if not any(placed.values()):
            apart |= {entry.iri for entry in topics if not entry.near}
        return frozenset(apart)

    def _is_in_place(self, entry: Entry) -> bool:
        """Whether the graph knows a broader topic, narrower ones, or enough of those beside it."""
        found = self._in_place.get(entry.iri)
        if found is None:
            target = target_of(entry.iri) or ""
            above = self._forms_near(entry)
            below = {
                one for name in (entry.label, *entry.aliases) for one in self._below.get((target, form_of(name)), ())
            }
            beside = {one for form in above for one in self._below.get((target, form), ())} - {entry}
            known = sum(map(self._is_known, beside))
            found = (
                not above.isdisjoint(self._known or ())
                or sum(map(self._is_known, below - {entry})) >= BELOW
                or (known > 0 and known >= BESIDE * len(beside))
            )
            self._in_place[entry.iri] = found
        return found

    def _is_known(self, entry: Entry) -> bool:
        return any(form_of(name) in (self._known or ()) for name in (entry.label, *entry.aliases))

    def _forms_near(self, entry: Entry) -> frozenset[str]:
        found = self._near.get(entry.iri)
        if found is None:
            found = self._near[entry.iri] = frozenset(map(form_of, entry.near))
        return found


def _surest(ranked: list[tuple[float, Link]]) -> Link | None:
    """The first link, where it is sure enough and no other comes near it."""
    score, first = ranked[0]
    if score < THRESHOLD:
        return None
    for other_score, other in ranked[1:]:
        near = other.by_labels == first.by_labels and score - other_score < MARGIN
        if near and not _one_thing(first.entry, other.entry):
            return None
    return first


def forms_of(subjects: Iterable[Subject]) -> frozenset[str]:
    """The forms of all names of concepts."""
    return frozenset(form_of(name) for one in subjects for name in (one.label, *one.aliases))


def _is_topic(entry: Entry) -> bool:
    return not TARGETS[target_of(entry.iri) or "wikidata"].exact


def form_of(name: str) -> str:
    """The form under which names agree: without case, plurals, hyphens, spaces and an abbreviation in brackets.

    >>> form_of("Recurrent Neural Networks (RNNs)") == form_of("recurrent neural network")
    True
    >>> form_of("Precision (computer science)") == form_of("precision")
    False
    """
    bracket = re.fullmatch(r"(.*\S)\s*\(([A-Za-z0-9-]+)\)", name)
    if bracket:
        initials = {word[0].lower() for word in re.findall(r"\w+", bracket[1])}
        if len(bracket[2]) > 1 and {one.lower() for one in bracket[2].removesuffix("s") if one.isalpha()} <= initials:
            name = bracket[1]
    return matching_form(normal_form(name))


def _one_thing(one: Entry, other: Entry) -> bool:
    """Whether two entries are the same thing, written twice in a catalogue where a label means one thing."""
    target = TARGETS[target_of(one.iri) or "wikidata"]
    return target.one_a_label and form_of(one.label) == form_of(other.label)


def _stand_for_two(ours: str, our_names: Iterable[str], theirs: str, their_names: Iterable[str]) -> bool:
    """Whether two equal abbreviations are spelt out on both sides, and never alike.

    >>> _stand_for_two("SOM", ["Syntactic Ordered Memory"], "SOM", ["Self-Organizing Map"])
    True
    >>> _stand_for_two("SOM", ["Self-Organising Maps", "self organizing map"], "SOM", ["Self-Organizing Map"])
    False
    """
    if not (_is_short(ours) and _is_short(theirs)):
        return False
    mine, other = _spelt_out(ours, our_names), _spelt_out(theirs, their_names)
    return bool(mine and other) and not mine & other


def _spelt_out(short: str, names: Iterable[str]) -> set[str]:
    letters = short.removesuffix("s").lower()
    return {form_of(name) for name in names if "".join(re.findall(r"\b\w", name.lower())) == letters}


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("-", " ").split())


def _is_short(name: str) -> bool:
    """Whether a name is an abbreviation that may stand for many things.

    >>> _is_short("GAN"), _is_short("parsing"), _is_short("CNNs"), _is_short("ImageNet")
    (True, False, True, False)
    """
    return len(name) <= 5 and " " not in name and sum(letter.isupper() for letter in name) * 2 > len(name)
