"""Line, Mention -> Candidate: names of data sets, metrics and tasks, by table and pattern; what the tagger found, trimmed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.extract.document import Candidate, Line, make_candidate
from kg.extract.lexicon import ADJECTIVES, GENERIC, HEADS, KNOWN_DATASET, LEADING, METRIC, WELL_KNOWN, words
from kg.extract.phrases import (
    MAX_SENTENCE,
    Word,
    head_type,
    is_generic,
    is_shaped,
    is_stop,
    name_words,
    phrase_at,
    singular,
)
from kg.records import ConceptType, Mention

_TASK_HEADS = words(
    """
    detection recognition segmentation classification retrieval captioning answering translation summarization
    summarisation tracking localization localisation grounding entailment comprehension parsing tagging forecasting
    identification re-identification super-resolution denoising inpainting extraction disambiguation reasoning
    estimation prediction generation perception understanding linking matching verification
    """
)
_LOOSE_HEADS = words(
    "estimation prediction generation perception understanding linking matching verification reasoning"
)
_DOMAINS = words(
    "vision language speech text image video audio nlp cv vl remote sensing medical biomedical clinical legal english "
    "chinese french german spanish arabic hindi japanese korean russian multilingual academic public standard"
)
_LEARNING = {"representation", "robust", "continual", "incremental", "lifelong", "embedding", "few-shot", "zero-shot"}
_DATASET_HEADS = {"dataset", "benchmark", "corpus", "challenge", "testbed", "leaderboard", "treebank", "corpora"}
_NEAR_NUMBER = re.compile(r"\d(?:\\?%|\s?\}?\s?%)?[\s(]*(?:\w+\s){0,2}$|^\W*(?:\w+\s){0,3}[+-]?\d")
_PLAIN_METRIC = re.compile(r"^(?:precision|recall|latency|throughput|EM|PER|CER|AR)$")
_TRIM_BEFORE = LEADING | words("pre-trained pretrained proposed our their its novel new")
_TRIM_AFTER: dict[ConceptType, frozenset[str]] = {
    "Dataset": words("dataset datasets benchmark benchmarks data corpus corpora val validation test test-dev set"),
    "Task": words("task tasks problem problems benchmark benchmarks dataset datasets"),
    "Method": words("model models method methods framework frameworks algorithm approach approaches backbone network"),
    "Metric": words("metric metrics value values"),
}
_PARTING = words("on in for with without via by from using to through towards toward across over as at between under")
_CITATION_KEY = re.compile(r"^[a-z]+(?:19|20)\d\d[a-z]*$")
_FORMULA = re.compile(r"\\?mathcal|\\frac|\\sum|[=<>`\"]|_\{|^\W*\w?\W*$")
_SIZE = re.compile(r"\d+(?:\.\d+)?[KMBTkmbt]?")
_CLASS_WORDS = words("method approach framework model system technique algorithm pipeline architecture")
_BASE_VERBS = words(
    "predict generate detect classify recognize segment learn train improve understand align reconstruct"
)
_NUMERAL = re.compile(r"^(?:v?\d+(?:\.\d+)*|[IVX]{1,4})$")


def tagged_names(lines: Sequence[Line], tagged: Sequence[Sequence[Mention]]) -> Iterator[Candidate]:
    """The tagger's mentions, one tuple a line: parted at prepositions, praise and class words trimmed off.

    What is left and names nothing goes: "frameworks", a data set without a name, a formula.
    """
    for index, mentions in enumerate(tagged):
        for mention in mentions:
            after = lines[index].sentence.text[mention.end - lines[index].sentence.start :][:2]
            if mention.type == "Dataset" and after[:1] == "-" and after[1:].isalpha():
                continue  # "ImageNet-trained"
            before = mention.start - lines[index].sentence.start
            if _FORMULA.search(mention.text) or (before and lines[index].sentence.text[before - 1] in "-_"):
                continue  # a formula, or the end of a word ("large-scale pre-training")
            for part in _parts(name_words(mention.text)):
                type = _own_type(part, mention.type)
                kept = trim(part, type)
                if not _names_something(kept, type, lines[index].zone == "title"):
                    continue
                start, end = kept[0].start, kept[-1].end
                yield Candidate(
                    index, mention.start + start, mention.start + end, mention.text[start:end], type, mention.score, 5
                )


def _parts(mention: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """A mention's pieces between prepositions and slashes; formulas and citation keys are no part of a name."""
    start = 0
    for at in range(len(mention) + 1):
        ends = at == len(mention) or mention[at].lower in _PARTING or "$" in mention[at].text
        ends = ends or mention[at].text == "/" or _CITATION_KEY.match(mention[at].text) is not None
        if not ends:
            if "/" in mention[at].closes:
                yield mention[start : at + 1]
                start = at + 1
            continue
        if at > start:
            yield mention[start:at]
        start = at + 1


def _own_type(name: Sequence[Word], type: ConceptType) -> ConceptType:
    """The tagger's type, but where a head word says otherwise: "contrastive learning" is no task."""
    last = name[-1].lower.rsplit("-", 1)[-1]
    if type == "Dataset" and len(name) == 1 and last in WELL_KNOWN:
        return "Method"
    if type == "Task" and last in ("learning", "training", "pretraining", "distillation", "attention"):
        return "Task" if len(name) > 1 and name[-2].lower in _LEARNING else "Method"
    if type == "Task" and head_type(name) == "Method":
        return "Method"
    return type


def _names_something(name: Sequence[Word], type: ConceptType, is_title: bool) -> bool:
    if not name or (is_generic(name) and not _short_name(name)):
        return False
    if sum(c.isalnum() for word in name for c in word.text) < 2 or name[-1].lower.endswith("supervised"):
        return False
    if name[-1].lower in ("way", "ways", "manner", "fashion") or _SIZE.fullmatch(name[-1].text):
        return False
    if len(name) == 1 and name[0].lower in ADJECTIVES:
        return False
    if type == "Dataset":
        if len(name) > 1 and name[-1].text.islower() and name[-1].text.isalpha():
            return False  # "RS image-text paired (dataset)"
        return any(c.isupper() or c.isdigit() for word in name for c in word.text)
    if type == "Method" and len(name) > 1 and singular(name[-1].text) in _CLASS_WORDS:
        return head_type(name[:-1]) != "Task"  # "object detection frameworks"
    if type == "Task" and (is_stop(name[0]) or name[0].lower in _BASE_VERBS):
        return False
    if type == "Task" and name[0].lower.endswith("ing") and not _may_start(name[0].lower):
        return head_type(name) == "Task" and not is_title and len(name) > 2
    return True


def _short_name(name: Sequence[Word]) -> bool:
    return len(name) == 1 and is_shaped(name[0].text)


def trim(name: Sequence[Word], type: ConceptType) -> Sequence[Word]:
    """A mention's words without praise before and class words after a name.

    >>> " ".join(w.text for w in trim(words_of("the popular COCO benchmark"), "Dataset"))
    'COCO'
    >>> " ".join(w.text for w in trim(words_of("BERT models"), "Method"))
    'BERT'
    >>> " ".join(w.text for w in trim(words_of("language models"), "Method"))
    'language models'
    """
    first, last = 0, len(name)
    while first < last - 1 and name[first].lower in _TRIM_BEFORE:
        first += 1
    tails = _TRIM_AFTER[type]
    while last - first > 1 and name[last - 1].lower in tails:
        if type == "Method" and not is_shaped(name[last - 2].text):
            break
        last -= 1
    return name[first:last]


def known_datasets(lines: Sequence[Line]) -> Iterator[Candidate]:
    """Well-known data sets, taken to the whole word ("10-Split-CIFAR-100"), and their neighbours in lists."""
    for index, line in enumerate(lines):
        text = line.sentence.text[:MAX_SENTENCE]
        for found in KNOWN_DATASET.finditer(text):
            start, end = found.span()
            while start and (
                text[start - 1].isalnum() or (text[start - 1] == "-" and start > 1 and text[start - 2].isalnum())
            ):
                start -= 1
            while end + 1 < len(text) and (text[end].isalnum() or (text[end] == "-" and text[end + 1].isalnum())):
                end += 1
            yield Candidate(
                index, line.sentence.start + start, line.sentence.start + end, text[start:end], "Dataset", 0.88, 2
            )


def listed_datasets(lines: Sequence[Line]) -> Iterator[Candidate]:
    """ "the Borg and Copiale datasets", "on Split-CIFAR100 and CoRe 50 benchmarks": names before the class word."""
    for index, line in enumerate(lines):
        sentence_words = line.words
        acronyms = {
            sentence_words[short.first].text for one in lines for short in one.shorts for sentence_words in (one.words,)
        }
        for at, word in enumerate(sentence_words):
            if singular(word.text) not in _DATASET_HEADS or at == 0 or word.opens:
                continue
            last = at
            while (
                last > 1
                and at - last < 2
                and sentence_words[last - 1].text.islower()
                and not is_stop(sentence_words[last - 1])
                and not _NUMERAL.match(sentence_words[last - 1].text)
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
                if is_generic(name) or not _is_name(name):
                    continue
                yield make_candidate(lines, index, start, end, "Dataset", 0.9, 2)


def _shaped_after_the(sentence_words: Sequence[Word], at: int) -> bool:
    """Whether "on the NAME" ends at a word: "on the So2Sat random split dataset"."""
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
    if any(c in ".;:" for c in word.closes) or word.lower in LEADING or is_stop(word):
        return False
    return word.text[0].isupper() or is_shaped(word.text) or _NUMERAL.match(word.text) is not None


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
    if not any(one.text[0].isupper() or is_shaped(one.text) for one in name):
        return False
    return not (name[0].start == 0 and len(name) == 1 and not is_shaped(name[0].text))


def listed_tasks(lines: Sequence[Line]) -> Iterator[Candidate]:
    """ "four tasks, including code search, clone detection and refinement", "A (SHORT), B and C tasks"."""
    for index, line in enumerate(lines):
        sentence_words = line.words
        for at, word in enumerate(sentence_words):
            if word.lower not in ("tasks", "applications", "problems"):
                continue
            opener = _opens_list(sentence_words, at)
            if opener is not None:
                spans = _forward_items(sentence_words, opener)
            elif word.lower == "tasks":
                spans = _backward_items(sentence_words, at)
            else:
                continue
            for start, end in spans:
                yield make_candidate(lines, index, start, end, "Task", 0.7, 4)


def _opens_list(sentence_words: Sequence[Word], at: int) -> int | None:
    """Where the members of a list start behind "tasks", or None."""
    for there in range(at, min(len(sentence_words) - 1, at + 8)):
        word, following = sentence_words[there], sentence_words[there + 1]
        if ":" in word.closes or following.lower in ("including", "namely", "like") or following.lower == "e.g":
            return there + 1 + (":" not in word.closes)
        if following.lower in ("such", "ranging") and there + 3 < len(sentence_words):
            return there + 3
        if (
            "." in word.closes
            or (word.closes == ","
            and following.lower not in ("including", "such", "ranging", "namely"))
        ):
            return None
    return None


def _forward_items(sentence_words: Sequence[Word], at: int) -> list[tuple[int, int]]:
    items: list[tuple[int, int]] = []
    for _ in range(12):
        while at < len(sentence_words) and sentence_words[at].lower in ("and", "or", "to", "from", "e.g"):
            at += 1
        phrase = phrase_at(sentence_words, at) if at < len(sentence_words) else None
        if phrase is None or phrase[1] - phrase[0] > 6:
            break
        first, last = phrase
        short = last < len(sentence_words) and sentence_words[last].opens.startswith("(")
        names = trim(sentence_words[first:last], "Task")
        if not is_generic(names) and not any(one.text[:1] in "$\\" for one in names):
            items.append((first + (names[0].start > sentence_words[first].start), first + len(names)))
        at = last + short
        closed = sentence_words[at - 1].closes
        following = sentence_words[at].lower if at < len(sentence_words) else ""
        if "." in closed or (")" in closed and not short) or not ("," in closed or following in ("and", "or", "to")):
            break
    return items


def _backward_items(sentence_words: Sequence[Word], at: int) -> list[tuple[int, int]]:
    """The members of "A, B and C tasks": only where an "and" joins the last two."""
    first = at
    while first > 0 and at - first < 24:
        before = sentence_words[first - 1]
        if (is_stop(before) and before.lower not in ("and", "or")) or any(c in ".;:" for c in before.closes):
            break
        first -= 1
    joined = [there for there in range(first, at) if sentence_words[there].lower in ("and", "or")]
    if not joined or joined[-1] >= at - 1:
        return []
    items, start = [], first
    for there in range(first, at + 1):
        ends = there == at or sentence_words[there].lower in ("and", "or")
        comma = there < at and "," in sentence_words[there].closes
        if not (ends or comma):
            continue
        end = there + 1 if comma and not ends else there
        while end > start and sentence_words[end - 1].opens.startswith("("):
            end -= 1
        while start < end and sentence_words[start].lower in LEADING:
            start += 1
        named = sentence_words[start:end]
        task = named and (head_type(named) == "Task" or named[-1].text[0].isupper())
        if 2 <= end - start <= 6 and task and not is_generic(named):
            items.append((start, end))
        start = there + 1
    return items


def metric_names(lines: Sequence[Line]) -> Iterator[Candidate]:
    """Metrics by table; the plain words among them only beside a number."""
    for index, line in enumerate(lines):
        text = line.sentence.text[:MAX_SENTENCE]
        for found in METRIC.finditer(text):
            name = found.group()
            if _PLAIN_METRIC.match(name) and not _beside_number(text, found.start(), found.end()):
                continue
            score = 0.9 if _beside_number(text, found.start(), found.end()) else 0.7
            yield Candidate(
                index,
                line.sentence.start + found.start(),
                line.sentence.start + found.end(),
                name,
                "Metric",
                score,
                2,
            )


def _beside_number(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 24) : start], text[end : end + 24]
    return bool(
        re.search(r"\d(?:\\?%)?\W*(?:[A-Za-z-]+\s){0,2}$", before) or re.match(r"\W*(?:[A-Za-z-]+\s){0,2}\W*\d", after)
    )


def task_names(lines: Sequence[Line]) -> Iterator[Candidate]:
    """Phrases that end in a noun that only tasks end in: "few-shot object detection"."""
    for index, line in enumerate(lines):
        sentence_words = line.words
        for at, word in enumerate(sentence_words):
            head = word.lower.rsplit("-", 1)[-1] if word.lower not in _TASK_HEADS else word.lower
            learns = head == "learning" and at and sentence_words[at - 1].lower in _LEARNING
            if not learns and (
                head not in _TASK_HEADS or (word.lower.endswith("-" + head) and len(word.lower) < len(head) + 4)
            ):
                continue
            first = at
            while first > 0 and at - first < 5 and _joins(sentence_words, first - 1):
                first -= 1
            while first < at and (
                sentence_words[first].lower in LEADING or sentence_words[first].lower in ("task", "tasks")
            ):
                first += 1
            measured = first > 0 and KNOWN_DATASET.fullmatch(sentence_words[first - 1].text) is not None
            if (first == at and head == word.lower and not measured) or is_generic(sentence_words[first : at + 1]):
                continue
            follows = sentence_words[at + 1].lower if at + 1 < len(sentence_words) and not word.closes else ""
            opens = at + 1 < len(sentence_words) and sentence_words[at + 1].opens.startswith("(")
            compound = (
                bool(follows)
                and not opens
                and not is_stop(sentence_words[at + 1])
                and singular(follows) not in _FOLLOWS
            )
            rank = 6 if compound or (head in _LOOSE_HEADS and line.zone != "title") else 4
            yield make_candidate(lines, index, first, at + 1, "Task", 0.45 if compound else 0.65, rank)


_FOLLOWS = _DATASET_HEADS | {"task", "problem", "challenge", "performance", "result", "setting", "accuracy"}


def _joins(sentence_words: Sequence[Word], at: int) -> bool:
    word = sentence_words[at]
    if word.closes or sentence_words[at + 1].opens or is_stop(word) or word.lower in LEADING:
        return False
    if (at and sentence_words[at - 1].lower == "to") or word.lower == "learning":
        return False  # a verb
    if KNOWN_DATASET.fullmatch(word.text) or "$" in word.text or _is_means(word):
        return False
    if word.lower.endswith("ing") and not _may_start(word.lower) and _starts(sentence_words, at):
        return False
    return word.lower not in ("detect", "tasks", "task", "including") and not (
        singular(word.text) in HEADS and word.lower.endswith("s") and HEADS[singular(word.text)] != "Task"
    )


_GERUNDS = words(
    "reading referring moving meeting sensing clustering spelling machine-reading lip-reading learning question-answering "
    "processing modeling modelling imaging engineering programming training pre-training"
)


def _may_start(gerund: str) -> bool:
    return gerund in _GERUNDS or gerund in HEADS or gerund in GENERIC


def _is_means(word: Word) -> bool:
    """Whether a modifier says by what means, not which task: "language-guided", "BERT-based", "detection-based"."""
    if word.lower.endswith(("-guided", "-driven", "-oriented", "-enhanced", "-inspired")):
        return True
    stem = word.text[:-6] if word.lower.endswith("-based") else ""
    return bool(stem) and (stem.lower() in _TASK_HEADS or is_shaped(stem) or any(c.isdigit() for c in stem))


def _starts(sentence_words: Sequence[Word], at: int) -> bool:
    """Whether a gerund starts its phrase, as a verb does ("Diversifying referring object detection")."""
    return at == 0 or is_stop(sentence_words[at - 1]) or sentence_words[at - 1].closes != ""


def used_phrases(lines: Sequence[Line]) -> Iterator[Candidate]:
    """What the paper says it uses, where its last word is a method's: "we employ a two-stage detector"."""
    for index, line in enumerate(lines):
        if line.zone in ("title", "background", "availability"):
            continue
        for at, word in enumerate(line.words[:-1]):
            if word.lower not in _USE_WORDS or word.closes:
                continue
            phrase = phrase_at(line.words, at + 1)
            if phrase is None or phrase[1] - phrase[0] > 5 or phrase[0] - at > 4:
                continue
            kept = trim(line.words[phrase[0] : phrase[1]], "Method")
            if head_type(kept) == "Method" and len(kept) > 1 and _names_something(kept, "Method", False):
                first = phrase[0] + (phrase[1] - phrase[0] - len(kept) if kept[-1] is line.words[phrase[1] - 1] else 0)
                yield make_candidate(lines, index, first, first + len(kept), "Method", 0.55, 6)


def compared_phrases(lines: Sequence[Line]) -> Iterator[Candidate]:
    """What the paper compares with: "improvements over strong supervised training baselines"."""
    for index, line in enumerate(lines):
        if line.zone in ("title", "background", "availability"):
            continue
        for at, word in enumerate(line.words[:-1]):
            if word.lower not in _THAN_WORDS and not (word.lower == "to" and at and line.words[at - 1].lower in _LIKE):
                continue
            phrase = phrase_at(line.words, at + 1)
            if phrase is None or phrase[1] - phrase[0] > 5 or phrase[0] - at > 4 or word.closes:
                continue
            first, last = phrase
            if singular(line.words[last - 1].text) in _CLASS_WORDS | {"baseline", "counterpart"}:
                last -= 1
            if (
                last - first > 1
                and head_type(line.words[first:last]) == "Method"
                and not is_generic(line.words[first:last])
            ):
                yield make_candidate(lines, index, first, last, "Method", 0.55, 6)


_THAN_WORDS = words(
    "than over outperforms outperforming outperform surpasses surpassing surpass unlike beats exceeds versus"
)
_LIKE = words("comparable compared superior competitive similar")
_USE_WORDS = words(
    "integrating integrate incorporating using use uses via employ employs employing leverage leverages leveraging utilize utilizes adopt adopts through into "
    "applying apply combining"
)


def shaped_names(lines: Sequence[Line]) -> Iterator[Candidate]:
    """Words in the shape of a name that nothing else takes: "with Swin-L", "improves DetReg by"."""
    acronyms: dict[str, ConceptType | None] = {}
    for line in lines:
        for short in line.shorts:
            long = line.words[short.long_first : short.long_last]
            acronyms[singular(line.words[short.first].text)] = head_type(long)
    for index, line in enumerate(lines):
        if line.zone in ("title", "availability"):
            continue
        for at, word in enumerate(line.words):
            if (
                len(word.text) < 3
                or not is_shaped(word.text)
                or word.lower in _NO_METHODS
                or _FORMULA.search(word.text)
            ):
                continue
            if _SIZE.fullmatch(word.text) or acronyms.get(singular(word.text), "Method") != "Method":
                continue
            if "http" in word.lower or "/" in word.text or "." in word.text or _NUMERAL.match(word.text):
                continue
            following = line.words[at + 1] if at + 1 < len(line.words) and not word.closes else None
            if following is not None and not is_stop(following) and head_type((following,)) not in (None, "Method"):
                continue
            if METRIC.fullmatch(word.text) or KNOWN_DATASET.fullmatch(word.text):
                continue
            if "-" in word.text and word.text.rsplit("-", 1)[1].islower():
                continue  # "BERT-based"
            yield make_candidate(lines, index, at, at + 1, "Method", 0.55, 7)


_NO_METHODS = words(
    "gpu gpus cpu cpus tpu tpus ram rgb rgb-d sota cvpr iccv eccv neurips icml iclr acl emnlp naacl aaai ieee acm "
    "usa api apis url urls html json pdf faq covid covid-19 ios phd 2d 3d 4d 1d id ids ood iid 100k 10k ai ml nlp "
    "flops gflops params ids html5 kb mb gb tb usd eu uk us i.i.d non-iid x-ray x-rays mri ct"
)


def is_concept_name(text: str, type: ConceptType) -> bool:
    """Whether a mention's text can name a concept at all.

    >>> is_concept_name("framework", "Method"), is_concept_name("siamese head", "Method"), is_concept_name("%", "Metric")
    (False, True, False)
    """
    inside = name_words(text)
    if not inside or not any(c.isalpha() for c in text):
        return False
    if _short_name(inside):
        return True
    if type == "Metric":
        return True
    if head_type(inside) is None and all(word.lower in GENERIC for word in inside):
        return False
    return not is_generic(inside)
