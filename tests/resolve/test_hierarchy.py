"""What is above what: from the catalogue, texts and head words, without a cycle."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.records import Concept, ConceptType, Extraction, Mention, Relation
from kg.resolve import Catalogue, PaperNames, Resolver, load_catalogue, paper_names
from kg.resolve.hierarchy import Edge, build_hierarchy

CATALOGUE = load_catalogue()


def paper(type: ConceptType, *names: str, above: tuple[tuple[int, int, float], ...] = ()) -> PaperNames:
    mentions = tuple(Mention("abstract", 50 * i, 50 * i + len(name), name, type, 0.9) for i, name in enumerate(names))
    kind = "SubTask-Of" if type == "Task" else "SubClass-Of"
    return paper_names(
        Extraction(
            "x", mentions=mentions, relations=tuple(Relation(head, tail, kind, score) for head, tail, score in above)
        )
    )


def resolved(*papers: PaperNames, catalogue: Catalogue = CATALOGUE) -> dict[str, Concept]:
    return {concept.key: concept for concept in Resolver(papers, catalogue).concepts()}


@pytest.mark.parametrize(
    ("type", "narrow", "broad"),
    [
        ("Method", "ResNet-50", "resnet"),
        ("Method", "ResNet-1202", "resnet"),
        ("Method", "YOLOv5", "yolo"),
        ("Method", "Deformable DETR", "detr"),
        ("Task", "swan object detection", "object detection"),
        ("Task", "object detection in swan videos", "object detection"),
        ("Task", "text-to-swan image generation", "image generation"),
        ("Metric", "swan accuracy", "accuracy"),
        ("Dataset", "COCO 2040", "coco"),
    ],
)
def test_what_is_above(type: ConceptType, narrow: str, broad: str) -> None:
    found = Resolver([paper(type, narrow)], CATALOGUE)
    (name,) = paper(type, narrow).names
    concept = found.concept(name)
    assert concept is not None
    assert concept.broader == (broad,)
    assert (type, broad) in {(one.type, one.key) for one in found.concepts()}, "what is above is there, too"


@pytest.mark.parametrize(
    ("type", "name"),
    [
        ("Method", "weakly self-supervised learning"),
        ("Dataset", "Fashion-Swan MNIST"),
        ("Metric", "swan average precision at night"),
        ("Task", "translation for question answering"),
    ],
)
def test_what_looks_like_a_kind_and_is_none(type: ConceptType, name: str) -> None:
    (named,) = paper(type, name).names
    concept = Resolver([paper(type, name)], CATALOGUE).concept(named)
    assert concept is not None
    assert not set(concept.broader) & {"supervised learning", "mnist", "precision", "question answering"}


def test_datasets_lead_to_their_tasks() -> None:
    found = resolved(paper("Dataset", "SQuAD", "swan object detection benchmark"))
    assert found["squad"].benchmark_for == ("question answering", "reading comprehension")
    assert found["swan object detection"].benchmark_for == ("object detection",)
    assert found["object detection"].type == "Task"


def test_a_texts_edge_that_closes_a_cycle_is_left_out() -> None:
    found = resolved(
        paper("Task", "swan counting", "goose counting", above=((0, 1, 0.9),)),
        paper("Task", "goose counting", "duck counting", above=((0, 1, 0.7),)),
        paper("Task", "duck counting", "swan counting", above=((0, 1, 0.8),)),
        catalogue=Catalogue(),
    )
    assert {key: one.not_broader for key, one in found.items()} == {
        "duck counting": (),
        "goose counting": ("duck counting",),
        "swan counting": (),
    }


def test_a_text_does_not_turn_the_catalogue_round() -> None:
    found = resolved(paper("Task", "object detection", "3D object detection", above=((0, 1, 0.99),)))
    assert found["object detection"].not_broader == ("3d object detection",)
    assert found["3d object detection"].broader == ("object detection",)


KEYS = ("ant", "bee", "cat", "bee cat", "ant bee cat", "bee cat of ant", "dog", "cat7")
EDGES = st.dictionaries(
    st.builds(Edge, st.just("Task"), st.sampled_from(KEYS), st.sampled_from(KEYS)), st.sampled_from([0.3, 0.8, 0.9])
)


@settings(max_examples=200, deadline=None)
@given(said=EDGES, seed=st.integers(0, 9))
def test_the_hierarchy_has_no_cycle_and_no_order(said: dict[Edge, float], seed: int) -> None:
    concepts = {("Task", key): Concept(key, "Task", key) for key in KEYS}
    pairs, edges = list(concepts.items()), list(said.items())
    random.Random(seed).shuffle(pairs)
    random.Random(seed).shuffle(edges)

    def find(type: ConceptType, form: str) -> str | None:
        return next((key for key in KEYS if key.replace(" ", "") == form), None)

    hierarchy = build_hierarchy(concepts, said, find)  # type: ignore[arg-type]
    assert build_hierarchy(dict(pairs), dict(edges), find) == hierarchy  # type: ignore[arg-type]
    above = {key: set(hierarchy.above.get(("Task", key), ())) for key in KEYS}
    for edge in said:
        if edge.broad not in hierarchy.left_out.get(("Task", edge.narrow), ()):
            above[edge.narrow].add(edge.broad)
    for key in KEYS:
        reached, ahead = set(), list(above[key])
        while ahead:
            one = ahead.pop()
            assert one != key, f"{key} is above itself"
            if one not in reached:
                reached.add(one)
                ahead += above[one]
