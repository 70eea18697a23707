"""The files that Papers with Code published -> SourceRecord (https://github.com/paperswithcode/paperswithcode-data).

``papers-with-abstracts``, ``links-between-papers-and-code``, ``evaluation-tables``, ``methods`` and ``datasets``: JSON
arrays, read entry by entry. Each entry, and each row of an evaluation table, is a record of its own, so that nothing is
held in memory; the address that the files call a paper by joins its records. Code, tasks, methods, data sets and
results are what the source says, without a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from kg.identifiers import identifier, identifiers_in_url
from kg.read.building import make_record
from kg.read.json_values import JsonObject, json_objects, text_in
from kg.read.opening import Opened
from kg.read.place import Place, quoted
from kg.records import Author, Identifier, SourceRecord, StatedConcept, StatedResult

SOURCE = "papers-with-code"
SCHEME = "paperswithcode"
_PAPER = re.compile(r"https?://\S+?/paper/([A-Za-z0-9_.~-]+)/?")
_VALUE = re.compile(
    r"\s*([+-]?[0-9][0-9,]*(?:\.[0-9]+)?|[+-]?\.[0-9]+)\s*(%|[A-Za-z]{1,3})?\s*(?:(?:±|\+/?-)\s*[0-9.]+\s*%?\s*)?"
)
_OF_TABLES = frozenset({"task", "categories", "subtasks", "synonyms", "source_link"})
_OURS = re.compile(r"\s*\((?:ours|our method|this paper)\)\s*$", re.IGNORECASE)  # whose, the paper says
_KINDS = (
    ("code", {"repo_url", "paper_url"}),
    ("method", {"name", "full_name", "introduced_year"}),
    ("dataset", {"name", "homepage", "data_loaders"}),
    ("paper", {"paper_url", "title", "url_abs"}),
)


def sniff(found: JsonObject) -> bool:
    """Whether an object is an entry of one of the five files."""
    return _kind(found) is not None


def read(opened: Opened, place: Place) -> Iterator[SourceRecord]:
    """The records of one of the files; a method or data set without a paper that introduced it is left out."""
    for here, found in json_objects(opened, place):
        kind = _kind(found)
        if kind == "table":
            yield from _of_table(found, (), here)
        elif kind == "paper":
            yield from _one(_paper(found, here))
        elif kind == "code":
            yield from _one(_code(found, here))
        elif kind is not None:
            yield from _one(_introduced(found, kind, here))
        else:
            here.report("entry", "other fields", "an entry of one of Papers with Code's five files", skipped=True)


def _kind(found: JsonObject) -> str | None:
    if "datasets" in found and "title" not in found and found.keys() & _OF_TABLES:
        return "table"
    return next((kind for kind, fields in _KINDS if fields <= found.keys()), None)


def _one(record: SourceRecord | None) -> Iterator[SourceRecord]:
    if record is not None:
        yield record


def _paper(found: JsonObject, here: Place) -> SourceRecord | None:
    key, known = _identified(found, "paper_url", "arxiv_id", here)
    place = here.at(here.line, key)
    tasks = [StatedConcept("addresses", "Task", name) for name in _names(found.get("tasks"))]
    methods = [StatedConcept("uses", "Method", name) for name in _names(found.get("methods"))]
    authors = found.get("authors")
    return make_record(
        place,
        SOURCE,
        title=text_in(found, "title", place),
        record_id=key and f"paper:{key}",
        abstract=text_in(found, "abstract", place),
        authors=[Author(name) for name in (authors if isinstance(authors, list) else []) if isinstance(name, str)],
        date=text_in(found, "date", place),
        identifiers=known,
        venue=text_in(found, "proceeding", place),
        urls=[text_in(found, "url_abs", place), text_in(found, "conference_url_abs", place)],
        concepts=[*tasks, *methods],
    )


def _code(found: JsonObject, here: Place) -> SourceRecord | None:
    key, known = _identified(found, "paper_url", "paper_arxiv_id", here)
    place = here.at(here.line, key)
    address = text_in(found, "repo_url", place)
    official = found.get("is_official") is True
    return make_record(
        place,
        SOURCE,
        title=text_in(found, "paper_title", place),
        record_id=key and f"code:{key} {address}",
        identifiers=known,
        urls=[text_in(found, "paper_url_abs", place)],
        code_urls=[address] if official else [],
        other_code_urls=[] if official else [address],
    )


def _introduced(found: JsonObject, kind: str, here: Place) -> SourceRecord | None:
    """The paper that introduced a method or a data set."""
    paper = found.get("paper")
    name = text_in(found, "name", here)
    if not isinstance(paper, dict) or not paper.get("url") or not paper.get("title") or not name:
        return None
    key, known = _identified(paper, "url", "", here)
    place = here.at(here.line, name)
    return make_record(
        place,
        SOURCE,
        title=text_in(paper, "title", place),
        record_id=key and f"{kind}:{key} {name}",
        identifiers=known,
        concepts=[StatedConcept("introduces", "Method" if kind == "method" else "Dataset", name)],
    )


# --- evaluation tables --------------------------------------------------------------------------------------


def _of_table(found: Mapping[str, Any], above: tuple[str, ...], here: Place) -> Iterator[SourceRecord]:
    """The rows of a task's tables, and those of its subtasks."""
    task = text_in(found, "task", here)
    for dataset in _objects(found.get("datasets")):
        yield from _of_dataset(dataset, task, here)
    for subtask in _objects(found.get("subtasks")):
        if task not in above:
            yield from _of_table(subtask, (*above, task), here)


def _of_dataset(dataset: Mapping[str, Any], task: str, here: Place) -> Iterator[SourceRecord]:
    name = text_in(dataset, "dataset", here)
    table = dataset.get("sota")
    for row in _objects(table.get("rows")) if isinstance(table, dict) else ():
        place = here.at(here.line, " / ".join(one for one in (task, name, str(row.get("model_name") or "")) if one))
        title, address = text_in(row, "paper_title", place), text_in(row, "paper_url", place)
        if not title and not address:
            continue  # a row that somebody added without a paper
        record = _row(row, task, name, place)
        if record is not None:
            yield record
    for part in _objects(dataset.get("subdatasets")):
        yield from _of_dataset(part, task, here)


def _row(row: Mapping[str, Any], task: str, dataset: str, place: Place) -> SourceRecord | None:
    key, known = _identified(row, "paper_url", "", place)
    title = text_in(row, "paper_title", place)
    if not title.strip() or "://" in title:  # people paste addresses there
        title = row["paper_url"] if len(known) > 1 else ""
    model = _OURS.sub("", text_in(row, "model_name", place))
    metrics = row.get("metrics")
    results = []
    for metric, written in metrics.items() if isinstance(metrics, dict) else ():
        result = _result(str(metric), written, task, dataset, model, place)
        if result is not None:
            results.append(result)
    links = [one.get("url") for one in _objects(row.get("code_links"))]
    stated = [StatedConcept("addresses", "Task", task)] if task else []
    stated += [StatedConcept("evaluatesOn", "Dataset", dataset)] if dataset else []
    return make_record(
        place,
        SOURCE,
        title=title,
        record_id=key
        and " / ".join((f"result:{key} {task}", dataset, model, ", ".join(one.metric for one in results))),
        date=text_in(row, "paper_date", place),
        identifiers=known,
        other_code_urls=[url for url in links if isinstance(url, str)],
        concepts=stated,
        results=results,
    )


def _result(metric: str, written: object, task: str, dataset: str, model: str, place: Place) -> StatedResult | None:
    if written in (None, "", "-"):
        return None
    match = _VALUE.fullmatch(str(written)) if not isinstance(written, bool) else None
    try:
        value = Decimal(match[1].replace(",", "")) if match else None
    except InvalidOperation:
        value = None
    if match is None or value is None or len(match[1]) > 18 or not metric.strip():
        place.report(metric, quoted(written), "a number")
        return None
    text = " ".join(str(written).split())
    return StatedResult(text, value, metric, task or None, dataset or None, model or None, match[2])


# --- pieces -------------------------------------------------------------------------------------------------


def _identified(found: Mapping[str, Any], address: str, arxiv: str, here: Place) -> tuple[str | None, list[Identifier]]:
    """What the files call a paper by, without the site, and its identifiers."""
    written = text_in(found, address, here)
    match = _PAPER.fullmatch(written.strip())
    key = match[1] if match else written.strip() or None
    known = [Identifier(SCHEME, key), *identifiers_in_url(written)] if key else []
    if arxiv and (number := text_in(found, arxiv, here)):
        one = identifier("arxiv", number)
        if one is None:
            here.report(arxiv, quoted(number), "an arXiv identifier")
        else:
            known.append(one)
    return key, known


def _names(value: object) -> Iterator[str]:
    """The names in a list of texts, or of objects with a ``name``."""
    for one in value if isinstance(value, list) else ():
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str) and name.strip():
            yield name


def _objects(value: object) -> Iterator[dict[str, Any]]:
    for one in value if isinstance(value, list) else ():
        if isinstance(one, dict):
            yield one
