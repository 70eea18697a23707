"""The tagger that is shipped: offsets, purity, odd input, damaged weights, and that it finds what it should."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import PapertriplesError
from kg.extract.spans import spans_of, tidy
from kg.extract.tagger import CLUSTERS, MANIFEST, MODEL, TABLES, WeightsError, load_tagger, read_tagger
from kg.records import CONCEPT_TYPES, FieldName, Mention
from kg.text import split_sentences, tokenize

ABSTRACT = (
    "We propose ZebraNet, a convolutional neural network for semantic segmentation. "
    "On COCO and ImageNet-1K it outperforms Mask R-CNN by 2.1 mIoU and reaches 81.5% top-1 accuracy."
)


def tag(literal: str, field: FieldName = "abstract") -> list[Mention]:
    return [mention for mentions in load_tagger().tag(split_sentences(field, literal)) for mention in mentions]


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
        ("top-1 accuracy", "Metric"),
    }


def test_a_title() -> None:
    found = {(mention.text, mention.type) for mention in tag("ZebraNet: Stripes for Object Detection", "title")}
    assert ("Object Detection", "Task") in found
    assert ("ZebraNet", "Method") in found


def test_prose_without_names() -> None:
    assert tag("We thank everybody who helped us on the way. The weather was fine that day.") == []


def check(literal: str, mentions: list[Mention]) -> None:
    last = 0
    for mention in mentions:
        assert literal[mention.start : mention.end] == mention.text != ""
        assert mention.start >= last
        last = mention.end
        assert mention.type in CONCEPT_TYPES
        assert 0.0 <= mention.score <= 1.0
        assert round(mention.score, 4) == mention.score


PIECES = st.sampled_from(
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


@given(st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=25).map("".join))
@settings(max_examples=150, deadline=None)
def test_offsets(literal: str) -> None:
    check(literal, tag(literal))


@given(st.lists(st.lists(PIECES, min_size=1, max_size=8).map("".join), min_size=1, max_size=5))
@settings(max_examples=50, deadline=None)
def test_alone_or_among_others(literals: list[str]) -> None:
    sentences = [sentence for literal in literals for sentence in split_sentences("abstract", literal)]
    together = load_tagger().tag(sentences)
    assert together == [load_tagger().tag([sentence])[0] for sentence in sentences]
    assert together[::-1] == load_tagger().tag(sentences[::-1])


@pytest.mark.parametrize(
    "literal", ["", " ", "\x00\x01", "😀 😀", "שלום עולם", "()", "-", "$$", "\\", "\u200b", "7 8 9"]
)
def test_odd_input(literal: str) -> None:
    check(literal, tag(literal))


@pytest.mark.parametrize("piece", ["word ", "a", "BERT on COCO and ", "( "])
def test_a_megabyte_without_a_full_stop(piece: str) -> None:
    literal = piece * (1_000_000 // len(piece))
    begun = time.perf_counter()
    check(literal, tag(literal))
    assert time.perf_counter() - begun < 60


def test_digest_is_the_manifests() -> None:
    folder = resources.files("kg.extract") / "weights"
    assert read_tagger(folder).digest == load_tagger().digest
    assert len(load_tagger().digest) == 64


def test_the_weights_are_small_and_noted() -> None:
    folder = resources.files("kg.extract") / "weights"
    names = json.loads((folder / MANIFEST).read_bytes())["files"]
    assert set(names) == {MODEL, CLUSTERS, TABLES}
    assert sum(len((folder / name).read_bytes()) for name in names) <= 5_000_000
    assert "GPL-3.0" in (folder / "LICENSE-weights.md").read_text(encoding="utf-8")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    folder = resources.files("kg.extract") / "weights"
    for name in (MODEL, CLUSTERS, TABLES, MANIFEST):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    return tmp_path


@pytest.mark.parametrize("name", [MODEL, CLUSTERS, TABLES])
def test_damaged_weights(copied: Path, name: str) -> None:
    content = bytearray((copied / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / name).write_bytes(bytes(content))
    with pytest.raises(WeightsError, match=f"{name} is damaged"):
        read_tagger(copied)


@pytest.mark.parametrize("name", [MODEL, CLUSTERS, TABLES, MANIFEST])
def test_missing_weights(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(PapertriplesError, match=f"{name} is missing"):
        read_tagger(copied)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"files": 3}', '{"files": {"tagger.json": 1}}'])
def test_a_damaged_manifest(copied: Path, content: str) -> None:
    (copied / MANIFEST).write_text(content, encoding="utf-8")
    with pytest.raises(WeightsError, match=r"manifest\.json is damaged"):
        read_tagger(copied)


def test_a_manifest_that_lacks_a_file(copied: Path) -> None:
    (copied / MANIFEST).write_text('{"files": {}}', encoding="utf-8")
    with pytest.raises(WeightsError, match="does not name"):
        read_tagger(copied)


def test_other_weights_have_another_digest(copied: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(copied, other, ignore=shutil.ignore_patterns("other"))
    tables = json.loads((other / TABLES).read_bytes())
    tables["outside"] = 1.0
    (other / TABLES).write_text(json.dumps(tables), encoding="utf-8")
    manifest = json.loads((other / MANIFEST).read_bytes())
    manifest["files"][TABLES] = hashlib.sha256((other / TABLES).read_bytes()).hexdigest()
    (other / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    assert read_tagger(other).digest != read_tagger(copied).digest


@pytest.mark.parametrize(
    ("text", "labels", "expected"),
    [
        ("the BERT model", "B I I", ["BERT model"]),
        ("object detection ( OD )", "B I I I I", ["object detection", "OD"]),
        ("vision-language (VL) models", "B I I I I I I", ["vision-language (VL) models"]),
        ("on ADE20K and", "O B O O", ["ADE20K"]),
        ("with Swin-L for", "O B O O O", ["Swin-L"]),
        ("a DETR-based net", "O B O O O", ["DETR"]),
        ("its AP_50 is", "O B O O O", ["AP_50"]),
        ("the COCO dataset", "B I I", ["COCO"]),
        ("the paired image dataset", "B I I I", ["paired image dataset"]),
        ("novel methods (", "B I I", []),
        ("novel nets (", "B I I", ["nets"]),
        ("Named entity recognition", "B I I", ["Named entity recognition"]),
        ("the 7 %", "B I I", []),
        ("in IT", "O B", ["IT"]),
    ],
)
def test_tidy(text: str, labels: str, expected: list[str]) -> None:
    tokens = tokenize(text)
    full = [label if label == "O" else label + "-Method" for label in labels.split()]
    assert len(full) == len(tokens)
    spans = tidy(spans_of(full, [0.5] * len(full)), tokens)
    assert [text[tokens[span.start].start : tokens[span.end - 1].end] for span in spans] == expected
