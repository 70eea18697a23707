"""Reading, ResultClaim -> Role: what a paper does with a concept; one role once a concept, at its best mention.

Every place of a concept gets a score from the zone of its sentence and the words before it; the best place wins.
The scores are precisions of the rules on the development papers, rounded, so that they may be read as probabilities.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from kg.extract.phrases import MAX_SENTENCE, head_type, is_shaped, name_words, singular
from kg.extract.reading import Reading
from kg.extract.role_weights import learnt_roles, weighed
from kg.extract.tagger import Tagged
from kg.records import ResultClaim, Role, RoleName

_BEFORE = 60  # code points before a mention that a cue may stand in
_MOST_WORDS = 20  # of a name that may end a longer one

_USES = re.compile(
    r"\b(?:us(?:e|es|ed|ing|age of)|utili[sz]\w+|employ\w*|leverag\w+|adopt\w*|appl(?:y|ies|ied"
    r"|ying)|exploit\w*|incorporat\w+"
    r"|integrat\w+|combin\w+|bas(?:ed|ing) on|buil[dt]s? (?:up)?on|on top of|with|via|through"
    r"|equipped with|initiali[sz]ed (?:with|from)"
    r"|inspired by|extend\w*|fine-?tun\w+|train\w*|pre-?train\w*|distill\w* from|transfer\w* from"
    r"|adapt\w*|introduc\w+ into"
    r"|including|include|such as|both|knowledge (?:of|from)|capabilit\w+ of|power of|reusing"
    r"|assembl\w+|harness\w*|prompting|backbones?|variants? of)"
    r"(?:\s(?:the|a|an|our|existing|recent|popular|powerful|large|pre-?trained|frozen|standard"
    r"|simple|novel|vanilla|common|state-of-the-art|several|various|different|both|of|and|models?"
    r"|original|strong|its)){0,4}\s?[\"'(\[]?(?:e\.g\.,?\s|i\.e\.,?\s)?$",
    re.IGNORECASE,
)
_IS_USED = re.compile(
    r"\s(?:is|are|was|were)\s(?:\w+\s)?(?:employed|used|adopted|applied|utili[sz]ed|leveraged|exploited|integrated)\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(?:outperform\w*|surpass\w*|exceed\w*|beat(?:s|ing)?|than|compared (?:to|with)"
    r"|in comparison (?:to|with)|comparabl[ey] (?:to|with)|match\w* the (?:accuracy|performance) of|over|against|unlike"
    r"|superior to|competitive (?:to|with)|on par with|in contrast to|contrary to|instead of"
    r"|rather than|different from|improv(?:es?|ing|ed)(?: upon)?|alternatives? to|versus"
    r"|better than)"
    r"(?:\s(?:the|a|an|all|its|most|other|existing|previous|prior|recent|baselines?|strong|best"
    r"|conventional|traditional|regular|state-of-the-art|methods?|supervised|standard|performance"
    r"|of|both|models?|approach|approaches|like|such|as|using|those|that|learned|by|trained|more"
    r"|sophisticated|supervised|previous|built|on|based|black-box|vanilla|many|several|modern"
    r"|popular|current)){0,6}\s?[\"'(\[]?(?:e\.g\.,?\s)?$",
    re.IGNORECASE,
)
_LISTED = re.compile(r"[\s,/]*(?:,|\band\b|\bor\b|/)[\s]*(?:the\s|a\s|an\s)?")
_DATASET_CUE = re.compile(
    r"\b(?:on|evaluat\w+|test\w*|train\w*|pre-?train\w*|experiment\w*|benchmark\w*|dataset\w*"
    r"|corpus|corpora|transfer\w*|including|e\.g\.|using|use|fine-?tun\w+|over|across|from)\b",
    re.IGNORECASE,
)
_TASK_CUE = re.compile(
    r"\b(?:for|on|tasks?(?: of)?|problems? of|enabl\w+|tackl\w+|address\w*|solv\w+|study|studies"
    r"|explor\w+|investigat\w+|including|such as|e\.g\.,?|improv\w+|perform\w*"
    r"|advanc\w+|to|in|across|of|as|like|towards?)(?:\s(?:the|a|an|various|downstream|several"
    r"|different|popular|challenging|standard|both|problem|task|tasks|of|more|general|many"
    r"|multiple|four|three|two|five|six)){0,4}(?:\s\w+ (?:and|or))?\s?[\"'(\[]?$",
    re.IGNORECASE,
)
_CONTRAST = re.compile(
    r"(?:different from|unlike|in contrast to|contrary to|departing from"
    r"|as opposed to)\b[^;]{0,200}?,\s(?=(?:we|our|this|the proposed|it)\b)",
    re.IGNORECASE,
)
_BACKGROUND_USE = re.compile(
    r"\b(?:existing|previous|prior|recent|most|traditional|conventional|current) (?:\w+ ){0,3}$", re.IGNORECASE
)
_BY_OTHERS = re.compile(
    r"\b(?:inspired by the success of|following the success of|previous)\b[^.]{0,40}$", re.IGNORECASE
)


def find_roles(reading: Reading, results: Sequence[ResultClaim], tagged: Tagged) -> tuple[Role, ...]:
    """The roles of a paper's concepts, sorted by mention: what the rules and the network say, weighed."""
    ruled = ruled_roles(reading, results)
    return _without_parts(reading, weighed(reading, ruled, learnt_roles(reading, tagged), tagged.tables.roles))


def ruled_roles(reading: Reading, results: Sequence[ResultClaim]) -> list[Role]:
    """What the rules say."""
    places: dict[int, list[int]] = defaultdict(list)
    for number, concept in enumerate(reading.concept_of):
        places[concept].append(number)
    roles: list[Role] = []
    for concept, mentions in places.items():
        new = [m for m in mentions if reading.cues[m] == "introduced"]
        if concept in reading.new:
            best = max(
                new, key=lambda m: (reading.mentions[m].score, reading.lines[reading.line_of[m]].zone != "title", -m)
            )
            score = reading.mentions[best].score + 0.02 * (len(new) > 1)
            roles.append(Role(best, "introduces", round(min(0.98, score), 4)))
    claimed = _claimed(reading, results)
    new_names = {
        m.text
        for m, c in zip(reading.mentions, reading.concept_of, strict=True)
        if c in reading.new and len(m.text) > 2
    }
    for concept, mentions in places.items():
        type = reading.mentions[mentions[0]].type
        if type == "Dataset":
            own = concept in reading.new
            roles.extend(_best("evaluatesOn", [(_evaluates(reading, m, claimed, own), m) for m in mentions]))
        elif concept in reading.new:
            continue
        elif type == "Task":
            roles.extend(_best("addresses", [(_addresses(reading, m, claimed, len(mentions)), m) for m in mentions]))
        elif type == "Method" and not _only_adds(reading.mentions[mentions[0]].text, new_names):
            compares = list(_best("comparesWith", [(_compares(reading, m), m) for m in mentions]))
            uses = list(_best("uses", [(_uses(reading, m, len(mentions)), m) for m in mentions]))
            if compares and uses and compares[0].score >= 0.5:
                uses = [one for one in uses if one.score >= 0.7 and one.mention != compares[0].mention]
            roles.extend(compares + uses)
    return roles


def _only_adds(text: str, names: Collection[str]) -> bool:
    """Whether a name only adds to one of the others: "FST-D" to "FST"."""
    return any(sign in "- " and text[:at] in names for at, sign in enumerate(text))


def _best(role: RoleName, scored: Sequence[tuple[float, int]]) -> Iterator[Role]:
    score, mention = max(scored, key=lambda one: (one[0], -one[1]))
    if score > 0.1:
        yield Role(mention, role, round(score, 4))


def _claimed(reading: Reading, results: Sequence[ResultClaim]) -> set[int]:
    """Concepts that an asserted result names."""
    return {
        reading.concept_of[m]
        for result in results
        if result.score >= 0.5
        for m in (result.dataset, result.task, result.metric)
        if m is not None
    }


def _before(reading: Reading, mention: int) -> str:
    """The words before a mention; over the earlier members of a list that it stands in."""
    line = reading.line_of[mention]
    text = reading.text_of(line)[:MAX_SENTENCE]
    start = reading.span(mention)[0]
    siblings = reading.in_line[line]
    at = siblings.index(mention)
    for back in range(at - 1, max(-1, at - 8), -1):
        other_start, other_end = reading.span(siblings[back])
        gap = text[other_end:start]
        if gap == " " and reading.mentions[siblings[back]].type == "Dataset":  # "COCO object detection"
            start = other_start
            continue
        if len(gap) > 40 or not (
            _LISTED.fullmatch(gap)
            or gap.strip() in ("(", "+")
            or _LISTED.fullmatch(re.sub(r"\([^)]*\)|\w+ing\b|detection|tasks?", "", gap))
        ):
            break
        start = other_start
    return text[max(0, start - _BEFORE) : start]


def _evaluates(reading: Reading, mention: int, claimed: set[int], introduced: bool) -> float:
    zone = reading.lines[reading.line_of[mention]].zone
    before = _before(reading, mention)
    if introduced:
        return 0.8
    if _BY_OTHERS.search(before):
        return 0.3
    if reading.concept_of[mention] in claimed:
        return 0.9
    if zone == "experiment":
        return 0.82 if _DATASET_CUE.search(before) else 0.66
    if zone == "contribution":
        return 0.68 if _DATASET_CUE.search(before) else 0.5
    return 0.45 if zone == "title" else 0.25


def _addresses(reading: Reading, mention: int, claimed: set[int], count: int) -> float:
    index = reading.line_of[mention]
    zone = reading.lines[index].zone
    score = 0.12 + 0.05 * min(4, count)
    weak = 0.0 if reading.mentions[mention].score >= 0.5 else 0.2
    if zone == "title":
        certain = _is_task(reading.mentions[mention].text) and not _is_means_for_task(reading, mention)
        return (0.78 if certain else 0.45) - weak
    cue = _TASK_CUE.search(_before(reading, mention)) is not None or _opens_item(reading, mention)
    if reading.concept_of[mention] in claimed:
        score += 0.45
    if zone == "experiment":
        score = max(score, 0.62 if cue else 0.42)
    elif zone == "contribution":
        score = max(score, 0.55 if cue else 0.35)
    return min(0.85, score + 0.03 * min(3, count - 1)) - weak


def _compares(reading: Reading, mention: int) -> float:
    zone = reading.lines[reading.line_of[mention]].zone
    if zone in ("title", "background"):
        return 0.0
    if _in_contrast(reading, mention):
        return 0.56
    if not _COMPARES.search(_before(reading, mention)):
        return 0.0
    return 0.66 if zone == "experiment" else 0.48


def _uses(reading: Reading, mention: int, count: int) -> float:
    zone = reading.lines[reading.line_of[mention]].zone
    before = _before(reading, mention)
    many = 0.04 * min(4, count - 1)
    if _COMPARES.search(before) or _in_contrast(reading, mention):
        return 0.2 + many
    line = reading.line_of[mention]
    after = reading.text_of(line)[reading.span(mention)[1] :][:40]
    cue = (_USES.search(before) or _IS_USED.match(after)) is not None and not _BACKGROUND_USE.search(before)
    bare = 0.56 if any(is_shaped(word) for word in reading.mentions[mention].text.split()) else 0.4
    if zone == "experiment":
        return (0.7 if cue else bare) + many
    if zone == "contribution":
        return (0.68 if cue else bare) + many
    if zone == "title":
        return 0.42 + many
    return 0.26 + many


def _without_parts(reading: Reading, roles: Sequence[Role]) -> tuple[Role, ...]:
    """A task that only ends a longer one of the paper ("object detection" in "few-shot object detection") goes."""
    kept = []
    addressed = [role for role in roles if role.role == "addresses" and role.score >= 0.5]
    measured = _measured(reading)
    longest: dict[str, float] = {}  # what longer names end with -> the best score of one that does
    for role in addressed:
        words = _name(reading, role.mention).split(" ")
        for first in range(max(1, len(words) - _MOST_WORDS), len(words)):
            end = " ".join(words[first:])
            longest[end] = max(longest.get(end, 0.0), role.score)
    for role in roles:
        if role.role == "addresses" and reading.concept_of[role.mention] not in measured:
            longer = longest.get(_name(reading, role.mention))
            if longer is not None and longer >= role.score - 0.1:
                role = Role(role.mention, role.role, round(min(role.score, 0.45), 4))
        kept.append(role)
    return tuple(sorted(kept, key=lambda role: (role.mention, role.role)))


def _is_task(text: str) -> bool:
    words = name_words(text)
    return head_type(words) == "Task" or (bool(words) and words[-1].lower == "learning")


def _is_means_for_task(reading: Reading, mention: int) -> bool:
    """Whether a title names the task only after this one: "Surface Generation for Object Detection"."""
    line = reading.line_of[mention]
    text = reading.text_of(line)
    return any(
        reading.mentions[other].type == "Task" and " for " in text[reading.span(mention)[1] : reading.span(other)[0]]
        for other in reading.in_line[line]
        if other > mention
    )


def _opens_item(reading: Reading, mention: int) -> bool:
    """Whether a name opens its sentence as a heading does: "2) Open Vocabulary Detection: this track ..."."""
    line = reading.line_of[mention]
    start, end = reading.span(mention)
    text = reading.text_of(line)
    return reading.lines[line].zone not in ("title", "background") and start < 5 and text[end : end + 1] == ":"


def _in_contrast(reading: Reading, mention: int) -> bool:
    """Whether a name stands in what a sentence sets itself off from: "Different from work that uses X, we ..."."""
    text = reading.text_of(reading.line_of[mention])[:MAX_SENTENCE]
    opening = _CONTRAST.match(text)
    return opening is not None and reading.span(mention)[0] < opening.end()


def _measured(reading: Reading) -> set[int]:
    """Concepts that stand behind the name of a data set somewhere: "COCO object detection"."""
    found = set()
    for earlier, place in itertools.pairwise(range(len(reading.mentions))):
        same_line = reading.line_of[earlier] == reading.line_of[place]
        beside = same_line and reading.span(place)[0] - reading.span(earlier)[1] == 1
        if beside and reading.mentions[earlier].type == "Dataset":
            found.add(reading.concept_of[place])
    return found


def _name(reading: Reading, mention: int) -> str:
    return " ".join(singular(word) for word in re.split(r"[\W_]+", reading.mentions[mention].text) if word)
