"""Which names are one concept, within a paper and across papers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.records import (
    Abbreviation,
    Concept,
    ConceptType,
    Extraction,
    FieldName,
    Mention,
    Name,
    Relation,
    Role,
    RoleName,
    Sentence,
    record_from_json,
    record_to_json,
)
from kg.resolve import Catalogue, PaperNames, Resolver, load_catalogue, paper_names
from kg.resolve.names import SurfaceForm, is_short_form
from tests.resolve.pairs import read_pairs, score_pairs

FIELDS: tuple[FieldName, ...] = ("title", "abstract")


def extraction(
    *mentions: tuple[str, ConceptType] | tuple[str, ConceptType, float],
    abbreviations: Sequence[tuple[str, str]] = (),
    relations: Sequence[Relation] = (),
) -> Extraction:
    made, place = [], 0
    for text, type, *score in mentions:
        made.append(Mention("abstract", place, place + len(text), text, type, score[0] if score else 0.9))
        place += len(text) + 1
    defined = [
        Abbreviation("abstract", 1000 * i, 1000 * i + len(short), 0, len(long), short, long)
        for i, (short, long) in enumerate(abbreviations)
    ]
    return Extraction("x", mentions=tuple(made), abbreviations=tuple(defined), relations=tuple(relations))


def concepts_of(papers: Sequence[Extraction], catalogue: Catalogue | None = None) -> list[list[Concept | None]]:
    names = [paper_names(paper) for paper in papers]
    resolver = Resolver(names, catalogue or Catalogue())
    return [[resolver.concept(name) for name in one.names] for one in names]


def keys(papers: Sequence[Extraction], catalogue: Catalogue | None = None) -> list[list[str | None]]:
    return [[one.key if one else None for one in concepts] for concepts in concepts_of(papers, catalogue)]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_pairs_of_names(catalogue: Catalogue) -> None:
    pairs = read_pairs()
    scores = score_pairs(pairs, catalogue)
    assert len(pairs) >= 200
    assert [str(pair) for pair in scores.wrong] == [], "different things were made one"
    assert scores.f1 >= 0.97, [str(pair) for pair in scores.missed]


@pytest.mark.parametrize(
    ("texts", "abbreviations"),
    [
        (("Human-object interaction (HOI) detection", "HOI detection", "human-object interaction detection"), ()),
        (("large language models (LLMs)", "LLMs", "LLM", "Large Language Model"), ()),
        (("Vision-Language (VL) models", "VL models", "vision language model"), [("VL", "Vision-Language")]),
        (("Model Feature Assessment", "MFA"), [("MFA", "Model Feature Assessment")]),
        (("the SwanNet framework", "SwanNet", r"\textbf{SwanNet}"), ()),
        (("graph attention network", "GATs", "GAT model"), [("GAT", "graph attention network")]),
    ],
)
def test_within_a_paper_one_thing_is_one_concept(texts: tuple[str, ...], abbreviations: list[tuple[str, str]]) -> None:
    (found,) = keys([extraction(*((text, "Method") for text in texts), abbreviations=abbreviations)])
    assert None not in found
    assert len(set(found)) == 1


def test_short_and_long_form_are_both_labels() -> None:
    paper = extraction(
        ("Human-object interaction (HOI) detection", "Task"), ("HOI detection", "Task"), ("HOI detection", "Task")
    )
    ((first, second, _),) = concepts_of([paper])
    assert first == second
    assert first is not None
    assert first.label == "HOI detection"
    assert first.alt_labels == ("Human-object interaction (HOI) detection", "Human-object interaction detection")


def test_a_short_form_alone_follows_the_papers_that_define_it() -> None:
    defining = extraction(
        ("swan counting network", "Method"), ("SCN", "Method"), abbreviations=[("SCN", "swan counting network")]
    )
    alone = extraction(("SCN", "Method"), ("SCN decoder", "Method"), ("swan counting network decoder", "Method"))
    first, second = keys([defining, alone])
    assert set(first) == {second[0]} == {"scn"}
    assert second[1] == second[2] != second[0]


def test_a_short_form_with_two_meanings_stays_apart() -> None:
    papers = [
        extraction(("spatial attention mechanism", "Method"), abbreviations=[("SAM", "spatial attention mechanism")]),
        extraction(("swan appearance matrix", "Method"), abbreviations=[("SAM", "swan appearance matrix")]),
        extraction(("SAM", "Method")),
    ]
    assert keys(papers) == [["spatial attention mechanism"], ["swan appearance matrix"], ["sam"]]
    assert keys(papers[1:]) == [["sam"], ["sam"]]


def test_the_papers_own_meaning_goes_before_the_catalogues(catalogue: Catalogue) -> None:
    odd = extraction(("CNN", "Dataset"), ("CNN", "Method"), abbreviations=[("CNN", "Cygnet Nesting Notes")])
    ((first, second),) = keys([odd], catalogue)
    assert first == second == "cygnet nesting note"
    usual = extraction(("CNN", "Method"), abbreviations=[("CNN", "convolution-based neural network")])
    close = extraction(("GCN", "Method"), abbreviations=[("GCN", "graph convolution networks")])
    assert keys([usual, close], catalogue) == [["convolutional neural network"], ["graph convolutional network"]]


def test_the_type_is_voted_within_a_paper_and_kept_apart_across(catalogue: Catalogue) -> None:
    paper = extraction(("SwanNet", "Dataset", 0.5), ("SwanNet", "Method", 0.9), ("SwanNet", "Method", 0.6))
    other = extraction(("SwanNet", "Dataset"))
    (first, *_), (alone,) = concepts_of([paper, other])
    assert first is not None
    assert alone is not None
    assert (first.type, alone.type) == ("Method", "Dataset")
    assert first.same_name_as == (("Dataset", "swannet"),)
    assert alone.same_name_as == (("Method", "swannet"),)


def test_synonyms_are_one_name_where_one_is_a_proper_name() -> None:
    relation = Relation(0, 1, "Synonym-Of", 0.9)
    mentions = (("counting by shadow", "Method"), ("ShadowCount", "Method"))
    assert len(set(keys([extraction(*mentions, relations=[relation])])[0])) == 1
    doubtful = Relation(0, 1, "Synonym-Of", 0.3)
    assert len(set(keys([extraction(*mentions, relations=[doubtful])])[0])) == 2


def test_generic_words_are_no_concept(catalogue: Catalogue) -> None:
    words = ("our approach", "the model", "baselines", "state-of-the-art", "line", "2", "x", "experiments")
    assert keys([extraction(*((word, "Method") for word in words))], catalogue) == [[None] * len(words)]
    known = ("neural networks", "LINE", "deep learning", "multi-task learning framework")
    found = ["neural network", "line", "deep learning", "multi task learning"]
    assert keys([extraction(*((name, "Method") for name in known))], catalogue) == [found]


def test_what_the_catalogue_says(catalogue: Catalogue) -> None:
    paper = extraction(("WER", "Metric"), ("mIoU", "Metric"), ("ResNet50", "Method"))
    ((rate, overlap, network),) = concepts_of([paper], catalogue)
    assert rate is not None
    assert overlap is not None
    assert network is not None
    assert (rate.key, rate.label, rate.higher_is_better, rate.fraction) == (
        "word error rate",
        "Word Error Rate",
        False,
        True,
    )
    assert "WER" in rate.alt_labels
    assert overlap.broader == ("intersection over union",)
    assert network.catalogue_id == "method/resnet-50"
    resolver = Resolver([paper_names(paper)], catalogue)
    existing = {(concept.type, concept.key) for concept in resolver.concepts()}
    assert all((one.type, key) in existing for one in resolver.concepts() for key in one.broader)
    assert ("Method", "neural network") in existing


def test_a_name_that_no_paper_has() -> None:
    resolver = Resolver([], load_catalogue())
    assert resolver.concepts() == ()
    known = resolver.concept(Name("MS COCO", "Dataset"))
    assert known is not None
    assert known.key == "coco"
    new = resolver.concept(Name("Swans of Tuonela", "Dataset"))
    assert new is not None
    assert (new.key, new.label) == ("swan of tuonela", "Swans of Tuonela")


def test_names_of_a_paper_travel_as_json() -> None:
    names = paper_names(
        extraction(("GATs", "Method"), ("the task", "Task"), abbreviations=[("GAT", "graph attention network")])
    )
    assert record_from_json(PaperNames, record_to_json(names)) == names
    assert hash(names) == hash(record_from_json(PaperNames, record_to_json(names)))


@pytest.mark.parametrize(
    ("short", "long"),
    [("GAT", "the graph attention network"), ("LLMs", "large language models"), ("3DGS", "3D Gaussian splatting")],
)
def test_short_forms(short: str, long: str) -> None:
    assert is_short_form(short, long)


@pytest.mark.parametrize(
    ("short", "long"), [("v2", "CASIA"), ("test", "a test"), ("GAT", "a network"), ("", "x"), ("NMT", "Method")]
)
def test_no_short_forms(short: str, long: str) -> None:
    assert not is_short_form(short, long)


SOME_NAMES = st.sampled_from(
    [
        *("COCO", "the COCO dataset", "MS COCO", "SCN", "SCN model", "SCNs", "SAM", "SAM decoder", "model", "Swan-Net"),
        *("swan counting network", "swan counting networks (SCN)", "spatial attention module", "SwanNet framework"),
        *("spatial attention module decoder", "swannet framework", "SwanNet", "DETR", "detr framework"),
    ]
)
DEFINITIONS = st.sampled_from(
    [("SCN", "swan counting network"), ("SAM", "spatial attention module"), ("SAM", "swan model"), ("DETR", "SwanNet")]
)
PAPERS = st.lists(
    st.builds(
        lambda mentions, abbreviations: extraction(*mentions, abbreviations=abbreviations),
        st.lists(
            st.tuples(SOME_NAMES, st.sampled_from(["Method", "Dataset"]), st.sampled_from([0.5, 0.75])), max_size=5
        ),
        st.lists(DEFINITIONS, max_size=2),
    ),
    max_size=6,
)


@settings(max_examples=200, deadline=None)
@given(papers=PAPERS, random=st.randoms(use_true_random=False), seeded=st.booleans())
def test_the_order_of_papers_does_not_matter(papers: list[Extraction], random: object, seeded: bool) -> None:
    catalogue = SEEDED if seeded else Catalogue()
    names = [paper_names(paper) for paper in papers]
    resolver = Resolver(names, catalogue)
    shuffled = list(names)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert Resolver(shuffled, catalogue).concepts() == resolver.concepts()
    identities = [(concept.type, concept.key) for concept in resolver.concepts()]
    assert identities == sorted(set(identities))
    for one in names:
        for name, concept in zip(one.names, map(resolver.concept, one.names), strict=True):
            assert concept is None or (concept in resolver.concepts() and concept.type == name.type)
    for concept in resolver.concepts():
        assert concept.label not in concept.alt_labels
        for type, key in concept.same_name_as:
            assert (type, key) in identities


SEEDED = load_catalogue()


def test_words_for_what_every_paper_does_are_no_names() -> None:
    catalogue = load_catalogue()
    said: list[tuple[str, ConceptType]] = [
        ("detection", "Task"),
        ("CITATION", "Method"),
        ("QA", "Dataset"),
        ("our NLI dataset", "Dataset"),
    ]
    named = [Name(text, type) for text, type in said]
    names = PaperNames(tuple(named), tuple(SurfaceForm(name.text, name, 1) for name in named))
    resolver = Resolver([names], catalogue)
    assert [resolver.concept(name) for name in named] == [None] * len(named)
    kept = {"translation": "machine translation", "NMT": "machine translation", "classification": "classification"}
    assert {text: resolver.concept(Name(text, "Task")).key for text in kept} == kept  # type: ignore[union-attr]
    rte = resolver.concept(Name("RTE", "Dataset"))
    assert rte is not None
    assert rte.catalogue_id is not None, "a data set that has the name of a task, too"


@pytest.mark.parametrize(
    ("role", "score", "named"),
    [("addresses", 0.9, True), ("introduces", 0.9, True), ("addresses", 0.4, False), ("uses", 0.9, False)],
)
def test_a_wide_word_is_a_name_where_the_paper_works_on_it(role: RoleName, score: float, named: bool) -> None:
    mentions = extraction(("classification", "Task"), ("a classification problem", "Task"), ("swan counting", "Task"))
    said = replace(mentions, roles=(Role(0, role, score), Role(2, "addresses", 0.9)))
    names = paper_names(said)
    resolver = Resolver([names], Catalogue())
    found = [resolver.concept(name) for name in names.names]
    assert [one and one.key for one in found] == [*["classification" if named else None] * 2, "swan counting"]
    assert len(resolver.concepts()) == 1 + named


def test_fields_of_study_are_told_from_tasks(catalogue: Catalogue) -> None:
    names = ("NLP", "natural language processing", "Computer Vision", "machine translation", "NLP for swans")
    ((*fields, task, narrower),) = concepts_of([extraction(*((name, "Task") for name in names))], catalogue)
    assert [one and (one.key, one.field) for one in fields] == [
        *[("natural language processing", True)] * 2,
        ("computer vision", True),
    ]
    assert [one and one.field for one in (task, narrower)] == [False, False]
    method = Resolver([], catalogue).concept(Name("deep learning", "Method"))
    assert method is not None
    assert not method.field


def test_what_one_paper_calls_a_known_method_is_no_name_of_it_elsewhere(catalogue: Catalogue) -> None:
    one = extraction(
        ("autoregressive language models", "Method"), ("GPT-2", "Method"), relations=[Relation(0, 1, "Synonym-Of", 0.9)]
    )
    other = extraction(("autoregressive language models", "Method"), ("vision and language distillation", "Method"))
    spelt = extraction(("ViLD", "Method"), abbreviations=[("ViLD", "vision and language distillation")])
    _, second, third = keys([one, other, spelt], catalogue)
    assert second[0] == "autoregressive language model"
    assert second[1] == third[0]
    assert "gpt 2" not in second


def told(text: str, *names: str) -> Extraction:
    """One sentence, with data sets at the places where it names them, from left to right."""
    mentions, place = [], 0
    for name in names:
        place = text.index(name, place)
        mentions.append(Mention("abstract", place, place + len(name), name, "Dataset", 0.9))
        place += len(name)
    return Extraction("x", sentences=(Sentence("abstract", 0, len(text), text),), mentions=tuple(mentions))


@pytest.mark.parametrize(
    "pair", ["English-French", "En-Fr", "EN→FR", "English to French", "the German-English dataset"]
)
def test_a_pair_of_languages_alone_is_no_data_set(pair: str, catalogue: Catalogue) -> None:
    paper = extraction((pair, "Dataset"), ("English Swan Bank", "Dataset"))
    assert keys([paper], catalogue) == [[None, "english swan bank"]]


def test_a_language_alone_is_no_data_set_and_a_pair_stays_a_task() -> None:
    assert keys([extraction(("German", "Dataset"), ("Icelandic", "Dataset"), ("English-German", "Task"))]) == [
        [None, None, "english german"]
    ]


@pytest.mark.parametrize(
    ("text", "names", "wanted"),
    [
        (
            "We train on WMT14 English-German and English-French.",
            ("WMT14 English-German", "English-French"),
            ["wmt 2014 english german", "wmt 2014 english french"],
        ),
        (
            "It reaches 28.4 BLEU on WMT'14 En-De (41.8 on En-Fr, 34.1 on En-Ro).",
            ("WMT'14 En-De", "En-Fr", "En-Ro"),
            ["wmt 2014 english german", "wmt 2014 english french", "wmt14 english romanian"],
        ),
        (
            "Scores on WMT14 English-German are high, and those of swans rise, too, on English-French.",
            ("WMT14 English-German", "English-French"),
            ["wmt 2014 english german", None],
        ),
        (
            "English-French and WMT14 English-German",
            ("English-French", "WMT14 English-German"),
            [None, "wmt 2014 english german"],
        ),
        ("We train on WMT14 and English-French.", ("WMT14", "English-French"), ["wmt 2014", None]),
    ],
)
def test_a_pair_of_languages_goes_on_with_the_campaign_before_it(
    text: str, names: tuple[str, ...], wanted: list[str | None], catalogue: Catalogue
) -> None:
    assert keys([told(text, *names)], catalogue) == [wanted]


def test_a_pair_means_the_same_in_the_whole_paper_unless_it_means_two() -> None:
    def paper(*texts: str) -> Extraction:
        named = [told(text, *re.findall(r"(?:[A-Z]\w*1\d )?[A-Z]\w+-[A-Z]\w+", text)) for text in texts]
        return Extraction(
            "x",
            sentences=tuple(replace(one.sentences[0], field=field) for one, field in zip(named, FIELDS, strict=True)),
            mentions=tuple(
                replace(mention, field=field)
                for one, field in zip(named, FIELDS, strict=True)
                for mention in one.mentions
            ),
        )

    one = paper("English-German is hard.", "On WMT16 English-German and on WMT16 English-Czech it is high.")
    assert keys([one]) == [["wmt16 english german"] * 2 + ["wmt16 english czech"]]
    two = paper("English-German is hard.", "On WMT16 English-German and IWSLT14 English-German it is high.")
    assert keys([two]) == [[None, "wmt16 english german", "iwslt14 english german"]]
