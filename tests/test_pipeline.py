"""build() and remove(), from files to a store."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

import kg.pipeline
from kg.errors import PapertriplesError, Problem, StoreError, StoreLocked, StoreMissing, UsageError
from kg.graph.vocabulary import PT_Paper, RDF_type
from kg.pipeline import build, remove
from kg.store import open_store, read_manifest
from kg.store.locks import builder_lock
from kg.store.versions import versions_on_disk
from tests.assemble.small import INFO, SmallExtractor, die, lines, load_small
from tests.killed_build import POINTS, PUBLISHED

ROOT = Path(__file__).resolve().parent.parent
PAPERS = [
    {
        "id": "1",
        "title": "Foobert for all seasons",
        "abstract": "We use Foobert on QuizData.",
        "arxiv_id": "2001.00001",
    },
    {"id": "2", "title": "Barnet, a net of bars", "abstract": "Barnet reaches 91.5 on QuizData.", "year": 2021},
    {
        "id": "3",
        "title": "Another look at many things",
        "abstract": "We compare Foobert with Barnet.",
        "doi": "10.1234/x",
    },
    {"id": "4", "title": "A paper that has no abstract", "year": 2019},
]
MORE = [
    {"id": "2", "title": "Barnet, a net of bars", "abstract": "Barnet reaches 92.5 on QuizData.", "year": 2021},
    {"id": "5", "title": "Five things about Foobert", "abstract": "Foobert, foobert and foobert."},
]


def write(path: Path, papers: Sequence[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(paper) + "\n" for paper in papers), encoding="utf-8")
    return path


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds in this test take the small extractor."""
    monkeypatch.setattr(kg.pipeline, "load_extractor", load_small)


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return write(tmp_path / "first.jsonl", PAPERS)


@pytest.fixture
def more(tmp_path: Path) -> Path:
    return write(tmp_path / "more.jsonl", MORE)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.mark.usefixtures("small")
class TestBuild:
    def test_a_summary_that_is_true(self, first: Path, more: Path, store: Path) -> None:
        summary = build([first], store)
        assert (summary.read, summary.new, summary.replaced, summary.unchanged) == (4, 4, 0, 0)
        assert (summary.extracted, summary.described, summary.version, summary.published) == (4, 4, 1, True)
        assert summary.counts == read_manifest(store).counts
        assert (summary.counts.records, summary.counts.papers, summary.counts.results) == (4, 4, 1)
        second = build([more], store)
        assert (second.read, second.new, second.replaced, second.unchanged) == (2, 1, 1, 0)
        assert (second.extracted, second.version, second.counts.papers) == (2, 2, 5)
        assert "2 records read: 1 new, 1 replaced, 0 unchanged" in second.as_text()
        assert json.loads(json.dumps(second.as_dict()))["counts"]["papers"] == 5

    def test_building_again_changes_nothing(self, first: Path, store: Path) -> None:
        build([first], store)
        before = lines(store)
        again = build(first, store)
        assert (again.extracted, again.described, again.rewritten, again.unchanged) == (0, 0, 0, 4)
        assert (again.version, again.published) == (1, False)
        assert again.counts.papers == 4
        assert "unchanged" in again.as_text()
        assert lines(store) == before

    def test_order_steps_and_jobs_do_not_show(
        self, tmp_path: Path, first: Path, store: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("kg.assemble.extracting.CHUNK", 1)
        build([first], store)
        expected = lines(store)
        backwards = write(tmp_path / "backwards.jsonl", PAPERS[::-1])
        build([backwards], tmp_path / "b", jobs=2)
        assert lines(tmp_path / "b") == expected
        for number, paper in enumerate(PAPERS):
            build([write(tmp_path / f"{number}.jsonl", [paper])], tmp_path / "c")
        assert lines(tmp_path / "c") == expected
        assert read_manifest(tmp_path / "c").counts == read_manifest(store).counts

    def test_progress_and_problems_are_told(self, tmp_path: Path, store: Path) -> None:
        path = write(tmp_path / "papers.jsonl", PAPERS)
        with path.open("a") as stream:
            stream.write("{no json\n")
        phases: list[str] = []
        problems: list[Problem] = []
        summary = build([path], store, handler=problems.append, progress=lambda phase, *_: phases.append(phase))
        assert list(dict.fromkeys(phases)) == ["read", "extract", "describe", "publish"]
        assert (summary.read, summary.skipped, len(problems)) == (4, 1, 1)
        assert "1 record skipped" in summary.as_text()

    def test_minimum_confidence_stays_until_another_is_given(self, first: Path, more: Path, store: Path) -> None:
        sure = build([first], store).counts.asserted
        assert sure > 0
        assert build([first], store, min_confidence=Decimal("0.95")).counts.asserted == 0
        assert build([more], store).counts.asserted == 0
        assert build([more], store, min_confidence=Decimal("0.5")).counts.asserted > sure
        with pytest.raises(UsageError, match="--min-confidence"):
            build([first], store, min_confidence=Decimal("1.5"))

    def test_the_base_iri_is_fixed_by_the_first_build(self, first: Path, store: Path) -> None:
        with pytest.raises(UsageError, match="--base-iri"):
            build([first], store, base_iri="no iri at all/")
        with pytest.raises(UsageError, match="--base-iri"):
            build([first], store, base_iri="https://example.org/kg")
        build([first], store, base_iri="https://example.org/kg/")
        assert read_manifest(store).base_iri == "https://example.org/kg/"
        assert build([first], store).published is False
        with pytest.raises(UsageError, match=r"expected https://example\.org/kg/, which the first build"):
            build([first], store, base_iri="https://example.org/other/")

    def test_another_extractor_extracts_all_again(
        self, first: Path, store: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        build([first], store)
        other = SmallExtractor(type(INFO)("small", "2", "2" * 64))
        monkeypatch.setattr(kg.pipeline, "load_extractor", lambda *_, **__: other)
        summary = build([first], store)
        assert (summary.extracted, summary.unchanged, summary.version) == (4, 4, 2)
        info = read_manifest(store).extractor
        assert info is not None
        assert info.version == "2"


@pytest.mark.usefixtures("small")
class TestBadBuilds:
    def test_a_missing_input_leaves_no_folder(self, tmp_path: Path, store: Path) -> None:
        with pytest.raises(PapertriplesError):
            build([tmp_path / "none.jsonl"], store)
        assert not store.exists()

    def test_no_readable_record_is_an_error(self, tmp_path: Path, first: Path, store: Path) -> None:
        bad = tmp_path / "bad.jsonl"
        bad.write_text('{"title": null}\n')
        with pytest.raises(UsageError, match="no record could be read from"):
            build([bad], store)
        assert not store.exists()
        build([first], store)
        with pytest.raises(UsageError, match="no record could be read from"):
            build([bad], store)
        assert read_manifest(store).version == 1

    def test_jobs_must_be_positive(self, first: Path, store: Path) -> None:
        with pytest.raises(UsageError, match="--jobs: found 0"):
            build([first], store, jobs=0)

    def test_a_folder_with_other_files_is_left_alone(self, tmp_path: Path, first: Path, store: Path) -> None:
        store.mkdir()
        (store / "thesis.tex").write_text("years of work")
        with pytest.raises(UsageError, match="holds no store but other files"):
            build([first], store)
        assert [path.name for path in store.iterdir()] == ["thesis.tex"]
        with pytest.raises(UsageError, match="is a file"):
            build([first], first)
        with pytest.raises(StoreError, match="cannot make a store at"):
            build([first], first / "store")

    @pytest.mark.disk
    def test_a_full_disk_is_a_clear_error(self, first: Path, store: Path, more: Path) -> None:
        build([first], store)
        before = lines(store)
        script = (
            "import resource, sys, kg.pipeline\n"
            "from tests.assemble.small import load_small\n"
            "from kg.errors import StoreError\n"
            "kg.pipeline.load_extractor = load_small\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))\n"
            "try:\n    kg.pipeline.build([sys.argv[1]], sys.argv[2])\n"
            "except StoreError as error:\n    print(error)\n"
        )
        for limit in (100, 40_000, 70_000):
            found = subprocess.run(
                [sys.executable, "-c", script, str(more), str(store), str(limit)],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=True,
            )
            if limit > 100 and not found.stdout:  # it was enough
                break
            assert str(store) in found.stdout, (limit, found)
            assert lines(store) == before
        build([more], store)
        assert read_manifest(store).version == 2

    def test_two_builders(self, first: Path, store: Path) -> None:
        build([first], store)
        with (
            builder_lock(store),
            pytest.raises(StoreLocked, match=rf"is being built by process {os.getpid()} on .*; wait until"),
        ):
            build([first], store)
        assert build([first], store).unchanged == 4

    def test_an_interruption_leaves_the_store_as_before(self, first: Path, more: Path, store: Path) -> None:
        def interrupt_in(wanted: str) -> Callable[[str, int, int | None], None]:
            def progress(phase: str, done: int, total: int | None) -> None:
                if phase == wanted:
                    raise KeyboardInterrupt

            return progress

        build([first], store)
        before = lines(store)
        for phase in ("read", "extract", "describe", "publish"):
            with pytest.raises(KeyboardInterrupt):
                build([more], store, progress=interrupt_in(phase))
            assert lines(store) == before
            assert versions_on_disk(store) == [1]
        assert build([more], store).extracted == 0, "what was extracted is kept"

    def test_a_process_that_dies_is_a_clear_error(
        self, first: Path, store: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("kg.assemble.extracting.CHUNK", 1)
        monkeypatch.setattr("kg.assemble.extracting._extract_chunk", die)
        with pytest.raises(PapertriplesError, match="a process that extracts ended before its work was done"):
            build([first], store, jobs=2)
        with pytest.raises(StoreMissing):
            open_store(store)


@pytest.mark.usefixtures("small")
class TestRemove:
    def test_removed_is_as_never_built(self, tmp_path: Path, first: Path, store: Path) -> None:
        build([first], store)
        summary = remove(store, ["arXiv:2001.00001"])
        assert summary.papers == ("https://w3id.org/papertriples/paper/arxiv-2001-00001",)
        assert (summary.records, summary.version, summary.published, summary.counts.papers) == (1, 2, True, 3)
        build([write(tmp_path / "rest.jsonl", PAPERS[1:])], tmp_path / "b")
        assert lines(store) == lines(tmp_path / "b")
        assert "1 paper taken out, made from 1 record" in summary.as_text()
        assert summary.as_dict()["counts"]["papers"] == 3
        assert build([first], store).new == 1, "it can come back"

    @pytest.mark.parametrize(
        "name",
        [
            "arxiv-2001-00001",
            "https://w3id.org/papertriples/paper/arxiv-2001-00001",
            "2001.00001v2",
            "https://arxiv.org/abs/2001.00001",
        ],
    )
    def test_a_paper_has_many_names(self, first: Path, store: Path, name: str) -> None:
        build([first], store)
        assert remove(store, [name, "10.1234/X"]).counts.papers == 2

    def test_all_papers_can_go(self, first: Path, store: Path) -> None:
        build([first], store)
        with open_store(store) as opened:
            papers = [quad.subject.value for quad in opened.graph.quads_for_pattern(None, RDF_type, PT_Paper, None)]
        assert remove(store, papers).counts.papers == 0

    def test_unknown_papers_take_nothing_out(self, tmp_path: Path, first: Path, store: Path) -> None:
        build([first], store)
        with pytest.raises(UsageError, match=r"no such paper in the store: nothing, 10\.9/9; expected the IRI"):
            remove(store, ["nothing", "arxiv-2001-00001", "10.9/9"])
        assert read_manifest(store).version == 1
        with pytest.raises(StoreMissing):
            remove(tmp_path / "none", ["x"])
        assert not (tmp_path / "none").exists()


def run_build(point: str, store: Path, *inputs: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.killed_build", point, str(store), *map(str, inputs)],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )


@dataclass(frozen=True)
class Clean:
    """A store of the first file, and the graphs of the first file, and of both, as clean builds make them."""

    store: Path
    before: list[str]
    after: list[str]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    folder = tmp_path_factory.mktemp("clean")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kg.pipeline, "load_extractor", load_small)
        build([write(folder / "first.jsonl", PAPERS)], folder / "first")
        shutil.copytree(folder / "first", folder / "both")
        build([write(folder / "more.jsonl", MORE)], folder / "both")
    return Clean(folder / "first", lines(folder / "first"), lines(folder / "both"))


@pytest.fixture
def first_built(clean: Clean, store: Path, small: None) -> Path:
    """A store of the first file, of one's own."""
    return shutil.copytree(clean.store, store)


@pytest.mark.disk
@pytest.mark.parametrize("point", POINTS)
def test_a_build_killed_at_a_point(point: str, more: Path, first_built: Path, clean: Clean) -> None:
    store, before, after = first_built, clean.before, clean.after
    with run_build(point, store, more) as killed:
        assert killed.wait() == -9
    assert lines(store) == (after if point in PUBLISHED else before)
    summary = build([more], store)
    assert summary.published is (point not in PUBLISHED)
    assert lines(store) == after
    assert versions_on_disk(store) == [2]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("point", ["while reading", "while describing", "before the rename", "after the rename"])
def test_a_first_build_killed_at_a_point(point: str, first: Path, store: Path, clean: Clean) -> None:
    with run_build(point, store, first) as killed:
        assert killed.wait() == -9
    if point not in PUBLISHED:
        with pytest.raises(StoreMissing):
            open_store(store)
    build([first], store)
    assert lines(store) == clean.before


@pytest.mark.disk
def test_builds_killed_at_any_time(first: Path, more: Path, first_built: Path, clean: Clean) -> None:
    store, before, after = first_built, clean.before, clean.after
    started = time.monotonic()
    with run_build("never", store, first) as whole:
        assert whole.wait() == 0
    duration = time.monotonic() - started
    random = Random(7)
    for _ in range(6):
        with run_build("never", store, more) as killed:
            time.sleep(duration * random.uniform(0.5, 1.1))
            killed.kill()
        assert lines(store) in (before, after)
    build([more], store)
    assert lines(store) == after


@pytest.mark.usefixtures("small")
def test_readers_never_see_half_a_version(first: Path, more: Path, store: Path) -> None:
    build([first], store)
    seen: list[list[str]] = []
    ready = threading.Event()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            found = lines(store)
            if found not in seen:
                seen.append(found)
            ready.set()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        ready.wait(10)
        ends = [lines(store)]
        for path in (more, first, more):
            build([path], store)
            ends.append(lines(store))
    finally:
        done.set()
        reader.join()
    assert all(found in ends for found in seen)


def test_a_store_keeps_the_model_that_it_was_built_with(first: Path, more: Path, store: Path) -> None:
    build([first], store, model="best")
    info = read_manifest(store).extractor
    assert info is not None
    assert info.name.endswith(" best")
    assert build([first], store).published is False
    assert build([more], store).extracted == 2
    assert read_manifest(store).extractor == info
    build([more], store, model="fast")
    assert read_manifest(store).extractor != info
    with pytest.raises(UsageError, match="--model: found huge, expected one of fast, best"):
        build([first], store, model="huge")
