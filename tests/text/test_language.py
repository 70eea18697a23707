"""Languages: what is surely not English is recognised, an English paper practically never taken for another."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.records import FIELD_NAMES, FieldName, Sentence
from kg.text import judge, main_language, other_languages, split_sentences

ENGLISH = (
    "We present a small parser for tables in scanned letters. It needs no training data of its own and reads forty "
    "pages in a second. On our collection it finds nine cells in ten."
)
TEXTS = {
    "de": "Wir stellen einen kleinen Parser für Tabellen in eingescannten Briefen vor. Er braucht keine eigenen "
    "Trainingsdaten und liest vierzig Seiten in der Sekunde. In unserer Sammlung findet er neun von zehn Zellen.",
    "fr": "Nous présentons un petit analyseur de tableaux pour les lettres numérisées. Il ne demande aucune donnée "
    "d'apprentissage et lit quarante pages par seconde. Dans notre collection il trouve neuf cellules sur dix.",
    "es": "Presentamos un pequeño analizador de tablas para cartas escaneadas. No necesita datos de entrenamiento "
    "propios y lee cuarenta páginas por segundo. En nuestra colección encuentra nueve de cada diez celdas.",
    "pt": "Apresentamos um pequeno analisador de tabelas para cartas digitalizadas. Ele não precisa de dados de "
    "treinamento próprios e lê quarenta páginas por segundo. Em nossa coleção encontra nove em cada dez células.",
    "it": "Presentiamo un piccolo analizzatore di tabelle per lettere scansionate. Non ha bisogno di dati di "
    "addestramento propri e legge quaranta pagine al secondo. Nella nostra raccolta trova nove celle su dieci.",
    "nl": "Wij stellen een kleine ontleder voor tabellen in gescande brieven voor. Hij heeft geen eigen "
    "trainingsgegevens nodig en leest veertig bladzijden per seconde. Hij vindt negen van de tien cellen.",
    "pl": "Przedstawiamy mały analizator tabel w zeskanowanych listach. Nie potrzebuje własnych danych uczących i "
    "czyta czterdzieści stron na sekundę. W naszym zbiorze znajduje dziewięć na dziesięć komórek.",
    "ru": "Мы представляем небольшой анализатор таблиц в отсканированных письмах. Ему не нужны собственные данные "
    "для обучения, и он читает сорок страниц в секунду.",
    "zh": "我们提出了一种用于扫描信件的小型表格解析器。它不需要自己的训练数据,每秒可以阅读四十页。"
    "在我们的数据集上,它能找到十分之九的单元格。",
    "ja": "本稿では、スキャンされた手紙の表を読む小さな解析器を提案する。独自の学習データを必要とせず、"
    "毎秒四十ページを読む。",
    "ko": "우리는 스캔한 편지의 표를 읽는 작은 분석기를 제안한다. 자체 학습 데이터가 필요 없으며 "
    "초당 마흔 쪽을 읽는다.",
    "ar": "نقدم محللا صغيرا للجداول في الرسائل الممسوحة ضوئيا. لا يحتاج إلى بيانات تدريب خاصة به ويقرأ أربعين صفحة "
    "في الثانية. وفي مجموعتنا يجد تسع خلايا من كل عشر.",
    "fa": "ما یک تجزیه‌گر کوچک برای جدول‌های نامه‌های اسکن‌شده ارائه می‌دهیم. این ابزار به داده‌های آموزشی نیاز ندارد و "
    "در هر ثانیه چهل صفحه می‌خواند.",
    "tr": "Taranmış mektuplardaki tablolar için küçük bir ayrıştırıcı sunuyoruz. Kendi eğitim verisine ihtiyaç duymaz "
    "ve saniyede kırk sayfa okur. Koleksiyonumuzda on hücreden dokuzunu bulur.",
}


def record(**fields: str) -> tuple[Sentence, ...]:
    return tuple(sentence for name in FIELD_NAMES for sentence in split_sentences(name, fields.get(name, "")))


def language(**fields: str) -> str | None:
    sentences = record(**fields)
    return main_language(sentences, other_languages(sentences))


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_a_text_in_another_language_is_recognised(code: str) -> None:
    assert judge(TEXTS[code]) == ("other", code)
    assert language(title="TabNet", abstract=TEXTS[code]) == code
    assert set(other_languages(record(title="TabNet", abstract=TEXTS[code]))) == {code}  # the title goes with it
    assert judge(TEXTS[code].upper()).verdict == "other"


@pytest.mark.parametrize(
    "title",
    [
        "",
        " ",
        "BERT",
        "Quo Vadis, Optimiser?",
        "De Novo Design with Schrödinger Bridges and Kolmogorov-Arnold Kernels",
        "Müller-Łukasiewicz Diagrams à la Poincaré",
        "YOLOv9-Tiny++",
        "$\\alpha$-$\\beta$-VAEs",
        "1234567890 " * 40,
        "https://github.com/juan/redes-neuronales-profundas-para-todos " * 20,
        "\U0001f600\U0001f9d1\U0001f3fd\u200d\U0001f680 " * 100,
        "\ud800\udfff\x00\x0b" * 100,
        "()[]{}<>" * 100,
    ],
)
def test_what_is_too_short_or_no_language_is_taken_as_english(title: str) -> None:
    assert language(title=title) is None
    assert set(other_languages(record(title=title, abstract=ENGLISH))) == {None}


def test_fields_are_judged_apart() -> None:
    sentences = record(title="A small parser for the tables in scanned letters", abstract=TEXTS["de"])
    languages = other_languages(sentences)
    assert languages[0] is None
    assert set(languages[1:]) == {"de"}
    assert main_language(sentences, languages) == "de"


def test_an_abstract_in_two_languages_is_parted() -> None:
    sentences = record(abstract=f"{ENGLISH} {ENGLISH} {TEXTS['fr']} {TEXTS['fr']}")
    languages = other_languages(sentences)
    assert languages[:5] == (None,) * 5
    assert languages[-5:] == ("fr",) * 5
    assert language(abstract=" ".join([ENGLISH] * 4 + [TEXTS["fr"]] * 2)) is None  # the greater part decides
    assert language(abstract=" ".join([ENGLISH] * 2 + [TEXTS["fr"]] * 4)) == "fr"


def test_a_foreign_example_does_not_hide_an_english_paper() -> None:
    text = f'{ENGLISH} Our system renders "der Hund schläft" as "the dog sleeps". {ENGLISH}'
    assert set(other_languages(record(abstract=text))) == {None}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(FIELD_NAMES), st.text(max_size=80)), max_size=8))
def test_every_sentence_is_judged(texts: list[tuple[FieldName, str]]) -> None:
    sentences = tuple(Sentence(name, 0, len(text), text) for name, text in texts)
    languages = other_languages(sentences)
    assert len(languages) == len(sentences)
    assert main_language(sentences, languages) in {None, *languages}
    assert other_languages(sentences) == languages


def test_english_papers_are_not_thrown_out(shared: Path) -> None:
    with gzip.open(shared / "benchmarks" / "acl-links" / "dev.jsonl.gz", "rt", encoding="utf-8", newline="\n") as lines:
        papers = [json.loads(line) for line in lines]
    assert len(papers) > 100
    assert [paper["title"] for paper in papers if language(title=paper["title"])] == []
    both = [(paper["title"], paper["abstract"] or "") for paper in papers]
    assert [title for title, abstract in both if language(title=title, abstract=abstract)] == []
