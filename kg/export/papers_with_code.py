"""EmbeddedStore -> the files that Papers with Code used to publish, so that what reads those reads ours.

Five JSON arrays, gzipped, under their old names. What the graph does not know is null or empty, as it was there.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode

from kg.export.options import ExportOptions
from kg.export.reading import GraphReader
from kg.graph import vocabulary as v
from kg.store import EmbeddedStore

Row = dict[str, Any]


def write_papers_with_code(store: EmbeddedStore, folder: Path, options: ExportOptions) -> None:
    """Writes the five files into ``folder``, entry by entry."""
    reader = GraphReader(store)
    _write(folder / "papers-with-abstracts.json.gz", _papers(reader, options))
    _write(folder / "links-between-papers-and-code.json.gz", _code(reader, options))
    _write(folder / "evaluation-tables.json.gz", _tables(reader, options))
    _write(folder / "methods.json.gz", _methods(reader))
    _write(folder / "datasets.json.gz", _datasets(reader))


def _write(path: Path, rows: Iterable[Row]) -> None:
    # No time in the file: the same graph gives the same bytes.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file:
        before = "[\n"
        for row in rows:
            file.write((before + json.dumps(row, ensure_ascii=False)).encode("utf-8", "replace"))
            before = ",\n"
        file.write(b"[]\n" if before == "[\n" else b"\n]\n")


def _papers(reader: GraphReader, options: ExportOptions) -> Iterator[Row]:
    for paper in reader.papers(options):
        arxiv, acl = reader.value(paper, v.PT_arxivId), reader.value(paper, v.PT_aclId)
        page, pdf = _addresses(reader, paper)
        # What it is merely compared with is none of its methods.
        own = {*reader.objects(paper, v.PT_introduces), *reader.objects(paper, v.PT_uses)}
        methods = sorted((one for one in own if reader.is_a(one, v.PT_Method)), key=lambda one: one.value)
        yield {
            "paper_url": paper.value,
            "arxiv_id": arxiv,
            "nips_id": None,
            "openreview_id": None,
            "title": reader.label(paper),
            "abstract": reader.value(paper, v.DCTERMS_abstract) if options.texts else None,
            "short_abstract": reader.value(paper, v.PT_summary) if options.texts else None,
            "url_abs": page,
            "url_pdf": pdf,
            "proceeding": next(iter(reader.labels(paper, v.PT_venue)), None),
            "authors": reader.authors(paper),
            "tasks": reader.labels(paper, v.PT_addresses),
            "date": reader.value(paper, v.DCTERMS_date),
            "conference_url_abs": f"https://aclanthology.org/{acl}/" if acl else None,
            "conference_url_pdf": _acl_pdf(acl),
            "conference": None,
            "reproduces_paper": None,
            "methods": [_named(reader, one) for one in methods],
        }


def _addresses(reader: GraphReader, paper: NamedNode) -> tuple[str | None, str | None]:
    """The page of a paper and its PDF."""
    arxiv, acl = reader.value(paper, v.PT_arxivId), reader.value(paper, v.PT_aclId)
    page = reader.value(paper, v.SCHEMA_url) or (f"https://arxiv.org/abs/{arxiv}" if arxiv else None)
    return page, f"https://arxiv.org/pdf/{arxiv}" if arxiv else _acl_pdf(acl)


def _acl_pdf(acl: str | None) -> str | None:
    return f"https://aclanthology.org/{acl}.pdf" if acl else None


def _named(reader: GraphReader, concept: NamedNode) -> Row:
    return {"name": reader.label(concept), "full_name": reader.label(concept), "url": concept.value}


def _code(reader: GraphReader, options: ExportOptions) -> Iterator[Row]:
    for paper in reader.papers(options):
        page, pdf = _addresses(reader, paper)
        for predicate, own in (
            (v.PT_hasRepository, True),
            (v.PT_implementedBy, False),
            (v.PT_mentionsRepository, False),
        ):
            for repository in reader.objects(paper, predicate):
                address = reader.value(repository, v.SCHEMA_codeRepository)
                if address is None:
                    continue
                said = (reader.objects(one, v.DCTERMS_isPartOf) for one in reader.subjects(v.RDF_object, repository))
                yield {
                    "paper_url": paper.value,
                    "paper_title": reader.label(paper),
                    "paper_arxiv_id": reader.value(paper, v.PT_arxivId),
                    "paper_url_abs": page,
                    "paper_url_pdf": pdf,
                    "repo_url": address,
                    "is_official": own,
                    "mentioned_in_paper": any(paper in papers for papers in said),
                    "mentioned_in_github": False,
                    "framework": "none",
                }


def _tables(reader: GraphReader, options: ExportOptions) -> Iterator[Row]:
    """Tasks with their data sets, each with its leaderboard; a row of it is one paper's method with its metrics."""
    results = []
    for paper in reader.papers(options):
        for result in reader.objects(paper, v.PT_reports):
            task, dataset = (next(iter(reader.objects(result, one)), None) for one in (v.PT_task, v.PT_dataset))
            absolute = v.PT_absolute in reader.objects(result, v.PT_valueKind)
            if task is None or dataset is None or not absolute or reader.value(result, v.PT_condition):
                continue
            if not reader.objects(result, v.PT_metric):  # no table has a column for it
                continue
            results.append((reader.label(task), task.value, reader.label(dataset), dataset.value, paper, result))
    results.sort(key=lambda one: (*one[:4], one[4].value, one[5].value))
    for (task_name, _), of_task in groupby(results, key=lambda one: one[:2]):
        datasets = []
        for (name, iri), of_dataset in groupby(of_task, key=lambda one: one[2:4]):
            rows: list[Row] = []
            for _, _, _, _, paper, result in of_dataset:
                _add_sota_row(rows, reader, paper, result)
            metrics = sorted({metric for row in rows for metric in row["metrics"]})
            datasets.append(
                {
                    "dataset": name,
                    "description": "",
                    "dataset_links": [{"title": name, "url": iri}],
                    "dataset_citations": [],
                    "subdatasets": [],
                    "sota": {"metrics": metrics, "rows": rows},
                }
            )
        yield {
            "task": task_name,
            "description": "",
            "categories": [],
            "source_link": None,
            "synonyms": [],
            "subtasks": [],
            "datasets": datasets,
        }


def _add_sota_row(rows: list[Row], reader: GraphReader, paper: NamedNode, result: NamedNode) -> None:
    """A row for the result, or its metric in the row that the same paper has for the same method."""
    metric = next(iter(reader.labels(result, v.PT_metric)), None)
    if metric is None:
        return
    model = next(iter(reader.labels(result, v.PT_method)), reader.label(paper))
    value = reader.value(result, v.PT_valueText) or reader.value(result, v.PT_value)
    for row in rows:
        if (row["paper_url"], row["model_name"]) == (paper.value, model) and metric not in row["metrics"]:
            row["metrics"][metric] = value
            return
    codes = (reader.value(one, v.SCHEMA_codeRepository) for one in reader.objects(paper, v.PT_hasRepository))
    rows.append(
        {
            "model_name": model,
            "metrics": {metric: value},
            "paper_title": reader.label(paper),
            "paper_url": paper.value,
            "paper_date": reader.value(paper, v.DCTERMS_date),
            "code_links": [{"title": one.partition("://")[2], "url": one} for one in codes if one],
            "model_links": [],
            "uses_additional_data": False,
        }
    )


def _introduced(reader: GraphReader, concept: NamedNode) -> tuple[str | None, str | None, int | None]:
    papers = reader.subjects(v.PT_introduces, concept)
    if len(papers) != 1:
        return None, None, None
    year = reader.value(papers[0], v.PT_year)
    return papers[0].value, reader.label(papers[0]), int(year) if year else None


def _methods(reader: GraphReader) -> Iterator[Row]:
    for method in reader.instances(v.PT_Method):
        url, title, year = _introduced(reader, method)
        yield {
            "url": method.value,
            "name": reader.label(method),
            "full_name": max([reader.label(method), *reader.values(method, v.SKOS_altLabel)], key=len),
            "description": "",
            "paper": {"title": title, "url": url} if url else None,
            "introduced_year": year,
            "source_url": url,
            "source_title": title,
            "code_snippet_url": "",
            "num_papers": len(reader.subjects(v.PT_mentions, method)),
            "collections": [],
        }


def _datasets(reader: GraphReader) -> Iterator[Row]:
    for dataset in reader.instances(v.PT_Dataset):
        url, title, _ = _introduced(reader, dataset)
        yield {
            "url": dataset.value,
            "name": reader.label(dataset),
            "full_name": None,
            "homepage": "",
            "description": "",
            "paper": {"title": title, "url": url} if url else None,
            "introduced_date": None,
            "warning": None,
            "modalities": [],
            "tasks": [
                {"task": reader.label(task), "url": task.value} for task in reader.objects(dataset, v.PT_benchmarkFor)
            ],
            "languages": [],
            "variants": [reader.label(dataset), *reader.values(dataset, v.SKOS_altLabel)],
            "num_papers": len(reader.subjects(v.PT_mentions, dataset)),
            "data_loaders": [],
        }
