"""Odd texts: each gets an answer, in work that grows as the text does, with places that hold, alone or in company."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extract import Extractor, extraction_to_line, load_extractor
from kg.records import Extraction, FieldName
from tests.conftest import ROOT
from tests.extract.remembering import remember

ROOM = f"{os.sep}kg{os.sep}"
MEGABYTE = 1_000_000
SAYS = "We evaluate BERT on SQuAD and reach 91.5 F1. "
FRENCH = "Nous présentons un petit analyseur de tableaux pour les lettres numérisées, sans données d'apprentissage. "
ARABIC = "نقدم محللا صغيرا للجداول في الرسائل الممسوحة ضوئيا وهو لا يحتاج إلى بيانات تدريب خاصة به. "
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"  # one sign of four, joined
ODD = {
    "empty": "",
    "only blanks": " \t\u00a0\u2003\n" * 1_000,
    "only line ends": "\n" * 100_000,
    "no full stop": SAYS.replace(".", " ") + "ACGTTGCA" * 7 + (" " + "ACGTTGCA" * 7) * (MEGABYTE // 57),
    "one word": "a" * MEGABYTE,
    "right to left": ARABIC * 20 + "\u202bBERT\u202c \u200f" * 50,
    "right to left in English": SAYS + "The word \u2067\u05e9\u05dc\u05d5\u05dd\u2069 means peace. " + SAYS,
    "emoji": (SAYS[:-1] + "\U0001f600\U0001f44d\U0001f3fd" + FAMILY + "\u2764\ufe0f ") * 20,
    "only emoji": FAMILY * 200,
    "addresses": SAYS + " ".join(f"https://github.com/ann/net{number}" for number in range(10_000)),
    "controls": SAYS + "\x00\x01\x0b\x0c\x1b\x7f\x85" * 100 + SAYS,
    "lone surrogates": SAYS + "\ud800 \udfff\udc00" * 100 + SAYS,
    "combining marks": SAYS + "e" + "\u0301" * 5_000 + " Zalgo\u0315\u035c net " + SAYS,
    "opening brackets": SAYS + "(" * 2_000 + SAYS,
    "nested brackets": SAYS + "[" * 1_000 + "BERT" + "]" * 1_000,
    "many brackets": SAYS + "(BERT) " * 300,
    "braces and dollars": SAYS + "{}$" * 500 + SAYS,
    "tags": SAYS + "<b><i a='" * 300 + SAYS,
    "hyphens": SAYS + ("It reaches 4 AP on " + "A-" * 950 + ". ") * 5,
    "brackets behind a long word": SAYS + ("a" * 1_800 + " b (ab)" * 20 + ". ") * 20,
    "line separators": (SAYS[:-1] + "\u2028\u2029\x85\x1e") * 10,
    "long numbers": SAYS + "It reaches " + "9" * 1_000 + " AP and 1" + ",000" * 500 + ".5% accuracy on COCO.",
    "another language": FRENCH * 20,
    "two languages": SAYS * 20 + FRENCH * 20 + "https://github.com/ann/analyseur",
}


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load_extractor()


def assert_places_hold(extraction: Extraction, fields: dict[FieldName, str]) -> None:
    for one in (*extraction.sentences, *extraction.mentions):
        assert fields[one.field][one.start : one.end] == one.text != ""
    for result in extraction.results:
        assert fields[result.field][result.start : result.end] == result.value_text
    for repository in extraction.repositories:
        assert 0 <= repository.start < repository.end <= len(fields[repository.field])
    for pair in extraction.abbreviations:
        assert fields[pair.field][pair.short_start : pair.short_end] == pair.short
        assert fields[pair.field][pair.long_start : pair.long_end] == pair.long
    for before, after in pairwise(extraction.mentions):
        assert before.field != after.field or before.end <= after.start


def line_of(name: str) -> str:
    return json.dumps({"id": name, "text": ODD[name]})


@pytest.mark.timeout(900)  # 10,000 addresses, twice: minutes on a busy machine
def test_the_command_answers_each_as_the_extractor_does_alone(
    extractor: Extractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(monkeypatch)
    lines = [line_of(name) for name in ODD]
    done = subprocess.run(
        [sys.executable, "-m", "tests.extract.remembering", "extract"],
        cwd=ROOT,
        input="\n".join(lines).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = done.stdout.decode().split("\n")
    assert answers.pop() == ""
    assert [json.loads(answer)["id"] for answer in answers] == list(ODD)
    for name, answer in zip(ODD, answers, strict=True):
        extraction = extractor.extract({"text": ODD[name]} if ODD[name] else {})
        assert_places_hold(extraction, {"text": ODD[name]})
        assert extraction_to_line(name, extraction) == answer
        assert len(answer.splitlines()) == 1, name
        strict = json.loads(answer, parse_constant=pytest.fail)
        for mention in strict["mentions"]:
            assert ODD[name][mention["start"] : mention["end"]] == mention["text"]
    found = {name: json.loads(answer) for name, answer in zip(ODD, answers, strict=True)}
    for name, text in ODD.items():
        if text.startswith("We evaluate BERT"):
            assert {"BERT", "SQuAD"} & {mention["text"] for mention in found[name]["mentions"]}, name
    assert len(found["addresses"]["repositories"]) == 10_000
    assert found["another language"]["language"] == "fr"
    assert found["another language"]["mentions"] == []
    assert found["right to left"]["language"] == "ar"
    assert [one["url"] for one in found["two languages"]["repositories"]] == ["https://github.com/ann/analyseur"]
    assert not any(ODD["two languages"][m["start"] :].startswith(FRENCH) for m in found["two languages"]["mentions"])
    assert b"not in English: fr 2, ar 1" in done.stderr


PIECES = st.sampled_from(
    [
        SAYS,
        "We propose GridNet, a detector. ",
        "Graph Attention Network (GAT) beats it by 2.5 points. ",
        "on COCO, ",
        "https://github.com/ann/net ",
        FRENCH,
        ARABIC,
        FAMILY,
        "\U0001f44d\U0001f3fd",
        "\x00",
        "\x0b",
        "\x85",
        "\u2028",
        "\ud800",
        "\udfff",
        "\u0301",
        "\u200d",
        "\u202b",
        "\ufe0f",
        "İ",
        "ﬁ",
        "½",
        "(",
        ")",
        "[",
        "{",
        "}",
        "$",
        "\\textbf{",
        "<b>",
        "&amp;",
        "~",
        "\n\n",
        " ",
    ]
)
MIXED = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=20).map("".join)


@settings(max_examples=50, deadline=None)
@given(title=MIXED, abstract=MIXED)
def test_places_hold_in_any_mixture(title: str, abstract: str) -> None:
    fields: dict[FieldName, str] = {"title": title, "abstract": abstract}
    extraction = load_extractor().extract(fields)
    assert_places_hold(extraction, fields)
    assert load_extractor().extract(fields) == extraction
    json.loads(extraction_to_line("a", extraction).encode(), parse_constant=pytest.fail)


def work(does: Callable[[], object]) -> int:
    """How many lines of our own code run, each turn of a loop counted."""
    lines = 0

    def traced(frame: FrameType, event: str, argument: object) -> Callable[..., object] | None:
        nonlocal lines
        lines += event == "line"
        return traced if ROOM in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(traced)
    try:
        does()
    finally:
        sys.settrace(before)
    return lines


def sentences(kind: str, number: int) -> str:
    return {
        "short forms": f"Alpha{number} Beta Gamma (A{number}BG) is fast and small. ",
        "new names": f"We propose Net{number}X, a detector. It beats Old{number}Y and Net{number}X-Tiny. ",
        "data sets": f"We evaluate it on the Corvus{number} dataset and on the Pica{number} corpus. ",
        "tasks": f"We address rapid thing{number} detection and thing{number} detection. ",
        "results": f"Net{number}X reaches {number}.5 AP on Corvus{number} and {number}.6 F1 on COCO. ",
        "addresses": f"See https://github.com/ann/net{number} and example{number}.org/x. ",
        "chains": f"Net{number}X (Net{number + 1}X) is not Net{number}X. ",
        "blanks": "x.\n\n\n\n \t\n" * 4,
        "brackets": "((([[[{{{" * 4,
        "languages": (FRENCH, SAYS)[number % 2],
    }[kind]


@pytest.mark.parametrize(
    "kind",
    [
        "short forms",
        "new names",
        "data sets",
        "tasks",
        "results",
        "addresses",
        "chains",
        "blanks",
        "brackets",
        "languages",
    ],
)
@pytest.mark.parametrize("field", ["title", "text"])
def test_work_grows_as_the_text_does(
    extractor: Extractor, kind: str, field: FieldName, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The network's work is not counted, and these sentences are alike: what it said of so many words does for others.
    remember(monkeypatch, lambda window: len(window.first))

    def texts(start: int, count: int) -> dict[FieldName, str]:
        body = "".join(sentences(kind, number) for number in range(start, start + count))
        return {field: body, "abstract": body}

    extractor.extract(texts(100, 30))  # what is loaded once
    short = work(lambda: extractor.extract(texts(1000, 30)))
    assert work(lambda: extractor.extract(texts(2000, 120))) < 4.5 * short


def parts(text: str) -> Iterator[dict[FieldName, str]]:
    yield {"text": text}
    yield {"title": text, "abstract": SAYS}
    yield {"title": "A Note", "abstract": text}
    yield {"summary": text}


@pytest.mark.parametrize(
    "name", ["only blanks", "right to left", "emoji", "controls", "lone surrogates", "combining marks", "two languages"]
)
def test_any_field_may_be_odd(extractor: Extractor, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(monkeypatch)
    for fields in parts(ODD[name]):
        assert_places_hold(extractor.extract(fields), fields)
