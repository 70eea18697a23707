"""The tagger that is shipped: offsets, purity, odd input, damaged weights, and that it finds what it should."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import PapertriplesError
from kg.extract import tagger as tagging
from kg.extract.encoder import GRAPH, OWN, PAIRS, PIECES, ROLES, SHARED, TABLES, VECTORS
from kg.extract.tagger import Tagger, load_tagger, read_tagger
from kg.extract.weight_files import MANIFEST, WeightsError
from kg.records import CONCEPT_TYPES, FieldName, Mention
from kg.settings import DEFAULT_MODEL, MODELS
from kg.text import split_sentences

ABSTRACT = (
    "We propose ZebraNet, a convolutional neural network for semantic segmentation. "
    "On COCO and ImageNet-1K it outperforms Mask R-CNN by 2.1 mIoU and reaches 81.5% top-1 accuracy."
)


def tag(literal: str, field: FieldName = "abstract", tagger: Tagger | None = None) -> list[Mention]:
    sentences = split_sentences(field, literal)
    return [mention for mentions in (tagger or load_tagger()).tag(sentences) for mention in mentions]


def test_an_abstract_of_ours() -> None:
    found = {(mention.text, mention.type) for mention in tag(ABSTRACT)}
    assert found >= {
        ("ZebraNet", "Method"),
        ("convolutional neural network", "Method"),
        ("semantic segmentation", "Task"),
        ("COCO", "Dataset"),
        ("ImageNet-1K", "Dataset"),
        ("Mask R-CNN", "Method"),
        ("mIoU", "Metric"),
    }


def test_a_title() -> None:
    found = {(mention.text, mention.type) for mention in tag("ZebraNet: Stripes for Object Detection", "title")}
    assert ("Object Detection", "Task") in found
    assert ("ZebraNet", "Method") in found


def test_prose_without_names() -> None:
    assert tag("We thank everybody who helped us on the way. The weather was fine that day.") == []


def test_relations_and_roles_of_any_spans() -> None:
    literal = "We train ZebraNet on COCO for object detection."
    (sentence,) = split_sentences("abstract", literal)
    tagged = load_tagger().read([sentence])
    network, data, task = (
        (literal.index(name), literal.index(name) + len(name)) for name in ("ZebraNet", "COCO", "object detection")
    )
    spans = [(*network, "Method"), (*data, "Dataset"), (*task, "Task")]
    found = {(one.head, one.tail, one.type) for one in tagged.relations(0, spans)}  # type: ignore[arg-type]
    assert (0, 1, "Trained-With") in found
    assert (0, 2, "Used-For") in found
    assert all(head != tail for head, tail, _ in found)
    roles = tagged.roles(0, (*network, "Method"))
    assert set(roles) == {"introduces", "addresses", "uses", "evaluatesOn", "comparesWith"}
    assert all(0.0 <= chance <= 1.0 for chance in roles.values())
    assert tagged.roles(0, (8, 8, "Method")) == {}  # between two words


def check(literal: str, mentions: list[Mention]) -> None:
    last = 0
    for mention in mentions:
        assert literal[mention.start : mention.end] == mention.text != ""
        assert mention.start >= last
        last = mention.end
        assert mention.type in CONCEPT_TYPES
        assert 0.0 <= mention.score <= 1.0
        assert round(mention.score, 4) == mention.score


PARTS = st.sampled_from(
    [
        "BERT ",
        "the COCO dataset ",
        "object detection (OD) ",
        "$\\textit{Q}^2$-Net ",
        "\\textbf{mAP} ",
        "ImageNet-1K, ",
        "We propose ",
        "for ",
        "2.1% AP$_{50}$. ",
        "<i>F</i>1 ",
        "&amp; ",
        "שלום ",
        "😀",
        "\x00",
        "(",
        ")",
        "-",
        "ﬁne-tuning ",
        ". ",
        "\n\n",
    ]
)


@given(st.lists(st.one_of(PARTS, st.text(max_size=5)), max_size=25).map("".join))
@settings(max_examples=60, deadline=None)
def test_offsets(literal: str) -> None:
    check(literal, tag(literal))


@given(st.lists(st.lists(PARTS, min_size=1, max_size=8).map("".join), min_size=2, max_size=4))
@settings(max_examples=25, deadline=None)
def test_a_text_alone_and_among_others(literals: list[str]) -> None:
    alone = [tag(literal) for literal in literals]
    assert [tag(literal) for literal in reversed(literals)] == alone[::-1]


def test_a_text_alone_and_among_others_with_the_best_model() -> None:
    best = load_tagger(model="best")
    literals = (ABSTRACT, "ZebraNet: Stripes for Object Detection", "BERT is trained on the COCO dataset.")
    alone = [tag(literal, tagger=best) for literal in literals]
    assert [tag(literal, tagger=best) for literal in reversed(literals)] == alone[::-1]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("literal", [ABSTRACT, "ZebraNet: Stripes for Object Detection", ABSTRACT * 9])
def test_one_thread_or_two(literal: str, model: str) -> None:
    one, two = (read_by(threads, model) for threads in (1, 2))
    assert tag(literal, tagger=one) == tag(literal, tagger=two) != []
    (first, *_) = sentences = split_sentences("abstract", literal)
    span = (0, len(first.text), "Method")
    assert one.read(sentences).roles(0, span) == two.read(sentences).roles(0, span)  # type: ignore[arg-type]


@functools.cache
def read_by(threads: int, model: str) -> Tagger:
    return read_tagger(resources.files("kg.extract") / "weights", threads, model)


@pytest.mark.parametrize(
    "literal", ["", " ", "\x00\x01", "😀 😀", "שלום עולם", "()", "-", "$$", "\\", "\u200b", "7 8 9"]
)
def test_odd_input(literal: str) -> None:
    check(literal, tag(literal))


def test_a_text_longer_than_any_paper_is_read_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagging, "MOST_WINDOWS", 3)
    tagger = load_tagger()
    read = []
    reader = tagger.networks.read
    monkeypatch.setattr(tagger.networks, "read", lambda window: read.append(window) or reader(window))  # type: ignore[func-returns-value]
    mentions = tag("We evaluate BERT on COCO. " * 2000)
    assert len(read) == 3
    assert mentions


def test_the_digest_needs_no_weights(tmp_path: Path) -> None:
    content = (resources.files("kg.extract") / "weights" / MANIFEST).read_bytes()
    (tmp_path / MANIFEST).write_bytes(content)
    assert read_tagger(tmp_path).digest == load_tagger().digest
    assert len(load_tagger().digest) == 64


def test_the_weights_are_small_and_noted() -> None:
    folder = resources.files("kg.extract") / "weights"
    names = json.loads((folder / MANIFEST).read_bytes())["files"]
    assert set(names) == {*SHARED, *(f"{model}/{name}" for model in MODELS for name in OWN)}
    sizes = {name: len(folder.joinpath(*name.split("/")).read_bytes()) for name in names}
    assert sum(size for name, size in sizes.items() if name in SHARED or DEFAULT_MODEL in name) <= 60_000_000
    assert sum(sizes.values()) <= 90_000_000
    assert "GPL-3.0" in (folder / "LICENSE-weights.md").read_text(encoding="utf-8")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    folder = resources.files("kg.extract") / "weights"
    (tmp_path / DEFAULT_MODEL).mkdir()
    for name in (*SHARED, *(f"{DEFAULT_MODEL}/{name}" for name in OWN), MANIFEST):
        (tmp_path / name).write_bytes(folder.joinpath(*name.split("/")).read_bytes())
    return tmp_path


def test_the_best_model_reads_too() -> None:
    best = load_tagger(model="best")
    assert best.digest != load_tagger().digest
    found = {(mention.text, mention.type) for mention in tag(ABSTRACT, tagger=best)}
    assert found >= {("ZebraNet", "Method"), ("semantic segmentation", "Task"), ("COCO", "Dataset")}
    check(ABSTRACT, tag(ABSTRACT, tagger=best))


def beside(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """The shipped weights, linked to, with a manifest that is changed."""
    shipped = Path(str(resources.files("kg.extract") / "weights"))
    for path in shipped.iterdir():
        if path.name != MANIFEST:
            (folder / path.name).symlink_to(path)
    manifest = json.loads((shipped / MANIFEST).read_bytes())
    change(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def test_spans_get_the_weighted_mean_of_both_networks(tmp_path: Path) -> None:
    sentences = split_sentences("abstract", ABSTRACT)
    alone = read_tagger(beside(tmp_path, lambda manifest: manifest.pop("with")), model="best")
    fast, best, both = load_tagger(), alone, load_tagger(model="best")
    (window,) = both.windows(sentences)
    chances = [tagger.networks.read(window).spans for tagger in (fast, best, both)]
    metric = CONCEPT_TYPES.index("Metric")  # the only type that stays the larger network's own
    share = json.loads((tmp_path / "best" / TABLES).read_bytes())["share_of_companion"]
    assert 0 < share < 1
    mean = share * chances[0] + (1 - share) * chances[1]
    mean[..., metric] = chances[1][..., metric]
    np.testing.assert_allclose(chances[2], mean, rtol=1e-12)
    assert not np.array_equal(chances[0], chances[1])
    span = (11, 19, "Method")  # relations and roles are its own
    assert both.read(sentences).roles(0, span) == alone.read(sentences).roles(0, span) != {}  # type: ignore[arg-type]


def test_a_relation_of_ends_that_may_be_none_is_left_out() -> None:
    literal = "We train ZebraNet on COCO for object detection."
    tagged = load_tagger(model="best").read(split_sentences("abstract", literal))
    spans = [(9, 17, "Method"), (21, 25, "Dataset")]
    surely, hardly = (tagged.relations(0, spans, sure) for sure in ((0.9, 0.9), (0.3, 0.3)))  # type: ignore[arg-type]
    assert [(one.head, one.tail, one.type) for one in surely] == [(0, 1, "Trained-With")]
    assert hardly == []
    fast = load_tagger().read(split_sentences("abstract", literal))
    assert fast.relations(0, spans, (0.3, 0.3)) == fast.relations(0, spans) != []  # type: ignore[arg-type]


def test_the_digest_names_the_companion_s_files(tmp_path: Path) -> None:
    def spoil(manifest: dict[str, Any]) -> None:
        manifest["files"]["fast/encoder.onnx"] = "0" * 64

    tagger = read_tagger(beside(tmp_path, spoil), model="best")
    assert tagger.digest != load_tagger(model="best").digest
    with pytest.raises(WeightsError, match=r"fast/encoder.onnx is damaged"):
        tag(ABSTRACT, tagger=tagger)


@pytest.mark.parametrize(
    ("companions", "message"),
    [
        ([], "is damaged: expected an object with the digests of the files .'files'. and the models"),
        ({"best": 3}, "is damaged"),
        ({"best": "other"}, "names no file of the model 'other'"),
    ],
)
def test_a_companion_that_is_none(tmp_path: Path, companions: object, message: str) -> None:
    folder = beside(tmp_path, lambda manifest: manifest.update({"with": companions}))
    with pytest.raises(WeightsError, match=message):
        read_tagger(folder, model="best")


def test_a_model_that_is_not_there(copied: Path) -> None:
    with pytest.raises(WeightsError, match="names no file of the model 'other'"):
        read_tagger(copied, model="other")


@pytest.mark.parametrize("name", [f"{DEFAULT_MODEL}/{GRAPH}", VECTORS, PIECES, f"{DEFAULT_MODEL}/{TABLES}"])
def test_damaged_weights(copied: Path, name: str) -> None:
    content = bytearray((copied / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / name).write_bytes(bytes(content))
    with pytest.raises(WeightsError, match=f"{name} is damaged"):
        tag(ABSTRACT, tagger=read_tagger(copied))


@pytest.mark.parametrize("name", [f"{DEFAULT_MODEL}/{PAIRS}", f"{DEFAULT_MODEL}/{ROLES}"])
def test_damaged_heads(copied: Path, name: str) -> None:
    (copied / name).write_bytes(b"")
    with pytest.raises(WeightsError, match=f"{name} is damaged"):
        read_tagger(copied).read(split_sentences("abstract", ABSTRACT))


def test_missing_weights(copied: Path) -> None:
    (copied / DEFAULT_MODEL / GRAPH).unlink()
    with pytest.raises(PapertriplesError, match=f"{GRAPH} is missing"):
        tag(ABSTRACT, tagger=read_tagger(copied))
    (copied / MANIFEST).unlink()
    with pytest.raises(PapertriplesError, match=f"{MANIFEST} is missing"):
        read_tagger(copied)


@pytest.mark.parametrize("content", ["", "[]", '{"files": 3}', '{"files": {"a": 1}}'])
def test_a_damaged_manifest(copied: Path, content: str) -> None:
    (copied / MANIFEST).write_text(content, encoding="utf-8")
    with pytest.raises(WeightsError, match=f"{MANIFEST} is damaged"):
        read_tagger(copied)


def test_a_manifest_that_leaves_a_file_out(copied: Path) -> None:
    manifest = json.loads((copied / MANIFEST).read_bytes())
    del manifest["files"][PIECES]
    (copied / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(WeightsError, match=f"does not name {PIECES}"):
        tag(ABSTRACT, tagger=read_tagger(copied))
