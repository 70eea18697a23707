"""Name -> normal form: what stays of a name when everything that does not change its meaning is taken off.

Case, accents, hyphens, plural, British spelling, LaTeX marks, Greek letters, articles, and words that only repeat the
type ("COCO *dataset*", "*the* DETR *framework*", "object detection *task*"). What tells things apart stays: versions
and sizes (YOLOv5 is not YOLOv8, ResNet-50 not ResNet-101), C and C++, qualifying words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from kg.records import ConceptType
from kg.resolve.spelling import american, compounds, singular
from kg.resolve.words import (
    ADJECTIVE_KEPT_BEFORE,
    ADJECTIVES,
    BARE_SPLITS,
    DETERMINERS,
    DIMENSIONS,
    GENERIC,
    NOT_BEFORE_A_NUMBER,
    SPLITS,
    SUFFIX_KEPT_AFTER,
    SUFFIXES,
)

_GREEK = {
    letter: unicodedata.name(letter).rsplit(" ", 1)[1].lower().replace("lamda", "lambda")
    for letter in "αβγδεζηθικλμνξοπρστυφχψω"
}
_GREEK.update({letter.upper(): name for letter, name in list(_GREEK.items())})
_LONE_GREEK = re.compile(r"(?<![Ͱ-Ͽ])([Α-Ωα-ω])(?![Ͱ-Ͽ])")

_ACRONYM_PLURAL = re.compile(r"\b([A-Z][A-Za-z0-9]*[A-Z]|[A-Z]+\d+)s\b")  # "YOLOv5s" is a size, no plural
_OURS = re.compile(r"\s*[(\[]ours[)\]]", re.IGNORECASE)
_THRESHOLD = re.compile(r"(?:iou)?(0?\.\d*?[1-9])0*")  # of a metric: "AP@IoU=0.50"
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b|(?<=s)['’](?=\s|$)")
_MARKED_DIGIT = re.compile(r"[_^]\s*(?=\d)")  # AP_50, X^2
_PERCENT = re.compile(r"(?<=\d)\s?\\?%")  # "ImageNet 1%" is no version of ImageNet
_MARKS = re.compile(r"[_^'’,@&]")
_LETTER_A = re.compile(r"\b(A)-(?=[A-Z])")  # A-OKVQA: no article
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_WORD = re.compile(r"\d+(?:\.\d+)+(?![.\d])\w*|[^\W_]+(?:(?<=\d)\.\d+[^\W_]*)*(?:\++|\#)?(?![^\W_])|[^\W_]+")
_YEAR_AFTER_LETTERS = re.compile(r"(?<=[a-z])((?:19[5-9]|20[0-4])\d)$")
_YEAR = re.compile(r"(?:19[5-9]|20[0-4])\d")
_SIZE_OR_VERSION = re.compile(r"v?\d+(?:\.\d+)*|\d+(?:\.\d+)*[kmb]")
_ENDS_IN_DIGIT = re.compile(r".*\d[kmb]?")
_BLANK = re.compile(r"(?<=[^\W\d_]) (?=\w)|(?<=\d) (?=[^\W\d_])")
_ASCII_WORD = re.compile(r"[a-z]+")


class _Word(NamedTuple):  # made a million times: a tenth of a dataclass's cost
    text: str
    strong: bool = False  # capitals within, or a digit beside letters: part of a proper name


@lru_cache(maxsize=200_000)
def normal_form(text: str, type: ConceptType | None = None) -> str:
    """The normal form of a readable name: lower-case words between single spaces; "" where no word is left.

    With a ``type``, words that only repeat it are taken off, too. Idempotent.

    >>> [normal_form(name, "Dataset") for name in ("the COCO dataset", "MS-COCO", "ImageNet-1K", "CoNLL2003")]
    ['coco', 'ms coco', 'imagenet1k', 'conll 2003']
    >>> [normal_form(name, "Method") for name in ("the DETR framework", "ResNet-50", "C++", "β-VAEs", "language model")]
    ['detr', 'resnet50', 'c++', 'beta vae', 'language model']
    >>> [normal_form(name, "Metric") for name in ("AP_{50}", "F1-scores", "Recall@10")]
    ['ap50', 'f1', 'recall at 10']
    >>> [normal_form(name, "Dataset") for name in ("ImageNet - 10% labeled data", "ImageNet-10")]
    ['imagenet 10percent labeled data', 'imagenet10']
    """
    return _settled(_once(text, type), type)


@lru_cache(maxsize=200_000)
def _settled(form: str, type: ConceptType | None) -> str:
    """The form when nothing more can be taken off; most names are spellings of few forms."""
    for _ in range(8):
        again = _once(form, type)
        if again == form:
            return form
        form = again
    return form


def matching_form(form: str) -> str:
    """What normal forms are compared by: spaces taken out but between digits, so that "u net" is "unet".

    >>> [matching_form(form) for form in ("u net", "point net++", "llama2 7b", "3d u net", "word2 vec")]
    ['unet', 'pointnet++', 'llama2 7b', '3dunet', 'word2vec']
    """
    return _BLANK.sub("", form)


def is_generic(form: str) -> bool:
    """Whether a normal form is no name: only words such as "model", numbers and single letters, or nothing.

    >>> [is_generic(form) for form in ("proposed model", "state of the art", "2", "x", "", "model compression")]
    [True, True, True, True, True, False]
    """
    return all(word in GENERIC or _no_word(word) for word in form.split())


def without_suffix(form: str, type: ConceptType) -> str | None:
    """The form without its last word, where that only repeats the type; None else.

    "Network" says more than that, unless it follows a proper name, where the normal form has lost it already.

    >>> without_suffix("transformer architecture", "Method"), without_suffix("transformer", "Method")
    ('transformer', None)
    """
    rest, _, last = form.rpartition(" ")
    if not rest or last not in SUFFIXES[type] - {"network"} or rest.split()[-1] in SUFFIX_KEPT_AFTER:
        return None
    return rest


def is_strong(text: str) -> bool:
    """Whether a name is written as a proper name: capitals within a word, or a digit beside letters.

    >>> [is_strong(name) for name in ("COCO", "ImageNet", "YOLOv5", "Cityscapes", "3D", "object detection")]
    [True, True, True, False, False, False]
    """
    return any(_is_strong_word(word) for word in _WORD.findall(text))


def _no_word(word: str) -> bool:
    if len(word) == 1:
        return word.isascii() or not word.isalpha()
    return not word.isalpha() and not any(c.isalpha() for c in word)


@lru_cache(maxsize=100_000)
def _is_strong_word(word: str) -> bool:
    if word.isalpha():
        return not word[1:].islower() and any(c.isupper() for c in word[1:])
    if not any(c.isdigit() for c in word):
        return any(c.isupper() for c in word[1:])
    lower = word.lower()
    return lower not in DIMENSIONS and any(c.isalpha() for c in word) and not _SIZE_OR_VERSION.fullmatch(lower)


def _once(text: str, type: ConceptType | None) -> str:
    words = _words(text)
    words = _join_numbers(_respell(words))
    words = _without_leading(words, type)
    if type == "Metric":
        words = _plain_thresholds(words)
    if type is not None:
        words = _without_trailing(words, type)
    return " ".join(word.text for word in words)


def _plain_thresholds(words: list[_Word]) -> list[_Word]:
    """ "ap at iou0.50" and "ap at .5" are "ap at 0.5"."""
    made: list[_Word] = []
    for word in words:
        found = _THRESHOLD.fullmatch(word.text) if made and made[-1].text in ("at", "iou") else None
        if found is None:
            made.append(word)
            continue
        if made[-1].text == "iou" and len(made) > 1:
            made.pop()
        made.append(_Word("0" + found[1].removeprefix("0"), word.strong))
    return made


def _words(text: str) -> list[_Word]:
    if "ours" in text.lower():
        text = _OURS.sub("", text)
    if "%" in text:
        text = _PERCENT.sub("percent", text)
    if _MARKS.search(text):
        text = _MARKED_DIGIT.sub("", text)
        text = _POSSESSIVE.sub("", text).replace("'", "").replace("’", "")
        text = _THOUSANDS.sub("", text).replace("@", " at ").replace("&", " and ")
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = _LONE_GREEK.sub(lambda found: f" {_GREEK[found[1]]} ", text)
        text = unicodedata.normalize("NFC", "".join(map(_without_accent, text)))
    if not text.islower():
        text = _ACRONYM_PLURAL.sub(r"\1", _LETTER_A.sub(r"\1", text))
    return [_Word(word.lower(), _is_strong_word(word)) for word in _WORD.findall(text)]


def _without_accent(letter: str) -> str:
    if letter.isascii():
        return letter
    base = unicodedata.normalize("NFKD", letter)
    return base[0] if base[0].isascii() and base[0].isalpha() else letter


def _respell(words: list[_Word]) -> list[_Word]:
    made: list[_Word] = []
    for word in words:
        texts = _respelled(word.text)
        made.append(word if texts[0] == word.text else _Word(texts[0], word.strong))
        made.extend(_Word(text) for text in texts[1:])
    spelled = [word.text for word in made]
    changed = compounds(spelled)
    if changed == spelled:
        return made
    strong = {word.text for word in made if word.strong}
    return [_Word(text, text in strong) for text in changed]


@lru_cache(maxsize=100_000)
def _respelled(word: str) -> tuple[str, ...]:
    """A lower-case word in the singular and in American spelling; a year at its end is a word of its own."""
    if _ASCII_WORD.fullmatch(word):
        return (american(singular(word)),)
    year = _YEAR_AFTER_LETTERS.search(word)
    return (word[: year.start()], year[1]) if year else (word,)


def _join_numbers(words: list[_Word]) -> list[_Word]:
    """ "resnet 50" is "resnet50", "yolo v5" "yolov5", "3 d" "3d"; years stand alone."""
    made: list[_Word] = []
    for word in words:
        before = made[-1].text if made else ""
        if word.text == "d" and before in ("2", "3", "4"):
            made[-1] = _Word(before + "d")
        elif (
            before
            and _SIZE_OR_VERSION.fullmatch(word.text)
            and not _YEAR.fullmatch(word.text)
            and before[-1].isalpha()
            and before not in NOT_BEFORE_A_NUMBER
            and not _ENDS_IN_DIGIT.fullmatch(before)
        ):
            made[-1] = _Word(before + word.text, strong=True)
        else:
            made.append(word)
    return made


def _without_leading(words: list[_Word], type: ConceptType | None) -> list[_Word]:
    adjectives = ADJECTIVES[type] if type else frozenset()
    while len(words) > 1:
        first, second = words[0].text, words[1].text
        if first in DETERMINERS:
            dropped = not words[0].strong
        else:
            dropped = first in adjectives and second not in ADJECTIVE_KEPT_BEFORE
        if not dropped:
            break
        words = words[1:]
    return words


def _without_trailing(words: list[_Word], type: ConceptType) -> list[_Word]:
    if type == "Dataset":
        words = _without_split(words)
    while len(words) > 1 and words[-1].text in SUFFIXES[type]:
        rest, last = words[:-1], words[-2]
        if last.text in SUFFIX_KEPT_AFTER or is_generic(" ".join(word.text for word in rest)):
            break
        if type == "Method" and not last.strong:
            break
        words = rest
    return words


def _without_split(words: list[_Word]) -> list[_Word]:
    form = " ".join(word.text for word in words)
    for pattern in (SPLITS, BARE_SPLITS):
        for found in re.finditer(pattern, form):
            if found.end() == len(form):
                kept = words[: len(form[: found.start()].split())]
                if kept and not is_generic(" ".join(word.text for word in kept)):
                    return kept
    return words
