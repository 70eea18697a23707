"""Sentence -> Number: the numbers of a sentence as written, ranges as one, and those that count things left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from kg.extract.lexicon import words
from kg.extract.phrases import MAX_SENTENCE

MAX_NUMBERS = 60  # of a sentence
MAX_RANGE = 30  # "by 8.6 to 41.2" tells a gain and what it led to, "by 1.5 to 3.0" the ends of gains
MAX_DIGITS = 18  # of a number; a longer one is a key or noise, and no float or xsd:decimal would hold it

_PLAIN = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNIT = (
    r"\s?\\?%(?:p\b|-points?\b)?|\s?(?:percentage|absolute|percent)\s(?:points?|pts)\b|\s?percent\b|\s(?:points?|pts|pp)\b"
    r"|\s?(?:\\times|\$?\\times\$?|×|times\b|x(?![\w-])|[xX](?=\s(?:faster|slower|speed|fewer"
    r"|less|smaller|more|reduction|larger|better)))"
    r"|\s?(?:ms|mm|FPS|fps|dB|bpd|bpc)\b|\s?frames?\s?(?:per|/)\s?s(?:ec(?:ond)?)?\b"
)
_NUMBER = re.compile(
    rf"(?<![\w.,^{{\\])(?<![A-Za-z0-9]-)(?<!@)(?P<sign>[+\u2212-]\s?|±\s?)?(?P<value>{_PLAIN})(?P<unit>{_UNIT})?"
    rf"(?:\s?(?:-{{1,2}}|\u2212|–|—|~|\$?\\?sim\$?|\$\\sim\$|∼)\s?(?P<value2>{_PLAIN})(?P<unit2>{_UNIT})?)?"
    r"(?:(?=(?:m?AP|mIoU|BLEU)(?![\w-]))|(?![A-Za-z0-9]|-?[A-Za-z]|\.\d|,\d{3}))"
)
_COUNTED = words(
    """
    epochs? queries images? classes categories datasets? benchmarks? tasks? languages? parameters? params layers?
    gpus? shots? examples? samples? pairs? hours? days? minutes? weeks? months? years? seconds? sentences? words?
    tokens? documents? papers? videos? frames? clips? steps? iterations? heads? blocks? models? methods? million
    billion thousand trillion hundred annotators? participants? questions? users? people subjects? patients?
    domains? cities sequences? instances? objects? labels? runs? trials? fold folds seeds? scenes? captions?
    settings? metrics? stages? modules? scales? networks? teams? tracks? attributes? relations? entities triples?
    nodes? edges? graphs? different other of-the-art times? existing downstream diverse novel real real-world
    unlabeled labeled unlabelled labelled training vision popular public standard well-established representative
    gpuhours? gpu-hours? gpu-days?
    challenging text image input attack types? kinds? experts? shot bits? gb mb tb flops gflops
    """
)
_COUNT_AFTER = re.compile(r"^[\s~]*(?:" + "|".join(sorted(_COUNTED)) + r")\b", re.IGNORECASE)
# What a number with a decimal point may count, too; "4.8 novel AP" counts nothing.
_AMOUNT_AFTER = re.compile(
    r"^[\s~]*(?:million|billion|thousand|trillion|parameters?|params|gpu-?hours?|gpu-?days?|hours?|days?|minutes?|seconds?|years?|gb|mb|tb|flops|gflops)\b",
    re.IGNORECASE,
)
_SHARE_AFTER = re.compile(
    r"^\s?(?:in (?:the )?(?:model |memory )?(?:size|number of)\b"
    r"|of\s(?!(?:[\w-]+\s){0,3}?(?:accura\w+|performances?|scores?|precision|recall|quality|costs?|comput\w+"
    r"|time|memory|F-?1|m?AP|improvements?)\b|that\b)(?:the\s|its\s|all\s|their\s|our\s)?(?:[\w-]+\s?){1,5}|"
    r"(?:labeled|labelled|unlabeled|annotated|training|train|data|annotations?|labels?|sparsity|masking|mask|noise|noisy|corrupted|unseen|"
    r"dropout|missing|random|images|examples|samples|pixels|frames|tokens|(?:additional|extra|more|computation\w*)\s(?:FLOPs|param\w+|comput\w+|memory|cost|overhead))\b"
    r"(?!\s?m?AP))",
    re.IGNORECASE,
)
_COUNT_BEFORE = re.compile(
    r"(?:\b(?:noise|masking|dropout)\s(?:rates?|levels?|ratios?)\s(?:such as\s|of\s|like\s)?"
    r"|\bthreshold\w*,?\s(?:of\s|from\s|between\s|ranging\s|e\.g\.,?\s)*"
    r"|\bversion\s|\bv|\btop-|\bsection\s|\btable\s"
    r"|\bfig(?:ure)?\.?\s|\bseed\s"
    r"|\bbatch size (?:of )?|\bsize (?:of )?|\brate (?:of )?(?=0\.0)|\bin\s(?=(?:19|20)\d\d)"
    r"|\bsince\s|\bratios?, i\.e\.,?\s|\b(?:small )?(?:portion|fraction|proportion|subset)\s\((?:only\s|about\s)?"
    r"|\b(?:\w*scaling|\w*sampling)\s(?:ratios?|factors?|rates?)\s(?:of|from|up to)\s"
    r"|\bCVPR\s|\bICCV\s|\bChallenge\s|\bSemEval-?|\bk\s?=\s?|\bn\s?=\s?|\bp\s?[<=]\s?|\balpha\s?=\s?|\bequation\s"
    r"|\bCIs?[,:]?\s[(\[]?|\bconfidence intervals?[,:]?\s[(\[]?)$",
    re.IGNORECASE,
)
_INTERVAL_AFTER = re.compile(r"\s?(?:CIs?|confidence)\b")
_BOUND_BEFORE = re.compile(r"(?:[≤<]|\\leq?\$?)\s?$")  # "(≤ 80ms)", "crossing the 70% mIoU threshold"
_BOUND_AFTER = re.compile(r"\s?(?:[\w-]+\s){0,2}(?:thresholds?|constraints?|budgets?|barrier)\b")
_CITED_BEFORE = re.compile(r"\[(?:\d+\s?[,;–-]\s?)*$")
_CITED_AFTER = re.compile(r"(?:\s?[,;–-]\s?\d+)*\]")
_LIST = re.compile(r",?\s?(?:and|or|to|/|,|;)?\s?")
_RANGE_WORD = re.compile(r"\sto\s|\s(?P<and>and)\s")
_RANGE_BEFORE = re.compile(
    r"(?:\b(?P<between>between)|\b(?:by|of|gains?|adds?|approximately|about|around|roughly|an? (?:absolute|relative)))"
    r"(?:\s(?:about|around|approximately|roughly|up))?\s$",
    re.IGNORECASE,
)
# "1.5% to 6.4% higher accuracy"
_DIFFERENCE = re.compile(
    r"\s?(?:[\w-]+\s){0,2}(?:higher|lower|better|improvements?|gains?|reductions?|increase|boost)\b"
)
_VERSION = re.compile(r"\d\.[0-3]")  # "AMR 2.0 (76.3% F1)": a name goes on
_NAME_BEFORE = re.compile(
    r"(?:^|\s|\()(?!AP|mAP|FID|EER|WER|MAE|F1|BLEU|IoU|PPL|MOS|EPE)[A-Z][A-Za-z]*[A-Z][A-Za-z]*\s$"
)
_NO_VALUE_AFTER = re.compile(r"\s\(|\s(?:and|dataset|benchmark|corpus|test|dev)\b|,|\.$|\)")
_ORDINAL_AFTER = re.compile(r"\s?(?:st|nd|rd|th)(?![\w-])")  # "the 3 rd place"
# "30 (24.4%) were benign": how many, and which share that is
_SHARE_OF_COUNT_AFTER = re.compile(r"\s?\(\d+(?:\.\d+)?\s?\\?%\)")
_COUNT_OF_SHARE_BEFORE = re.compile(r"(?:^|[,;:]\s|(?<![\w-])[a-z]+\s)\d{1,3}(?:,\d{3})*\s?\($")
# The mark of a note: "with high accuracy 1 .", at the end of a text, or in front of what it says: "12 Recall that"
_MARK_AFTER = re.compile(r"\s[.,;](?:\s|$)|\s?$")
_SAYS_VALUE = re.compile(r"\b(?:of|is|at|to|by|with|and|or|than|from|below|above|about|over|under|only)\s$")
_NOTE_AFTER = re.compile(r"\s(?:[A-Z][a-z]+\s[a-z]|Here\b|The\b)")
_OF_A_FUNCTION = re.compile(r"(?<![\w-])[A-Za-z]\s$")  # "the inverse f -1 (z)"
_EXTENT_BEFORE = re.compile(
    r"\b(?:horizons?|windows?|intervals?|segments?|lookahead|look-ahead|duration|strides?|hop|step)"
    r"\s(?:size\s)?(?:of|is|=)\s(?:about\s|only\s)?$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"^(?:19|20)\d\d$")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written; offsets into the sentence. ``high`` is the other end of a range."""

    start: int
    end: int
    text: str
    value: Decimal
    unit: str | None
    signed: bool
    high: Decimal | None = None


def numbers_of(text: str) -> Iterator[Number]:
    r"""The numbers of a sentence that may be results, from left to right.

    >>> [(n.text, str(n.value), n.unit) for n in numbers_of("ResNet-50 gains +1.5% with 10% of the data in 12 epochs.")]
    [('+1.5%', '1.5', '%')]
    >>> [n.text for n in numbers_of("With 1%, 5% and 10% of the labels it reaches 4.8 novel AP.")]
    ['4.8']
    >>> [(n.text, str(n.high)) for n in numbers_of("a gain of 3%-20% and of 1.5~3.0 AP")]
    [('3%-20%', '20'), ('1.5~3.0', '3.0')]
    """
    found = list(islice(filter(_is_short, _NUMBER.finditer(text[:MAX_SENTENCE])), MAX_NUMBERS * 2))
    numbers = [_number(one) for one in found]
    _join_ranges(text, found, numbers)
    counting = [_counts_things(text, one, number) for one, number in zip(found, numbers, strict=True)]
    for at in range(1, len(found)):  # a list of what counts things goes with its first member: "4, 8 and 16 ways"
        alike = (numbers[at].unit, "." in numbers[at].text) == (numbers[at - 1].unit, "." in numbers[at - 1].text)
        counting[at] = counting[at] or (alike and counting[at - 1] and _listed(text, numbers[at - 1], numbers[at]))
    for at in range(len(found) - 2, -1, -1):  # and shares with the last: "1%, 5% and 10% of the labels"
        shares = numbers[at].unit == numbers[at + 1].unit == "%" and counting[at + 1]
        counting[at] = counting[at] or (shares and _listed(text, numbers[at], numbers[at + 1]))
    yield from islice((number for number, counts in zip(numbers, counting, strict=True) if not counts), MAX_NUMBERS)


def _join_ranges(text: str, found: list[re.Match[str]], numbers: list[Number]) -> None:
    """Makes one number of the two ends of a range in words: "by 1.5 to 3.0 points", "between 5 and 20%"."""
    for at in range(len(found) - 2, -1, -1):
        low, high = numbers[at], numbers[at + 1]
        word = _RANGE_WORD.fullmatch(text, low.end, high.start)
        before = text[max(0, low.start - 40) : low.start]
        opening = _RANGE_BEFORE.search(before) if word else None
        between = opening is not None and opening["between"] is not None
        differs = _DIFFERENCE.match(text, high.end) is not None and not before.endswith("from ")
        if (
            word is None
            or not (opening or differs)
            or (word["and"] is not None) != between
            or low.high is not None
            or high.high is not None
            or low.unit not in (None, high.unit)
            or not 0 < low.value < high.value <= 7 * low.value
            or (high.value > MAX_RANGE and word["and"] is None)
        ):
            continue
        joined = text[low.start : high.end]
        numbers[at] = Number(low.start, high.end, joined, low.value, high.unit, low.signed, high.value)
        del numbers[at + 1], found[at + 1]


def _is_short(found: re.Match[str]) -> bool:
    return len(found["value"]) <= MAX_DIGITS and len(found["value2"] or "") <= MAX_DIGITS


def _listed(text: str, one: Number, other: Number) -> bool:
    gap = text[one.end : other.start]
    return len(gap) <= 8 and _LIST.fullmatch(gap) is not None


def _number(found: re.Match[str]) -> Number:
    value = Decimal(found["value"].replace(",", ""))
    high = Decimal(found["value2"].replace(",", "")) if found["value2"] else None
    sign = (found["sign"] or "").strip()
    if sign in ("-", "\u2212"):
        value = -value
    if high is not None and high <= value:
        high = None
    return Number(
        found.start(),
        found.end(),
        found.group(),
        value,
        _unit(found["unit2"] or found["unit"]),
        bool(sign),
        high,
    )


def _unit(text: str | None) -> str | None:
    if text is None:
        return None
    plain = text.strip().strip("$").lower()
    if "point" in plain or plain in ("pts", "pp") or plain.endswith("%p"):
        return "points"
    if "%" in plain or plain == "percent":
        return "%"
    if plain in ("x", "×", "times", "\\times", "\\times$"):
        return "x"
    if plain.startswith("frame"):
        return "FPS"
    return {"fps": "FPS", "db": "dB"}.get(plain, plain)


def _counts_things(text: str, found: re.Match[str], number: Number) -> bool:
    before, after = text[max(0, number.start - 30) : number.start], text[number.end : number.end + 60]
    if _COUNT_BEFORE.search(before) or "±" in (found["sign"] or before[-2:]):
        return True  # "95.8 ± 1.2", "95.8±1.2": the second says how sure the first is
    if _VERSION.fullmatch(number.text) and _NAME_BEFORE.search(before) and _NO_VALUE_AFTER.match(after):
        return True
    if _BOUND_BEFORE.search(before) or _BOUND_AFTER.match(after):
        return True
    if number.text.isdigit() and _CITED_BEFORE.search(before) and _CITED_AFTER.match(after):
        return True
    if _INTERVAL_AFTER.match(after) or (number.text.isdigit() and _ORDINAL_AFTER.match(after)):
        return True
    if number.unit == "%":
        if after.startswith(")") and _COUNT_OF_SHARE_BEFORE.search(before):
            return True
        if re.match(r"\)\s(?:regime|sparsity|setting)\b", after):
            return True
        aside = after.startswith(")") and re.search(r"\b(?:class|data|samples|labels|images) \($", before) is not None
        return aside or _SHARE_AFTER.match(after) is not None
    if number.unit == "x" and re.match(r"\s?\d", after):
        return True
    if number.unit == "ms":
        return _EXTENT_BEFORE.search(before) is not None
    if number.unit is not None:
        return False
    if number.value < 0 and number.text[1:].lstrip().isdigit() and _OF_A_FUNCTION.search(before):
        return True
    if number.text.isdigit() and number.high is None:
        if _SHARE_OF_COUNT_AFTER.match(after):
            return True
        at_start = number.start == 0 and _NOTE_AFTER.match(after) is not None
        at_end = len(number.text) == 1 and re.search(r"[A-Za-z)]\s$", before) and _MARK_AFTER.match(after)
        if at_start or (at_end and not _SAYS_VALUE.search(before)):
            return True
    if after.startswith((")", "-th", "/")) and number.text.isdigit() and len(number.text) < 3 and not number.signed:
        return True  # "(1)", "2)", "1/4"
    if _YEAR.match(number.text) or (_AMOUNT_AFTER if "." in number.text else _COUNT_AFTER).match(after):
        return True
    return re.match(r"\s?[x×]\s?\d", after) is not None or re.search(r"\d\s?[x×]\s?$", before) is not None
