"""Line -> Candidate: metrics by table, and by what surrounds a name that is in none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.extract.document import Candidate, Line
from kg.extract.lexicon import FUNCTION_WORDS, KNOWN_DATASET, KNOWN_METHOD, LEADING, METRIC, VERBS, words
from kg.extract.names import BESIDE_NUMBER
from kg.extract.phrases import MAX_SENTENCE

_PLAIN_METRIC = re.compile(
    r"^(?:precision|recall|robustness|latency|throughput|EM|PER|CER|AR|MAE|IOU|NLL|sensitivity|specificity|log-likelihood"
    r"|Accuracy|Precision|Recall|Perplexity|Sensitivity|Specificity|ppl|PPL|miss rate)$"
)
# Names that the table lacks, or has in part.
_FURTHER = re.compile(
    r"""(?<![\w@-])(?:
      [Rr]e-?call\s?@\s?\d+ | (?:[Mm]ean\s)?IU | [Aa]rea\s[Uu]nder\s(?:the\s)?(?:ROC|PR)
    | robustness | mINP | MR\s?-\s?2
    | m?AP\s?@\s?\[?(?:IoU\s?=?\s?)?(?:0?\.\d+)(?::0?\.\d+)?\]?
    | [Mm]ean\s(?:IoU|IOU|iou) | mIOU | mIoUs
    | (?:[Mm]ean\s)?[Ii]ntersection[ -](?:over|of)[ -][Uu]nion(?:\s\(m?IOU\))?(?:\sscore)?
    | (?:[Mm]ean\s)?[Aa]verage\s[Pp]recision | Precision | Recall | Perplexity | Sensitivity | Specificity | ppl | PPL
    | (?:log-?\s?average\s)?miss\srate | PR-AUC | AUPRC | J\s?&\s?F(?:\smean)? | Smatch | SMATCH
    | (?:Spearman(?:'s)?\s|Pearson(?:'s)?\s|Kendall(?:'s)?\s)?(?:rank\s|cross[ -])?correlation(?:\scoefficient)?
    | (?:[Ff]inal|[Aa]verage)\s[Dd]isplacement\s[Ee]rror | [Ee]xpected\s[Aa]verage\s[Oo]verlap | F\s1(?!\.?\d)
    | [Aa]rea\s[Uu]nder\s(?:the\s)?(?:(?:ROC|[Rr]eceiver\s[Oo]perating\s[Cc]haracteristic)\s)?[Cc]urve
    | [Dd]ice(?:\ssimilarity)?\s(?:coefficient|score|index) | (?:average\s)?end-?point\serror | TER
    )(?!\w)""",
    re.VERBOSE,
)
# What stands beside a metric's name and belongs to it: "adversarial accuracy", "rank-1 identification rates".
_FULLER_BEFORE = re.compile(
    r"(?<![\w-])(?:(?:adversarial|robust|clean|certified|natural|verified|joint goal|slot|word|character|sentence"
    r"|document|binary|pairwise|5-way|unweighted|weighted|frame-level|utterance-level|pixel-wise|class-averaged|intent|class|max(?:imum|imal)?"
    r"|dialogue act|end-to-end|top-?[15] localization|top-?[15] classification|open-set|closed-set|few-shot"
    r"|1-shot|5-shot|one-shot|cross-subject|cross-view|cross-domain|in-domain|label)"
    r"\s)+$",
    re.IGNORECASE,
)
_FULLER_AFTER = re.compile(
    r"@\s?\d+|(?:\s(?:identification|recognition|matching|retrieval|detection|verification))?\s(?:rates?|accurac(?:y|ies))(?!\w)"
)
# "F1-all error", "exact match ratio"
_SUFFIX = re.compile(
    r"-[a-z]\w*\s(?:errors?|scores?|rates?)(?!\w)|(?<=match)\s(?:ratios?|rates?|scores?|accuracy)(?!\w)"
)
_CUT = re.compile(r"(?:[Rr]ank|[Tt]op|[Rr]e-?call|[Pp]recision|R|P|[Hh]its?)(?:[- @]?\d+)?")
# Written without a blank: "54.3AP".
_GLUED = re.compile(r"(?<=\d)(?:m?AP|mIoU|BLEU)(?![\w-])")
_NUMBER = r"(?:~|∼)?\s?\d+(?:[.,]\d+)*(?!\w|[.,]\d)"
_HEDGE = r"(?:about|around|up to|nearly|over|only|almost|as (?:low|high) as|more than|at least|approximately)?"
_IS = rf"\s?(?:=|:|\bof|\bat|\bis|\bwas|\bequal to|\bequals)\s?{_HEDGE}\s?"
_HEAD = (
    r"(?:accuracy|accuracies|errors?|error rates?|rates?|scores?|correlations?|coefficients?|index|distances?"
    r"|perplexity|precision|recall|similarity|AUC|F1|IoU|agreement|likelihood|deviation|divergence)"
)
_PHRASE = rf"(?P<name>(?:[A-Za-z][\w'’-]*\s){{0,2}}{_HEAD})"
_PHRASE_BEFORE = re.compile(rf"(?<![\w-]){_PHRASE}(?:\s\([^()]{{1,20}}\))?{_IS}(?={_NUMBER})")
_PHRASE_AFTER = re.compile(rf"(?<![\w.]){_NUMBER}\s?\\?%\s(?:in\s|of\s)?(?:the\s)?{_PHRASE}\b")
# What is changed by so much: "reduces the joint error by 12%".
_PHRASE_CHANGED = re.compile(
    r"\b(?:reduc|decreas|improv|increas|rais|boost|enhanc)(?:e|es|ed|s|ing)\s(?:the\s|its\s|their\s)?"
    rf"(?P<name>(?:[a-z][\w'’-]*\s){{0,3}}{_HEAD})\s(?:further\s)?by\s{_HEDGE}\s?(?={_NUMBER})"
)
# An acronym that a value is given for: "an ACER of 0.3%", "(ODS = 0.82)".
_ACRONYM = re.compile(
    r"(?:\b(?:[Aa]n?|the|of|with|and|in|average|mean|overall|its|best|low|high|lower|higher)\s|\()"
    r"(?P<name>(?:[A-Za-z]{2,5}-)?[A-Z][A-Za-z]{0,4}[A-Z]i?(?:[@-]?\w{1,4})?|[A-Z][a-z]{2,4}-[A-Z]\d?)"
    rf"(?:\s(?:scores?|values?|metric))?\s?(?:=|:|\bof)\s?{_HEDGE}\s?(?=\d+\.\d|\d+(?:\.\d+)?\s?%)"
)
# What is set, not measured.
_SETTINGS = words(
    "learning dropout sampling sampled mask masking frame bit growth decay sample compression data missing"
)
_NOT_ITS_NAME = re.compile(r"^(?:(?:relative|absolute)[ -])+")  # "a relative accuracy gain"
_MAX_GAP = 24


def metric_names(lines: Sequence[Line]) -> Iterator[Candidate]:
    """Metrics by table, the plain words among them only beside a number; and what a number is said to be of."""
    for index, line in enumerate(lines):
        text = line.sentence.text[:MAX_SENTENCE]
        for pattern in (METRIC, _FURTHER, _GLUED):
            for found in pattern.finditer(text):
                start = found.end() - len(_NOT_ITS_NAME.sub("", found.group(), count=1))
                start, end = _whole(text, start, found.end())
                near = _beside_number(text, start, end)
                if near or not _PLAIN_METRIC.match(text[start:end]):
                    yield _metric(index, line, start, end, BESIDE_NUMBER if near else 0.7)
        if any(c.isdigit() for c in text):
            for start, end in _measured_names(text):
                yield _metric(index, line, start, end, 0.8)


def _metric(index: int, line: Line, start: int, end: int, score: float) -> Candidate:
    at = line.sentence.start
    return Candidate(index, at + start, at + end, line.sentence.text[start:end], "Metric", score, 2)


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """Where a metric's whole name stands.

    >>> text = "an adversarial accuracy of 47%, and rank-1 identification rates"
    >>> [text[slice(*_whole(text, text.index(name), text.index(name) + len(name)))] for name in ("accuracy", "rank-1")]
    ['adversarial accuracy', 'rank-1 identification rates']
    """
    before = _FULLER_BEFORE.search(text[max(0, start - 40) : start])
    if before and not _CUT.fullmatch(text[start:end]):
        start -= len(before.group())
    if _PLAIN_HEAD.search(text[start:end]):
        start = _with_what_modifies(text, start)
    after = (_FULLER_AFTER if _CUT.fullmatch(text[start:end]) else _SUFFIX).match(text, end)
    return start, after.end() if after else end


def _with_what_modifies(text: str, start: int) -> int:
    """Where the words that modify a noun begin: no praise, no verb, no name, no class of methods.

    >>> text = "our network reduces the joint prediction error and improves LeafNet accuracy"
    >>> [text[_with_what_modifies(text, text.index(noun)) :][:10] for noun in ("error", "accuracy")]
    ['joint pred', 'accuracy']
    """
    for _ in range(_MOST_MODIFIERS):
        found = _MODIFIER.search(text[max(0, start - 40) : start])
        if found is None or found["word"].lower() in _NO_MODIFIER or _NO_MODIFIER_SHAPE.search(found["word"]):
            break
        start -= len(found.group())
    acronym = _ACRONYM_BEFORE.search(text[max(0, start - 24) : start])
    if acronym and not (KNOWN_DATASET.fullmatch(acronym["word"]) or KNOWN_METHOD.match(acronym["word"])):
        start -= len(acronym["word"]) + 1
    return start


def _measured_names(text: str) -> Iterator[tuple[int, int]]:
    """The names, in no table, of what a number measures: "a full repair rate of 68.2%", "an ACER of 0.3%"."""
    for pattern in (_PHRASE_BEFORE, _PHRASE_AFTER, _PHRASE_CHANGED):
        for found in pattern.finditer(text):
            start, end = found.span("name")
            name = text[start:end].split()
            while len(name) > 1 and (
                name[0].lower() in _NO_PART or KNOWN_METHOD.match(name[0]) or name[0].endswith(("'s", "’s"))
            ):
                start += len(name.pop(0)) + 1
            if any(one.lower() in _SETTINGS for one in name) or METRIC.search(text, start, end):
                continue
            if len(name) > 1 or _ALONE.match(name[0]):
                yield start, end
    for found in _ACRONYM.finditer(text):
        acronym = found["name"]
        if not (METRIC.search(acronym) or KNOWN_DATASET.fullmatch(acronym) or KNOWN_METHOD.match(acronym)):
            yield found.span("name")


# A noun that words before it specify: "balance error rate", "top-1 validation accuracy".
_ACRONYM_BEFORE = re.compile(
    r"(?:\d\s?\\?%|\b[Aa]n?|\bmean|\baverage)\s(?P<word>[A-Z][A-Z\d]{1,4})\s$"
)  # "84% Q3 accuracy"
_PLAIN_HEAD = re.compile(r"(?:accurac(?:y|ies)|errors?|rates?|precision|recall|perplexity|log-likelihood|correlation)$")
_MOST_MODIFIERS = 3
_MODIFIER = re.compile(r"(?<![\w.,%@/&+-])(?P<word>(?:[a-z]|[1-9]D\b|[Tt]op-\d|[Rr]ank-\d)[\w'-]*)\s$")
_NO_MODIFIER_SHAPE = re.compile(
    r"(?<!top-|ank-)\d(?!D)|(?:ly|est|ied|ised|ized|ves|oves|ses|ces|tes)$|state|best|based$|art$|trained$"
    r"|(?<!weight)(?<!averag)(?<!mix)(?<!balanc)ed$"
    r"|(?<!match)(?<!tagg)(?<!pars)(?<!track)(?<!rank)(?<!ground)(?<!caption)(?<!read)(?<!answer)(?<!reason)(?<!label)"
    r"ing$"
)
_NO_PART = FUNCTION_WORDS | LEADING | VERBS | words("final low absolute relative")
_NO_MODIFIER = _NO_PART | words(
    """
        model models network networks method methods system systems approach approaches baseline baselines classifier
        classifiers detector algorithm framework architecture architectures ensemble teacher student backbone paper
        comparable superior higher lower good better great excellent remarkable impressive significant substantial
        satisfactory acceptable decent near-perfect perfect surprising outstanding favorable optimal absolute relative
        same similar equal full total increase decrease improve boost loss drop gain reduction lose show report record
        percent percentage points point result results performance human current prior past previous also even still
        minor major moderate modest negligible marginal
        human-level corresponding respective final new sota low high slight large small much little terms using of
        double triple halve raise lift push keep retain preserve maintain sacrifice trade gains losses hurt degrade
        harm yield attain get match exceed beat see model's whose classes
        published reported achieved maximum minimum additional extra no less fewer
        """
)
_ALONE = re.compile(r"error|perplexity|correlation|AUC|F1|IoU")


def _beside_number(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - _MAX_GAP) : start], text[end : end + _MAX_GAP]
    return bool(
        re.search(r"\d(?:\\?%)?\W*(?:[A-Za-z-]+\s){0,2}$", before) or re.match(r"\W*(?:[A-Za-z-]+\s){0,3}\W*\d", after)
    )
