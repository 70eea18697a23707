"""How names of gold and of extractions are compared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kg.records import Concept, ConceptType, Extraction
from kg.resolve import Catalogue, Resolver, paper_names
from kg.resolve.normal_forms import is_generic, matching_form, normal_form
from kg.text import plain

_NO_LETTERS = re.compile(r"[^a-z0-9]+")


def simple_form(name: str) -> str:
    """A name without case, punctuation and plural s: how a listing's names are compared.

    >>> simple_form("Vision-Language Models"), simple_form("DIOR-R dataset."), simple_form("loss")
    ('vision language model', 'dior r dataset', 'loss')
    """
    words = _NO_LETTERS.sub(" ", name.lower()).split()
    return " ".join(_singular(word) for word in words)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def title_form(title: str) -> str:
    """What titles are matched by: letters and digits alone, markup and case aside.

    >>> title_form(r"$\\textit{X}^2$-Net: A  detector") == title_form("X^2-Net: a Detector")
    True
    """
    return "".join(character for character in plain(title).lower() if character.isalnum())


@dataclass(frozen=True, slots=True)
class Concepts:
    """The concepts of one paper, as the graph would join its mentions if it held no other paper.

    ``of[i]`` is the concept of ``extraction.mentions[i]``, None for a generic word; ``forms`` are its
    :func:`simple_form` names.
    """

    of: tuple[Concept | None, ...]

    @classmethod
    def read(cls, extraction: Extraction, catalogue: Catalogue) -> Concepts:
        """Abbreviations that the paper defines and aliases of the catalogue make one concept of several names."""
        names = paper_names(extraction)
        resolver = Resolver([names], catalogue)
        return cls(tuple(resolver.concept(name) for name in names.names))

    def forms(self, mention: int | None) -> frozenset[str]:
        """The names of a mention's concept; none where there is no mention."""
        concept = None if mention is None else self.of[mention]
        return frozenset() if concept is None else forms_of(concept)


def forms_of(concept: Concept) -> frozenset[str]:
    """The simple forms of a concept's label and other labels."""
    return frozenset(map(simple_form, (concept.label, *concept.alt_labels)))


def known_forms(names: Iterable[str], type: ConceptType, catalogue: Catalogue) -> frozenset[str]:
    """The normal forms of names and of all that the catalogue calls the same.

    >>> from kg.resolve.catalogue import parse_catalogue
    >>> row = "accuracy\\tAccuracy\\tpercentage correct\\t\\tmetric/accuracy\\tyes\\tyes\\t%"
    >>> header = "key\\tlabel\\taliases\\tbroader\\tid\\thigher_is_better\\tfraction\\tunit"
    >>> catalogue = parse_catalogue({"Metric": f"{header}\\n{row}\\n"})
    >>> sorted(known_forms(["Percentage Correct"], "Metric", catalogue))
    ['accuracy', 'percentage correct']
    """
    forms = set()
    for name in names:
        form = normal_form(plain(name), type)
        forms.add(form)
        entry = catalogue.find(type, matching_form(form))
        if entry is not None:
            forms.update(normal_form(other, type) for other in entry.names())
    return frozenset(forms - {""})


def contains(one: str, other: str) -> bool:
    """Whether two normal forms are the same, or one's words stand side by side in the other's and are not generic.

    >>> pairs = ("coco test dev", "coco"), ("ap", "box ap"), ("map", "ap"), ("model", "big model")
    >>> tuple(contains(*pair) for pair in pairs)
    (True, True, False, False)
    """
    if matching_form(one) == matching_form(other):
        return True
    shorter, longer = sorted((one, other), key=len)
    return bool(shorter) and not is_generic(shorter) and f" {shorter} " in f" {longer} "
