"""Line -> Candidate: well-known data sets, and names before the word "dataset"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.extract.document import Candidate, Line, make_candidate
from kg.extract.lexicon import KNOWN_DATASET, KNOWN_METHOD, KNOWN_TASKS, LEADING, METRIC, WELL_KNOWN, words
from kg.extract.phrases import (
    MAX_SENTENCE,
    Word,
    head_type,
    is_generic,
    is_shaped,
    is_stop,
    name_words,
    singular,
)
from kg.records import Mention

_DOMAINS = words(
    """
    vision language speech text image video audio nlp cv vl remote sensing medical biomedical clinical legal english
    chinese french german spanish arabic hindi japanese korean russian multilingual academic public standard
    """
)


DATASET_HEADS = {"dataset", "benchmark", "corpus", "challenge", "testbed", "leaderboard", "treebank", "corpora"}


NUMERAL = re.compile(r"^(?:v?\d+(?:\.\d+)*|[IVX]{1,4})$")


_LANGUAGE = (
    r"(?:English|German|French|Romanian|Chinese|Czech|Russian|Finnish|Turkish|Spanish|Japanese|Vietnamese|Arabic|Hindi"
    r"|Korean|Italian|Dutch|En|De|Fr|Ro|Zh|Cs|Ru|Fi|Tr|Vi|EN|DE|FR|RO|ZH|CS|RU|FI|TR|VI)"
)
_PAIR = rf"{_LANGUAGE}(?:\s?(?:-|–|→|\u2194)\s?|[ -]to[ -]){_LANGUAGE}(?!\w)"
# Campaigns with their year, and the pair of languages where it is theirs: "WMT'14 English-German", "CoNLL-2014".
_CAMPAIGN = re.compile(
    r"(?<![\w-])(?:WMT|IWSLT|NIST|CoNLL|CONLL|SemEval|TREC|TAC|DUC|BEA|ICDAR|DSTC|CLEF|ILSVRC|DAVIS|PASCAL VOC"
    r"|Pascal VOC|VOC|CHiME|VLSP|THUMOS)[ -]?['’`‘]?[ -]?(?:19|20)?\d\d(?!\w)"
    rf"(?:[ -]{_PAIR}|(?:\s(?!The\b|We\b|In\b|Our\b|This\b)[A-Z][A-Za-z]+(?![\w-])){{1,5}}|\sTask\s\d+)?"
)
PAIR = re.compile(_PAIR)
_FURTHER_PAIR = re.compile(rf"(?:,|,?\sand|\s?/)\s?(?P<name>{_PAIR})")
# Possessive: a hyphen may stand in a word or between two, and all ways to part "A-B-C-D" would be tried.
_ITEM = r"(?:[A-Z]|[a-z]+[A-Z])[\w+'’-]*+(?:\.\d+)?(?:[ -][A-Z\d][\w+'’-]*+(?:\.\d+)?){0,3}"
_ASIDE = r"(?:\s?\([^()]{1,40}\))?"
_LIST_OF_NAMES = re.compile(
    rf"\b(?:on|for|in|of|over|across|and)\s(?:the\s|both\s(?:the\s)?)?"
    rf"(?P<list>{_ITEM}{_ASIDE}(?:,\s(?:and\s|on\s)?(?:the\s)?{_ITEM}{_ASIDE}){{0,8}}"
    rf"(?:,?\s(?:and|&|or)\s(?:on\s|for\s)?(?:the\s)?{_ITEM}))"
)
_MEMBER = re.compile(rf"({_ITEM}){_ASIDE}")
_ON_NAME = re.compile(
    rf"(?:\d\s?\\?%|\d\.\d+|\b(?:accuracy|score|F1|BLEU|m?AP|m?IoU|WER|perplexity|error))\s(?:[\w-]+\s){{0,2}}?"
    rf"(?:on|for)\s(?:the\s)?(?P<name>{_ITEM})(?=[.,;)]|\s(?![A-Z]|(?:of|for|in)\s[A-Z])|$)"
)
_NAME_WITH_VALUE = re.compile(rf"(?<![\w-])(?P<name>{_ITEM})\s\((?:\d+\.\d+\s?\\?%?|\d+\s?\\?%)\)")
# "on Fern leaves dataset": a name, common words, then what it is.
_NAME_BEFORE_CLASS = re.compile(
    rf"\b[Oo]n\s(?:the\s)?(?P<name>{_ITEM})\s(?:[a-z][a-z-]*\s){{1,4}}?"
    r"(?:data\s?sets?|benchmarks?|corpus|test set|dev set|validation set|test-dev|leaderboard|databases?|task)\b"
)
_SHORT_BEFORE_CLASS = re.compile(r"\((?P<name>[A-Z][\w+-]+)\)\s(?:data\s?set|database|corpus|benchmark)\b")
_CLASS_NEXT = re.compile(r"\s(?:[a-z][a-z-]*\s){0,2}(?:data\s?sets|benchmarks|corpora|test sets|databases)\b")
_NEVER = words(
    """
    average ours we our gpu gpus cpu top table figure section code english german french chinese spanish arabic
    january february march april may june july august september october november december
    """
)


# Places, venues and pictures that the tagger takes for data sets.
_NO_DATA = frozenset(
    re.split(
        r";\s*",
        "United Kingdom; United States; China; India; Germany; France; Japan; Europe; GitHub; Github; Twitter API",
    )
)


# Kinds of data and what belongs to numbers, which the tagger takes for data sets, too.
_NO_NAMES = words(
    "CI CIs RGB RGB-D RGBD IMU IMUs CT MRI MR PET EEG ECG EMG MEG EHR EHRs LiDAR Lidar LIDAR DNA RNA RNASeq RNA-Seq"
    " ICD-9 ICD-10 ICD UMLS GPS"
)
_ORGANISATION = re.compile(
    r"\b(?:(?:Microsoft|Google|Facebook|IBM|Adobe|Baidu|Tencent) (?:Research|AI|Lab)|(?:University|Institute) of|Inc)\b"
)


def _may_be_dataset(name: str) -> bool:
    parts = name.split()
    return (
        len(name) > 2
        and (
            is_shaped(parts[0])
            or len(parts) > 1
            or name[-1].isdigit()
            or name[1:].islower()
            or re.fullmatch(r"[A-Z][a-z]+(?:-[A-Za-z]+)*-[A-Z][a-z]+", name) is not None  # "Leaves-in-Sun"
        )
        and parts[0].lower() not in LEADING | _NEVER | WELL_KNOWN
        and not any(METRIC.fullmatch(part) or KNOWN_METHOD.match(part) or part in KNOWN_TASKS for part in parts)
        and not any(head_type(name_words(part)) == "Method" for part in parts)
        and not re.search(r"GPU|CPU|TPU|Net(?:\b|[-v\d])|(?:Former|former|BERT|GAN|CNN|NN)(?:\b|[-v\d])", name)
    )


def names_data(name: str) -> bool:
    """Whether what was taken for a data set may be one that a number is measured on.

    >>> [names_data(name) for name in ("FernDB", "DenseNet", "reading comprehension", "300-W", "China")]
    [True, False, False, True, False]
    """
    parts = name_words(name)
    return (
        re.search(r"[A-Z\d]", name) is not None
        and re.fullmatch(
            r"(?:[A-Z]\w*-?)?(?:Res|Dense|Mobile|Efficient|Alex|Google|U-|V-)Net(?:[-v\d].*)?|[vV]\d", name
        )
        is None
        and re.fullmatch(r"\d+[kKMB]?-?[a-z]+", name) is None
        and KNOWN_METHOD.match(name) is None
        and not (len(parts) > 1 and head_type(parts) in ("Task", "Method", "Metric") and not is_shaped(parts[0].text))
        and name not in _NO_DATA
        and name not in _NO_NAMES
        and _ORGANISATION.search(name) is None
        and re.fullmatch(r"[A-Z][a-z]+['’]\d\d|.*\bet al\b.*", name) is None  # a citation
        and re.match(r"(?:IEEE|ACM|NeurIPS|NIPS|ICLR|ICML|CVPR|ICCV|ECCV|EMNLP|NAACL|arXiv)\b", name) is None
    )


def named_beside_results(lines: Sequence[Line], tagged: Sequence[Sequence[Mention]]) -> Iterator[Candidate]:
    """Data sets that stand where a result is measured, and that nothing else takes.

    - lists of names that are called data sets, or one of which is one: "57.6, 6.3 and 87.6 on COCO, FernDB and LakeDB"
    - in lines with a number, as a last resort: "41.2% on FernDB", "FernDB (41.2%)", "on Fern leaves dataset"
    """
    for index, line in enumerate(lines):
        text = line.sentence.text[:MAX_SENTENCE]
        if line.zone in ("title", "background", "availability") or not any(c.isdigit() for c in text):
            continue
        at = line.sentence.start
        datasets = [found.span() for found in KNOWN_DATASET.finditer(text)]
        datasets += [(m.start - at, m.end - at) for m in tagged[index] if m.type == "Dataset"]
        for found in _LIST_OF_NAMES.finditer(text):
            members = [one.span(1) for one in _MEMBER.finditer(text, *found.span("list"))]
            is_list = _CLASS_NEXT.match(text, found.end()) is not None
            is_list = is_list or any(start < one[1] and one[0] < end for start, end in datasets for one in members)
            for start, end in members if is_list else []:
                whole = any(a == start and b >= end and not text[end:b].lstrip()[:1].islower() for a, b in datasets)
                if not whole and _may_be_dataset(text[start:end]):
                    yield Candidate(index, at + start, at + end, text[start:end], "Dataset", 0.75, 4)
        for found in _SHORT_BEFORE_CLASS.finditer(text):
            yield Candidate(index, at + found.start(1), at + found.end(1), found["name"], "Dataset", 0.75, 4)
        for pattern in (_ON_NAME, _NAME_WITH_VALUE, _NAME_BEFORE_CLASS):
            for found in pattern.finditer(text):
                start, end = found.span("name")
                if _may_be_dataset(found["name"]):
                    yield Candidate(index, at + start, at + end, found["name"], "Dataset", 0.6, 6)


# "Rotated-MNIST", "ActivityNet-1.3", "ActivityNet v1.2", "BraTS 2017"
_GOES_ON = re.compile(
    r"-\w|(?<=\d)\.\d|\s[vV]\d(?:\.\d)?(?![\w.])|\s(?:19|20)[012]\d(?![\w%]|[.,]\d|\s[a-z]*(?:images|videos))"
)
# "ImageNet 64 × 64" is a data set of small images; 224 × 224 is what a network takes in
_RESOLUTION = re.compile(r"\s?\d\d?\s?[x×]\s?\d\d?(?!\w)")


def known_datasets(lines: Sequence[Line]) -> Iterator[Candidate]:
    """Well-known data sets, taken to the whole word ("Rotated-MNIST"), and their neighbours in lists."""
    for index, line in enumerate(lines):
        text = line.sentence.text[:MAX_SENTENCE]
        for found in _CAMPAIGN.finditer(text):
            start, end = line.sentence.start + found.start(), line.sentence.start + found.end()
            yield Candidate(index, start, end, found.group(), "Dataset", 0.9, 2)
            further = _FURTHER_PAIR.match(text, found.end()) if re.search(_PAIR, found.group()) else None
            if further:  # "WMT 2014 English-German and English-French"
                start, end = line.sentence.start + further.start("name"), line.sentence.start + further.end("name")
                yield Candidate(index, start, end, further["name"], "Dataset", 0.7, 2)
        for found in KNOWN_DATASET.finditer(text):
            start, end = found.span()
            while start and (
                text[start - 1].isalnum() or (text[start - 1] == "-" and start > 1 and text[start - 2].isalnum())
            ):
                start -= 1
            while end < len(text) and (text[end].isalnum() or _GOES_ON.match(text, end)):
                end += 1
            resolution = _RESOLUTION.match(text, end)
            end = resolution.end() if resolution else end
            yield Candidate(
                index, line.sentence.start + start, line.sentence.start + end, text[start:end], "Dataset", 0.88, 2
            )


def listed_datasets(lines: Sequence[Line]) -> Iterator[Candidate]:
    """ "the Corvus and Pica datasets", "on Half-MNIST and Lake 20 benchmarks": names before the class word."""
    acronyms = {line.words[short.first].text for line in lines for short in line.shorts}
    for index, line in enumerate(lines):
        sentence_words = line.words
        known = [found.span() for found in KNOWN_DATASET.finditer(line.sentence.text[:MAX_SENTENCE])]
        for at, word in enumerate(sentence_words):
            if singular(word.text) not in DATASET_HEADS or at == 0 or word.opens:
                continue
            if any(start < word.start < end for start, end in known):
                continue  # "Penn Treebank" is whole
            last = at
            while last > 1 and "[" in sentence_words[last - 1].opens:  # "the Fern Leaves [3] dataset"
                last -= 1
            at = last
            while (
                last > 1
                and at - last < 2
                and sentence_words[last - 1].text.islower()
                and not is_stop(sentence_words[last - 1])
                and not NUMERAL.match(sentence_words[last - 1].text)
            ):
                last -= 1
            if last < at and not _shaped_after_the(sentence_words, last - 1):
                continue
            at = last
            first = at
            while first > 0 and at - first < 24 and _in_list(sentence_words, first - 1):
                first -= 1
            for start, end in _list_groups(sentence_words, first, at):
                name = sentence_words[start:end]
                if all(one.lower in _DOMAINS for one in name) or any(one.text in acronyms for one in name):
                    continue
                if word.lower == "challenge" and head_type(name) == "Task":
                    continue
                if is_generic(name) or not _is_name(name) or any(METRIC.fullmatch(one.text) for one in name):
                    continue
                yield make_candidate(lines, index, start, end, "Dataset", 0.9, 2)


def _shaped_after_the(sentence_words: Sequence[Word], at: int) -> bool:
    """Whether "on the NAME" ends at a word: "on the FernDB random split dataset"."""
    return (
        at >= 2
        and is_shaped(sentence_words[at].text)
        and sentence_words[at - 1].lower == "the"
        and sentence_words[at - 2].lower == "on"
    )


def _in_list(sentence_words: Sequence[Word], at: int) -> bool:
    word = sentence_words[at]
    if word.lower in ("and", "&", "or"):
        return True
    if any(c in ".;:" for c in word.closes) or "[" in word.opens:
        return False
    if word.text == "New" and at + 1 < len(sentence_words) and sentence_words[at + 1].text[0].isupper():
        return True  # "the New York Leaves dataset"
    if word.lower in LEADING or is_stop(word):
        return False
    return word.text[0].isupper() or is_shaped(word.text) or NUMERAL.match(word.text) is not None


def _list_groups(sentence_words: Sequence[Word], first: int, last: int) -> list[tuple[int, int]]:
    groups, start = [], first
    for at in range(first, last):
        if sentence_words[at].lower in ("and", "&", "or"):
            groups.append((start, at))
            start = at + 1
        elif "," in sentence_words[at].closes or "/" in sentence_words[at].closes:
            groups.append((start, at + 1))
            start = at + 1
    groups.append((start, last))
    return [(a, b) for a, b in groups if b > a and b - a <= 5]


def _is_name(name: Sequence[Word]) -> bool:
    if len(name) == 1 and re.fullmatch(r"\d[\d.,]*[KMBT]?", name[0].text):
        return False  # "a curated 1M dataset"
    if not any(one.text[0].isupper() or is_shaped(one.text) for one in name):
        return False
    return not (name[0].start == 0 and len(name) == 1 and not is_shaped(name[0].text))
