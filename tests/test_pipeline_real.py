"""build() with the extractor that ships, on the demo corpus and on real corpora."""

from __future__ import annotations

import shutil
from pathlib import Path

from kg.pipeline import build, remove
from kg.resources import resource_folder
from kg.store import read_manifest
from tests.assemble.small import lines


def seeds(path: Path, first: int, last: int) -> Path:
    """Some papers of the demo corpus, backwards where ``last`` is before ``first``."""
    papers = (resource_folder("seeds") / "papers.jsonl").read_text(encoding="utf-8").split("\n")
    chosen = papers[first:last] if first < last else papers[last:first][::-1]
    path.write_text("\n".join(chosen) + "\n", encoding="utf-8")
    return path


def test_order_steps_and_jobs_do_not_show(tmp_path: Path) -> None:
    whole = build(seeds(tmp_path / "all.jsonl", 0, 24), tmp_path / "a")
    assert whole.counts.papers == 24
    assert whole.counts.asserted > 100
    expected = lines(tmp_path / "a")
    build(seeds(tmp_path / "back.jsonl", 24, 0), tmp_path / "b", jobs=2)
    assert lines(tmp_path / "b") == expected
    build(seeds(tmp_path / "second.jsonl", 10, 24), tmp_path / "c")
    step = build(seeds(tmp_path / "first.jsonl", 0, 10), tmp_path / "c")
    assert step.extracted == 10
    assert lines(tmp_path / "c") == expected
    assert read_manifest(tmp_path / "c").counts == whole.counts


def test_removed_is_as_never_built(tmp_path: Path) -> None:
    build(seeds(tmp_path / "rest.jsonl", 0, 6), tmp_path / "b")
    shutil.copytree(tmp_path / "b", tmp_path / "a")  # so that six papers are read once
    build(seeds(tmp_path / "all.jsonl", 6, 12), tmp_path / "a")
    extra = {line.split(">")[0][1:] for line in lines(tmp_path / "a")} - {
        line.split(">")[0][1:] for line in lines(tmp_path / "b")
    }
    papers = [iri for iri in sorted(extra) if iri.rpartition("/")[0].endswith("/paper")]
    assert len(papers) == 6
    remove(tmp_path / "a", papers)
    assert lines(tmp_path / "a") == lines(tmp_path / "b")


def test_the_listing_and_what_arxiv_says(shared: Path, tmp_path: Path) -> None:
    listing, arxiv = shared / "corpora" / "hf-papers-listing.txt", shared / "corpora" / "arxiv"
    summary = build(listing, tmp_path / "a")
    # Each text is read once. How long that takes `make bench-graph` prints: threads that wait for a core count as work.
    assert (summary.read, summary.extracted, summary.counts.papers) == (77, 77, 77)
    both = build([listing, arxiv], tmp_path / "a")
    assert (both.unchanged >= 77, both.version) == (True, 2)
    build([arxiv, listing], tmp_path / "b", jobs=2)
    assert lines(tmp_path / "a") == lines(tmp_path / "b")
    again = build([listing, arxiv], tmp_path / "a")
    assert (again.new, again.replaced, again.extracted, again.described, again.published) == (0, 0, 0, 0, False)
