"""Measures the extractor: ``python bench/extract.py [--limit N] [--only ROW...] [--json FILE]``.

Prints the table of the model card, as Markdown: each model that ships, and a lexical baseline trained in the same run,
on development portions under ``KG_SHARED`` (default ``../shared``); then speed on two threads, the peak memory of a
process that only extracts, and the size of the weights. ``--limit`` takes the first N texts of each set: for a try.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import baseline
import gold
from calibration_plot import plot

import kg.extract
from kg.evaluate import Predict, TypeMap, predict_with, score_listing, score_results, score_spans
from kg.evaluate.predictions import CanExtract
from kg.extract.weight_files import read_weights
from kg.resolve import load_catalogue
from kg.text import split_sentences

Figures = dict[str, str]  # name of a row -> what a column shows in it
MATERIAL = TypeMap({"Material": "Dataset"})
THREADS = 2
SPEED_TEXTS = 300
BASELINE = "lexical CRF"
REACH = {  # what the figures should reach
    "scier dev, entities": ".835",
    "scier dev, Rel+": ".520",
    "tdmsci held out, entities": ".680",
    "listing, introduces": ".85",
    "listing, addresses": ".65",
    "listing, evaluatesOn": ".85",
    "listing, uses": ".55",
    "listing, comparesWith": ".50",
    "listing, results": ".75",
    "listing, repositories": "1.00",
    "listing, mean F1": ".75",
    "listing as a graph, mean F1": ".75",
    "listing as a graph, evidence": "1.00",
    "orkg-tdm dev, recall of value, metric, dataset": ".60",
    "acl-links dev, repositories found": "all",
    "acl-links dev, others taken for the paper's own": "0",
    "sentences a second, 2 threads": "120",
    "seconds / bare session": "1.3",
    "peak memory, MiB": "600",
    "weights, MB": "60",
    "weights of all models, MB": "90",
}


BINS: list[list[dict[str, Any]]] = []  # of each model's calibration on SciER's development sentences


def models() -> dict[str, Callable[[], CanExtract]]:
    """Each model that ships, and how it is loaded."""
    names = kg.extract.MODELS
    return {name: lambda name=name: kg.extract.load_extractor(THREADS, name) for name in names}  # type: ignore[misc]


def share(figure: float) -> str:
    """``.835``"""
    return f"{figure:.3f}".removeprefix("0")


# --- quality: each function gives the rows of one set ---------------------------------------------------------


def scier(predict: Predict, limit: int | None) -> Figures:
    alone = score_spans(gold.span_gold("scier/dev.jsonl", limit), predict).as_dict()
    whole = score_spans(gold.span_gold("scier/dev.jsonl", limit, whole_documents=True), predict).as_dict()
    rows = {"scier dev, entities": share(alone["entities"]["all"]["f1"])}
    rows |= {f"scier dev, {kind}": share(alone["entities"][kind]["f1"]) for kind in alone["types"]}
    rows["scier dev, calibration error"] = share(alone["calibration"]["error"])
    rows["scier dev, entities, documents as texts"] = share(whole["entities"]["all"]["f1"])
    for name, one in (("", alone), (", documents as texts", whole)):
        if one["relations"]["all"]["predicted"]:
            rows[f"scier dev, Rel{name}"] = share(one["relations"]["all"]["f1"])
            rows[f"scier dev, Rel+{name}"] = share(one["relations_with_types"]["all"]["f1"])
    if alone["relations"]["all"]["predicted"]:
        kinds = {kind: f1 for kind, f1 in alone["relations_with_types"].items() if kind != "all"}
        rows |= {f"scier dev, Rel+, {kind}": share(one["f1"]) for kind, one in kinds.items()}
        BINS.append(alone["calibration"]["bins"])
    return rows


def tdmsci(predict: Predict, limit: int | None) -> Figures:
    return spans("tdmsci held out", score_spans(gold.tdmsci_held_out(limit), predict).as_dict())


def scierc(predict: Predict, limit: int | None) -> Figures:
    return spans("scierc dev", score_spans(gold.span_gold("scierc/dev.jsonl", limit), predict, MATERIAL).as_dict())


def scirex(predict: Predict, limit: int | None) -> Figures:
    return spans("scirex part", score_spans(gold.scirex_part(limit), predict, MATERIAL).as_dict())


def spans(name: str, figures: Mapping[str, Any]) -> Figures:
    rows = {f"{name}, entities": share(figures["entities"]["all"]["f1"])}
    return rows | {f"{name}, {kind}": share(figures["entities"][kind]["f1"]) for kind in figures["types"]}


def listing(predict: Predict, limit: int | None) -> Figures:
    scores = score_listing(gold.listing(limit), predict, load_catalogue())
    return {f"listing, {name}": share(count.f1) for name, count in scores.counts.items()} | {
        "listing, mean F1": share(scores.mean_f1)
    }


def results(predict: Predict, limit: int | None) -> Figures:
    scores = score_results(gold.leaderboard_results(limit), predict, load_catalogue())
    recalls = dict(zip(("value", "value, metric", "value, metric, dataset", "all four"), scores.found, strict=True))
    rows = {
        f"orkg-tdm dev, recall of {name}": share(found / scores.wanted if scores.wanted else 0.0)
        for name, found in recalls.items()
    }
    return rows | {"orkg-tdm dev, extracted, with a gold value": f"{scores.extracted}, {scores.matching}"}


def repositories(predict: Predict, limit: int | None) -> Figures:
    papers = gold.linked_papers(limit)
    found = wrong = 0
    for number, paper in enumerate(papers):
        own = {one.url.lower() for one in predict(str(number), paper.fields).repositories if one.own}
        found += bool(own & paper.urls)
        wrong += len(own - paper.urls)
    return {
        "acl-links dev, repositories found": f"{found} of {len(papers)}",
        "acl-links dev, others taken for the paper's own": str(wrong),
    }


def graph(limit: int | None) -> Figures:
    """The listing built into a graph with the default model and asked by the shared script."""
    command = str(Path(sys.executable).with_name("papertriples"))
    benchmarks = gold.shared() / "benchmarks"
    with tempfile.TemporaryDirectory() as folder:
        texts = str(gold.shared() / "corpora" / "hf-papers-listing.txt")
        subprocess.run([command, "build", texts, "--store", folder + "/store", "--quiet"], check=True)
        script = [sys.executable, str(benchmarks / "score_listing.py"), command, folder + "/store"]
        printed = subprocess.run([*script, str(benchmarks / "listing-dev.jsonl")], check=True, capture_output=True)
    figures = json.loads(printed.stdout)
    rows = {
        f"listing as a graph, {name}": share(one["f1"])
        for name, one in figures.items()
        if isinstance(one, dict) and "f1" in one
    }
    return rows | {
        "listing as a graph, mean F1": share(figures["mean_f1"]),
        "listing as a graph, evidence": share(figures["evidence"]["share"]),
    }


# Sets that need more than mentions are no use for the baseline.
SETS: dict[str, Callable[[Predict, int | None], Figures]] = {
    "scier": scier,
    "tdmsci": tdmsci,
    "scierc": scierc,
    "scirex": scirex,
    "listing": listing,
    "results": results,
    "repositories": repositories,
}
MENTIONS_ONLY = ("scier", "tdmsci", "scierc", "scirex")
OTHERS = ("graph", "speed")


# --- speed: in a process of its own, so that the memory is its own ---------------------------------------------


@dataclass(frozen=True)
class Speed:
    """What one process measured."""

    sentences: int
    texts: int
    seconds: float
    load_seconds: float
    peak_mib: float
    bare_seconds: float | None  # the network alone, on the same batches; None where the model has no session


def measure_speed(name: str, limit: int | None) -> Speed:
    """Extracts abstracts once; the first few warm up and do not count."""
    texts = gold.abstracts(limit or SPEED_TEXTS)
    started = time.perf_counter()
    extractor = baseline_extractor(limit) if name == BASELINE else models()[name]()
    extractor.extract(texts[0])
    loaded = time.perf_counter() - started
    for fields in texts[:5]:
        extractor.extract(fields)
    sentences = 0
    started = time.perf_counter()
    for fields in texts:
        sentences += len(extractor.extract(fields).sentences)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    return Speed(sentences, len(texts), seconds, loaded, peak, bare_session_seconds(extractor, texts))


def bare_session_seconds(extractor: CanExtract, texts: Any) -> float | None:
    """Seconds that the networks alone take for the windows of the texts, made beforehand; None where there are none."""
    tagger = getattr(extractor, "tagger", None)
    if tagger is None:
        return None
    runs = [
        (encoder.session, encoder.feed(window))
        for fields in texts
        for window in tagger.windows([one for name, text in fields.items() for one in split_sentences(name, text)])
        for encoder in tagger.networks.encoders
    ]
    started = time.perf_counter()
    for session, feed in runs:
        session.run(None, feed)
    return time.perf_counter() - started


def speed(name: str, limit: int | None) -> Figures:
    command = [sys.executable, __file__, "--measure-speed", name]
    command += [] if limit is None else ["--limit", str(limit)]
    found = Speed(**json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
    rows = {
        "sentences a second, 2 threads": f"{found.sentences / found.seconds:.0f}",
        "abstracts a second, 2 threads": f"{found.texts / found.seconds:.1f}",
        "seconds to the first answer": f"{found.load_seconds:.1f}",
        "peak memory, MiB": f"{found.peak_mib:.0f}",
    }
    if found.bare_seconds is not None:
        rows["seconds / bare session"] = f"{found.seconds / found.bare_seconds:.2f}"
    return rows


def weights_size(model: str) -> Figures:
    """Of a model with what it shares with others and those that read with it, and of all models together."""
    folder = Path(kg.extract.__file__).parent / "weights"
    weights = read_weights(folder, model)
    names = {one.model for one in (weights, *weights.companions)}
    sizes = {file: file.stat().st_size for file in folder.rglob("*") if file.is_file() and file.suffix != ".pyc"}
    own = sum(size for file, size in sizes.items() if file.parent == folder or file.parent.name in names)
    return {"weights, MB": f"{own / 1e6:.1f}", "weights of all models, MB": f"{sum(sizes.values()) / 1e6:.1f}"}


def peer_speed(limit: int | None) -> str:
    """spaCy's small English model on the same texts, where it is installed: what people compare a tagger with."""
    try:
        import spacy

        pipeline = spacy.load("en_core_web_sm")
    except (ImportError, OSError):
        return "Peer for speed: spaCy `en_core_web_sm` is not installed."
    texts = [" ".join(fields.values()) for fields in gold.abstracts(limit or SPEED_TEXTS)]
    started = time.perf_counter()
    sentences = sum(len(list(document.sents)) for document in pipeline.pipe(texts))
    return f"Peer for speed: spaCy `en_core_web_sm` {sentences / (time.perf_counter() - started):.0f} sentences/s."


# --- the table --------------------------------------------------------------------------------------------------


def baseline_extractor(limit: int | None) -> baseline.Baseline:
    return baseline.train(gold.shared() / "benchmarks" / "scier" / "train.jsonl", None if limit is None else 10 * limit)


def markdown(columns: Mapping[str, Figures]) -> str:
    """A table: a row a figure, in the order in which they first came."""
    rows = list(dict.fromkeys(row for figures in columns.values() for row in figures))
    table = [f"| on | reach | {' | '.join(columns)} |", "|---|---|" + "---|" * len(columns)]
    table += [
        f"| {row} | {REACH.get(row, '')} | {' | '.join(figures.get(row, '') for figures in columns.values())} |"
        for row in rows
    ]
    return "\n".join(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, help="texts of each set")
    parser.add_argument("--only", nargs="+", choices=[*SETS, *OTHERS], help="these sets alone")
    parser.add_argument("--models", nargs="+", help="these models alone")
    parser.add_argument("--no-baseline", action="store_true")
    parser.add_argument("--plot", type=Path, help="SVG file to draw the calibration to")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    parser.add_argument("--measure-speed", metavar="MODEL", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure_speed:
        print(json.dumps(asdict(measure_speed(chosen.measure_speed, chosen.limit))))
        return
    wanted = chosen.only or [*SETS, *OTHERS]
    columns: dict[str, Figures] = {}
    for name, load in models().items():
        if chosen.models and name not in chosen.models:
            continue
        columns[name] = quality(name, predict_with(load()), [one for one in SETS if one in wanted], chosen.limit)
        if "graph" in wanted and name == kg.extract.DEFAULT_MODEL:
            columns[name] |= said(name, "graph", lambda: graph(chosen.limit))
        if "speed" in wanted:
            columns[name] |= said(name, "speed", lambda name=name: speed(name, chosen.limit)) | weights_size(name)  # type: ignore[misc]
    mentions = [one for one in MENTIONS_ONLY if one in wanted]
    if not chosen.no_baseline and mentions:
        columns[BASELINE] = quality(BASELINE, predict_with(baseline_extractor(chosen.limit)), mentions, chosen.limit)
    print(markdown(columns))
    if "speed" in wanted:
        print("\n" + peer_speed(chosen.limit))
    if chosen.plot:
        chosen.plot.write_text(plot(dict(zip(columns, BINS, strict=False))), encoding="utf-8")
    if chosen.json:
        chosen.json.write_text(json.dumps(columns, indent=1) + "\n", encoding="utf-8")


def quality(name: str, predict: Predict, sets: list[str], limit: int | None) -> Figures:
    figures: Figures = {}
    for one in sets:
        figures |= said(name, one, lambda one=one: SETS[one](predict, limit))  # type: ignore[misc]
    return figures


def said(name: str, what: str, measure: Callable[[], Figures]) -> Figures:
    """Runs a measurement and says on stderr what came out and how long it took: a run cut short loses only the rest."""
    started = time.monotonic()
    figures = measure()
    found = "; ".join(f"{row} {figure}" for row, figure in figures.items())
    print(f"{name}: {what}: {time.monotonic() - started:.0f} s: {found}", file=sys.stderr, flush=True)
    return figures


if __name__ == "__main__":
    main()
