"""Extraction -> PaperNames: what one paper calls its concepts, with the paper's own abbreviations expanded.

Local to the paper and pure, so it is kept with the extraction and never made twice. A paper that writes
"human-object interaction (HOI)" once means the long form wherever it writes HOI, alone or within a longer name, so
"HOI detection", "Human-object interaction (HOI) detection" and "human-object interaction detection" are one name.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kg.records import CONCEPT_TYPES, ConceptType, Extraction, Mention, Name, Relation, Role
from kg.resolve.language_pairs import completed_pairs
from kg.resolve.normal_forms import is_generic, is_strong, matching_form, normal_form
from kg.resolve.words import DETERMINERS, WIDE_TASKS
from kg.text import plain

# Synonym-Of relations under this score are not trusted to make one name of two.
SYNONYM_SCORE = 0.6
# Roles under this score do not make a wide word ("classification") the name of a task.
ROLE_SCORE = 0.5

_PARENTHESES = re.compile(r"\s*[(\[]([^()\[\]]{1,80})[)\]]")
_EDGES_BUT_BRACKETS = " \t,;:!?\"'`<>«»—–"
_EDGES = _EDGES_BUT_BRACKETS + ".()[]{}"
_SHORT_FORM = re.compile(r"(?=.*[A-Z])[A-Za-z0-9][\w.+&/@^-]{0,11}")


@dataclass(frozen=True, slots=True)
class SurfaceForm:
    """How often the paper writes a name in this way."""

    text: str
    name: Name
    count: int


@dataclass(frozen=True, slots=True)
class Definition:
    """The paper says that ``short`` stands for ``long``; the type is None where no mention is just one of the two."""

    short: str
    long: str
    type: ConceptType | None = None


@dataclass(frozen=True, slots=True)
class Above:
    """The paper says that one name is a kind or a subtask of another; the score is that of its surest sentence."""

    narrow: Name
    broad: Name
    score: float


@dataclass(frozen=True, slots=True)
class PaperNames:
    """What one paper calls its concepts.

    ``names[i]`` is the name of ``extraction.mentions[i]``, empty where that is a wide word for what the paper does not
    work on ("a classification problem"); ``surface_forms`` are its spellings, sorted;
    ``definitions`` the abbreviations that the paper defines, sorted; ``above`` what it calls a kind of what, sorted.
    ``paper`` is the paper's key where that is known: a merge names papers that bear it out.
    """

    names: tuple[Name, ...] = ()
    surface_forms: tuple[SurfaceForm, ...] = ()
    definitions: tuple[Definition, ...] = ()
    above: tuple[Above, ...] = ()
    paper: str = ""


def paper_names(extraction: Extraction) -> PaperNames:
    """The names of an extraction's mentions.

    Mentions whose names are the same but for case, number, hyphens and abbreviation get one name of one type: that
    for which their scores add up highest.

    >>> from kg.records import Abbreviation
    >>> texts = ("Human-object interaction (HOI) detection", "the HOI detection", "HOIs")
    >>> mentions = tuple(Mention("text", 50 * i, 50 * i + len(t), t, "Task", 0.9) for i, t in enumerate(texts))
    >>> defined = Abbreviation("text", 26, 29, 0, 24, "HOI", "Human-object interaction")
    >>> [name.text for name in paper_names(Extraction("x", mentions=mentions, abbreviations=(defined,))).names]
    ['Human-object interaction detection', 'Human-object interaction detection', 'Human-object interaction']
    >>> paper_names(Extraction("x"))
    PaperNames(names=(), surface_forms=(), definitions=(), above=(), paper='')
    """
    spelled = completed_pairs(extraction, [readable_name(mention.text) for mention in extraction.mentions])
    long_forms = _long_forms(extraction, spelled)
    expander = _Expander(long_forms)
    expanded = [expander.expand(text) for text in spelled]
    names = _without_wide_words(extraction, _vote(extraction.mentions, expanded))

    counts: Counter[tuple[str, Name]] = Counter()
    for text, name in zip(spelled, names, strict=True):
        if not name.text:
            continue
        for written in _ways_of_writing(text, expander):
            counts[written, name] += 1
    types: dict[str, Counter[ConceptType]] = defaultdict(Counter)
    for name in names:
        types[_form(name.text)][name.type] += 1
    definitions = []
    for short, long in long_forms.items():
        voted = types[_form(long)]
        ranked = sorted(voted, key=lambda type: (-voted[type], type))
        definitions.append(Definition(short, long, ranked[0] if ranked else None))
    return PaperNames(
        names=tuple(names),
        surface_forms=tuple(
            SurfaceForm(text, name, count)
            for (text, name), count in sorted(counts.items(), key=lambda pair: (pair[0][0], _name_order(pair[0][1])))
        ),
        definitions=tuple(sorted(definitions, key=lambda one: (one.short, one.long))),
        above=_above(extraction.relations, names),
    )


def readable_name(text: str) -> str:
    r"""A mention's text on one line, without markup, articles and quotes around it.

    >>> readable_name("our $\\textit{X}^2$-DFD"), readable_name("“The\n\\textbf{UniHOI}”"), readable_name("C++")
    ('X^2-DFD', 'UniHOI', 'C++')
    """
    name = plain(text).strip(_EDGES_BUT_BRACKETS).removesuffix(" -").removeprefix("- ")
    if name.count("(") != name.count(")") or name.count("[") != name.count("]"):
        name = name.strip(_EDGES)
    while True:
        first, _, rest = name.partition(" ")
        # "A*" and "AN" are names, "The Pile" is one, too
        if not rest or first.lower() not in DETERMINERS or (first.isupper() and len(first) > 1):
            return name
        name = rest.strip()


class _Expander:
    """Puts the paper's long forms in the place of its short ones."""

    def __init__(self, long_forms: dict[str, str]) -> None:
        self._long_forms = long_forms
        self._plurals = {f"{short}s": long for short, long in long_forms.items() if f"{short}s" not in long_forms}
        shorts = sorted((*long_forms, *self._plurals), key=lambda short: (-len(short), short))
        alternatives = "|".join(map(re.escape, shorts))
        self._pattern = re.compile(rf"(?<![\w+#])(?<![\w]-)(?:{alternatives})(?![\w+#]|-[A-Z0-9])") if shorts else None
        self._normal_longs = {_form(long) for long in long_forms.values()}

    def expand(self, text: str) -> str:
        """A name in which no short form is left, unless it stands in the paper's long form itself."""
        text = self.without_short_form(text)
        return text if self._normal_longs and _form(text) in self._normal_longs else self.replace(text)

    def replace(self, text: str) -> str:
        """The text with each short form replaced by its long form."""
        return self._pattern.sub(lambda found: self._long(found[0]), text) if self._pattern else text

    def _long(self, short: str) -> str:
        return self._long_forms.get(short) or self._plurals[short]

    def without_short_form(self, text: str) -> str:
        """A name such as "large language models (LLMs)" without the brackets that only repeat the words before."""
        return _PARENTHESES.sub(
            lambda found: "" if self._repeats(text[: found.start()], found[1]) else found[0], text
        ).strip()

    def _repeats(self, before: str, inner: str) -> bool:
        known = inner in self._long_forms or inner in self._plurals
        return bool(before.strip()) and (known or is_short_form(inner, before))


def is_short_form(short: str, long: str) -> bool:
    """Whether ``short`` may abbreviate ``long``: its letters stand in order in it, the first at a word's start.

    The test of Schwartz and Hearst (Pacific Symposium on Biocomputing 2003), for a bracket within a name.

    >>> is_short_form("LLMs", "large language models"), is_short_form("test", "test split"), is_short_form("XY", "ab")
    (True, False, False)
    """
    if not _SHORT_FORM.fullmatch(short):
        return False
    letters = [c for c in (short[:-1] if short.endswith("s") else short).lower() if c.isalnum()]
    rest, place = long.lower(), len(long)
    for position in range(len(letters) - 1, -1, -1):
        place = rest.rfind(letters[position], 0, place)
        while position == 0 and place > 0 and rest[place - 1].isalnum():
            place = rest.rfind(letters[0], 0, place)
        if place < 0:
            return False
    return bool(letters)


def _form(text: str) -> str:
    """What a name is compared by within the paper, whatever its type."""
    return matching_form(normal_form(text))


def _long_forms(extraction: Extraction, spelled: list[str]) -> dict[str, str]:
    """Short form -> long form: the paper's first definition of each counts, its own definitions before synonyms."""
    found: dict[str, str] = {}

    def add(short: str, long: str) -> None:
        if short and long and _form(short) != _form(long) and not is_generic(normal_form(long)):
            found.setdefault(short, long)

    ends = {(mention.field, mention.end): text for mention, text in zip(extraction.mentions, spelled, strict=True)}
    for one in sorted(extraction.abbreviations, key=lambda one: (one.field != "title", one.field, one.short_start)):
        short, long = readable_name(one.short), readable_name(one.long)
        # "self supervised learning (SSL)": the shortest reading starts at "supervised", the mention knows better
        mentioned = ends.get((one.field, one.long_end), "")
        add(short, mentioned if len(mentioned) > len(long) and _initials(mentioned) == short.lower() else long)
    for text in spelled:
        for bracket in _PARENTHESES.finditer(text):
            before = text[: bracket.start()].strip()
            if is_short_form(bracket[1], before):
                short = bracket[1].removesuffix("s") if bracket[1][:-1].isupper() else bracket[1]
                add(short, _aligned(short, before))
    for relation in sorted(extraction.relations, key=lambda one: (-one.score, one.head, one.tail)):
        head, tail = extraction.mentions[relation.head], extraction.mentions[relation.tail]
        if relation.type == "Synonym-Of" and head.type == tail.type and relation.score >= SYNONYM_SCORE:
            short, long = sorted((spelled[relation.head], spelled[relation.tail]), key=lambda t: (len(t), t))
            if is_strong(short) and not is_strong(long):
                add(short, long)
    # a long form that holds other short forms, "VL model" for VLM, is written out, too
    return {
        short: _Expander({other: found[other] for other in found if other != short and other in long}).replace(long)
        for short, long in found.items()
    }


def _initials(text: str) -> str:
    return "".join(word[0] for word in re.split(r"[\s-]+", text.lower()) if word)


def _aligned(short: str, before: str) -> str:
    """Of the words before a bracket those that the short form takes in: from the last word that may begin it."""
    words = before.split()
    for first in range(len(words) - 1, -1, -1):
        if is_short_form(short, " ".join(words[first:])) and len(words) - first >= min(2, len(words)):
            return " ".join(words[first:])
    return before


def _vote(mentions: tuple[Mention, ...], expanded: list[str]) -> list[Name]:
    scores: dict[str, dict[ConceptType, float]] = defaultdict(lambda: defaultdict(float))
    first: dict[str, str] = {}
    for mention, text in zip(mentions, expanded, strict=True):
        form = _form(text)
        scores[form][mention.type] += mention.score
        first.setdefault(form, text)
    types = {
        form: min(found, key=lambda type: (-round(found[type], 6), CONCEPT_TYPES.index(type)))
        for form, found in scores.items()
    }
    return [Name(first[form], types[form]) for form in map(_form, expanded)]


def _without_wide_words(extraction: Extraction, names: list[Name]) -> list[Name]:
    """The names, without words such as "classification" where the paper does not work on just that."""
    forms = [normal_form(name.text, "Task") if name.type == "Task" else "" for name in names]
    wide = WIDE_TASKS.intersection(forms)
    wide -= {forms[role.mention] for role in extraction.roles if _works_on(role)}
    return [Name("", "Task") if form in wide else name for name, form in zip(names, forms, strict=True)]


def _works_on(role: Role) -> bool:
    return role.role in ("addresses", "introduces") and role.score >= ROLE_SCORE


def _above(relations: Iterable[Relation], names: list[Name]) -> tuple[Above, ...]:
    surest: dict[tuple[Name, Name], float] = {}
    for relation in relations:
        narrow, broad = names[relation.head], names[relation.tail]
        if relation.type in ("SubClass-Of", "SubTask-Of") and narrow.type == broad.type and narrow != broad:
            surest[narrow, broad] = max(surest.get((narrow, broad), 0.0), relation.score)
    ordered = sorted(surest.items(), key=lambda pair: (_name_order(pair[0][0]), _name_order(pair[0][1])))
    return tuple(Above(narrow, broad, score) for (narrow, broad), score in ordered)


def _ways_of_writing(text: str, expander: _Expander) -> Iterable[str]:
    """The name as written; where brackets repeat it, what stands without and, if that is all of it, within them."""
    yield text
    bare = expander.without_short_form(text)
    if bare != text:
        yield bare
        ending = _PARENTHESES.search(text)
        if ending and ending.end() == len(text):
            yield ending[1]


def _name_order(name: Name) -> tuple[str, str]:
    return (name.type, name.text)
