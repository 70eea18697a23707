"""What a concept or a paper says of itself -> the keys that it would have had with less known of it.

A key disappears when names become one concept or records one paper; its address then leads to the heir. A name's own
key is its normal form, a paper's comes from any of its identifiers, or from title and year.
"""

from __future__ import annotations

from collections.abc import Iterable

from kg.records import ConceptType, Identifier
from kg.resolve.constraints import key_apart
from kg.resolve.normal_forms import is_generic, normal_form
from kg.resolve.papers import identifier_key, matching_identifier, title_words


def former_concept_keys(type: ConceptType, key: str, names: Iterable[str], in_catalogue: bool = False) -> set[str]:
    """The keys that the names of a concept have of their own, ``key`` left out; generic words have none.

    >>> sorted(former_concept_keys("Task", "human object interaction detection", ["HOI Detection", "the task"]))
    ['hoi detection']
    """
    forms = {normal_form(name, type) for name in names}
    if in_catalogue:
        forms.add(key_apart(key))  # of a name that was split from it, and is no more
    return {form for form in forms if form != key and not is_generic(form)}


def former_paper_keys(key: str, identifiers: Iterable[Identifier], title: str, years: Iterable[int]) -> set[str]:
    """The keys that a paper may have had before all of its identifiers were known, ``key`` left out.

    >>> found = former_paper_keys("arxiv 1901 00002", [Identifier("doi", "10.1/X")], "On Papers", [2019])
    >>> sorted(found)
    ['doi 10.1/x', 'on papers', 'on papers 2019']
    """
    words = title_words(title)
    keys = {identifier_key(matching_identifier(one)) for one in identifiers}
    if words:
        keys |= {words, *(f"{words} {year}" for year in years)}
    return keys - {key}
