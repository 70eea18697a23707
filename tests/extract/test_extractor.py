"""The extractor's promises: places that hold, answers that company does not change, bounded time, its digest."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extract import MODELS, Extractor, load_extractor
from kg.extract.datasets import known_datasets
from kg.extract.document import lines_of
from kg.extract.names import in_running_text
from kg.records import Extraction, FieldName, Sentence, record_from_json, record_to_json

TITLE = "LumaNet: Light Priors for Night-Time Object Detection"
ABSTRACT = (
    "Object detection at night is hard. In this paper we propose LumaNet, a two-branch detector built on ResNet-50. "
    "We further design an exposure alignment head, which is part of LumaNet. Experiments on COCO and the NightOwl "
    "dataset show that LumaNet outperforms DarkDet by 2.5 AP and reaches 41.2 AP on COCO test-dev with 10% of the "
    "labels. Graph Light Encoding (GLE) helps. Code is available at https://github.com/ann/lumanet."
)
PIECES = st.sampled_from(
    [
        "We propose ",
        "our NovaNet ",
        "dubbed XeNet",
        "(XN) ",
        "object detection ",
        "on COCO ",
        "achieves 41.2% AP",
        " and 3.1 / 4.2 mAP ",
        "by +2.0 points",
        ", ",
        ". ",
        "tasks, including ",
        "Title: ",
        "https://github.com/a/b{https://github.com/a/b}. ",
        "$\\alpha_{2}^{K}$ ",
        "\\textbf{Bold} ",
        "outperforms BERT ",
        "using ",
        "the Foo and Bar datasets ",
        "~",
        "\u2028",
        "\U0001f600 ",
        "naïve ",
        "((",
        "}",
        "--",
        "from 5% to 6% ",
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=25).map("".join), st.text(max_size=120))


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load_extractor()


def assert_consistent(extraction: Extraction, fields: dict[FieldName, str]) -> None:
    mentions = extraction.mentions
    for sentence in extraction.sentences:
        assert fields[sentence.field][sentence.start : sentence.end] == sentence.text
    for mention in mentions:
        assert fields[mention.field][mention.start : mention.end] == mention.text
        assert mention.text == mention.text.strip() != ""
        assert 0 <= mention.score <= 1
    assert [(m.field, m.start, m.end) for m in mentions] == sorted((m.field, m.start, m.end) for m in mentions)
    for one, other in itertools.pairwise(mentions):
        assert one.field != other.field or one.end <= other.start
    for relation in extraction.relations:
        assert relation.head != relation.tail
        assert max(relation.head, relation.tail) < len(mentions)
        assert 0 <= relation.score <= 1
    for role in extraction.roles:
        assert role.mention < len(mentions)
        assert 0 <= role.score <= 1
    for result in extraction.results:
        assert fields[result.field][result.start : result.end] == result.value_text
        assert isinstance(result.value, Decimal)
        for index, kind in (
            (result.metric, "Metric"),
            (result.dataset, "Dataset"),
            (result.task, "Task"),
            (result.method, "Method"),
            (result.baseline, "Method"),
        ):
            assert index is None or mentions[index].type == kind
    for repository in extraction.repositories:
        assert 0 <= repository.start < repository.end <= len(fields[repository.field])
    assert len({(role.mention, role.role) for role in extraction.roles}) == len(extraction.roles)


def test_reads_an_abstract(extractor: Extractor) -> None:
    fields: dict[FieldName, str] = {"title": TITLE, "abstract": ABSTRACT}
    extraction = extractor.extract(fields)
    assert_consistent(extraction, fields)
    text = [mention.text for mention in extraction.mentions]
    roles = {(role.role, text[role.mention]) for role in extraction.roles if role.score >= 0.5}
    assert {
        ("introduces", "LumaNet"),
        ("introduces", "exposure alignment head"),
        ("evaluatesOn", "NightOwl"),
        ("uses", "ResNet-50"),
        ("comparesWith", "DarkDet"),
    } <= roles
    delta, absolute = extraction.results
    assert (delta.kind, str(delta.value), text[delta.metric or 0]) == ("delta", "2.5", "AP")
    assert text[delta.baseline or 0] == "DarkDet"
    assert (absolute.kind, absolute.split, absolute.condition) == ("absolute", "test-dev", "with 10% of the labels")
    assert [(r.url, r.own) for r in extraction.repositories] == [("https://github.com/ann/lumanet", True)]
    assert [(pair.short, pair.long) for pair in extraction.abbreviations] == [("GLE", "Graph Light Encoding")]


def test_relations_have_their_direction(extractor: Extractor) -> None:
    extraction = extractor.extract({"abstract": ABSTRACT})
    text = [mention.text for mention in extraction.mentions]
    found = {(text[r.head], r.type, text[r.tail]) for r in extraction.relations}
    assert ("LumaNet", "Compare-With", "DarkDet") in found
    for relation in extraction.relations:
        if relation.type == "Compare-With":
            assert relation.head < relation.tail
        if relation.type == "Synonym-Of":
            assert relation.head > relation.tail


def test_short_and_long_form_are_synonyms(extractor: Extractor) -> None:
    extraction = extractor.extract({"abstract": "We propose Random Offline Mixing (ROM), a loss for ranking."})
    text = [mention.text for mention in extraction.mentions]
    assert ("ROM", "Synonym-Of", "Random Offline Mixing") in {
        (text[r.head], r.type, text[r.tail]) for r in extraction.relations
    }


def test_one_role_once_a_concept(extractor: Extractor) -> None:
    extraction = extractor.extract({"title": TITLE, "abstract": ABSTRACT})
    introduced = [extraction.mentions[r.mention].text for r in extraction.roles if r.role == "introduces"]
    assert introduced.count("LumaNet") == 1


def test_a_range_keeps_both_ends(extractor: Extractor) -> None:
    extraction = extractor.extract({"text": "Our method brings 1.5~3.0 AP improvements on COCO."})
    (result,) = extraction.results
    assert (result.value, result.minimum, result.maximum) == (Decimal("1.5"), Decimal("1.5"), Decimal("3.0"))


@settings(max_examples=50, deadline=None)
@given(title=TEXTS, abstract=TEXTS)
def test_any_text_is_read_consistently(title: str, abstract: str) -> None:
    fields: dict[FieldName, str] = {"title": title, "abstract": abstract}
    extraction = load_extractor().extract(fields)
    assert_consistent(extraction, fields)
    assert record_from_json(Extraction, record_to_json(extraction)) == extraction


@settings(max_examples=20, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=4))
def test_company_changes_no_answer(texts: list[str]) -> None:
    extractor = load_extractor()
    alone = [extractor.extract({"abstract": text}) for text in texts]
    again = [extractor.extract({"abstract": text}) for text in reversed(texts)][::-1]
    assert alone == again


def test_field_order_changes_no_answer(extractor: Extractor) -> None:
    assert extractor.extract({"title": TITLE, "abstract": ABSTRACT}) == extractor.extract(
        {"abstract": ABSTRACT, "title": TITLE}
    )


def test_sizes_are_no_names(extractor: Extractor) -> None:
    text = "The models were pre-trained on larger images, such as 224x224. On Flowers they use patches of 32 × 32."
    found = extractor.extract({"abstract": text})
    assert not [mention.text for mention in found.mentions if mention.text[0].isdigit()]


def test_the_digest_is_stable(extractor: Extractor) -> None:
    assert load_extractor().info == extractor.info
    assert len(extractor.info.digest) == 64
    assert extractor.extract({"text": ""}).extractor == extractor.info.digest


def test_empty_fields_are_no_fields(extractor: Extractor) -> None:
    assert extractor.extract({"title": "", "abstract": ""}).mentions == ()


COORDINATIONS = [
    ("We propose ZebraNet, a model for image and video captioning.", {"image and video captioning"}),
    (
        "It is tested on named entity recognition and relation extraction.",
        {"named entity recognition", "relation extraction"},
    ),
    ("Our framework handles text and speech translation.", {"text and speech translation"}),
    ("We study semantic and instance segmentation on COCO and LVIS.", {"semantic and instance segmentation"}),
]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("text", "tasks"), COORDINATIONS)
def test_a_coordination_that_shares_its_noun_is_one_name(model: str, text: str, tasks: set[str]) -> None:
    found = load_extractor(model=model).extract({"text": text}).mentions
    assert {mention.text for mention in found if mention.type == "Task"} == tasks


@pytest.mark.parametrize("model", MODELS)
def test_words_that_name_nothing_are_no_mentions(model: str) -> None:
    text = (
        "The proposed detector beats Mask R-CNN; our approach, a simple framework, is a better model than this method."
    )
    found = load_extractor(model=model).extract({"text": text}).mentions
    assert [mention.text for mention in found] == ["Mask R-CNN"]


def test_rules_add_whole_names_of_data_sets_to_running_text() -> None:
    """In a full paper a known name inside a longer one, or of a source, is no data set: the network knows better."""
    text = "The COCO segmentation set, two Wikipedia dumps and RTE - 5 are old, but SQuAD and CoLA are used."
    lines = lines_of([Sentence("text", 0, len(text), text)])
    assert [one.text for one in known_datasets(lines)] == ["COCO", "Wikipedia", "RTE", "SQuAD", "CoLA"]
    assert [one.text for one in in_running_text(lines, known_datasets(lines))] == ["SQuAD", "CoLA"]
