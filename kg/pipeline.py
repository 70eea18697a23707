"""build(): the whole way of a pile of papers, and the only module that knows the order of the rooms.

``read`` -> ``stage`` (the set of records) -> ``extract`` what no build has read yet -> ``assemble`` (resolve,
describe what changed) -> ``link`` -> ``derive`` (what follows, where it is wanted) -> ``publish`` (the difference, as
the next version).
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path

from kg import __version__
from kg.assemble import (
    Assembled,
    BuildSummary,
    CurateSummary,
    Curating,
    Deriving,
    Extracted,
    Making,
    Progress,
    RemoveSummary,
    assemble,
    extract_missing,
    names_maker,
    select_papers,
)
from kg.errors import Problem, ProblemHandler, ProblemLog, StoreError, UsageError
from kg.extract import DEFAULT_MODEL, MODELS, Extractor, load_extractor, model_of
from kg.graph.iris import Iris
from kg.link import Linking, record_catalogues
from kg.read import SOURCES, read_inputs
from kg.records import ExtractorInfo, SourceRecord
from kg.resolve import load_catalogue
from kg.settings import DEFAULT_BASE_IRI, DEFAULTS
from kg.store import CatalogueRecord, Manifest, VersionWriter, open_store, read_manifest
from kg.store.building import building
from kg.store.counting import count_graph
from kg.store.curation import CurationLog, Entry, read_log
from kg.store.manifest import runtime_names
from kg.store.staging import Staged, Staging
from kg.store.written import restore_graphs

INFERENCE = "onnxruntime"  # the package that runs the extractor's model


def build(
    inputs: Sequence[str | Path] | str | Path,
    store: str | os.PathLike[str],
    *,
    format: str | None = None,
    jobs: int = 1,
    model: str | None = None,
    base_iri: str | None = None,
    handler: ProblemHandler | None = None,
    min_confidence: Decimal | None = None,
    infer: bool | None = None,
    progress: Progress | None = None,
) -> BuildSummary:
    """Add to the store in the folder ``store`` what is new or changed in ``inputs``; make the store where none is.

    ``inputs`` are files, folders, globs or ``-``, or one of them. ``base_iri`` is fixed by the first build; the
    extractor's ``model``, ``min_confidence`` and whether to ``infer`` what follows by the ontology (at first not) stay
    what they were when they are not given. ``handler`` gets every
    problem with a record; ``progress`` is called with a phase, how much is done, and of how much (None where nobody
    knows).

    Raises UsageError for bad arguments and where not one record could be read, StoreError where the store cannot be
    written, StoreLocked where somebody else is building. Whatever happens, and if the process is killed, the store
    is as it was before or as it is after.
    """
    started = time.monotonic()
    log = ProblemLog(limit=0)
    report = progress or _silent

    def handle(problem: Problem) -> None:
        log(problem)
        if handler is not None:
            handler(problem)

    if isinstance(inputs, str | Path):
        inputs = [inputs]
    if jobs < 1:
        raise UsageError(f"--jobs: found {jobs}, expected 1 or more")
    with building(Path(store)) as (staging, writer, before):
        _check_staged(staging, before)
        making = _making(before, base_iri, min_confidence, model)
        staged = _stage(staging, read_inputs(inputs, handle, format), report)
        if not staged.total():
            raise UsageError(f"no record could be read from {_shown(inputs)}; {log.skipped} skipped")
        extracted, assembled, after = _update(
            staging, writer, before, making, jobs, report, deriving=_deriving(before).but(inferred=infer)
        )
    return BuildSummary(
        read=staged.total(),
        new=staged["new"],
        replaced=staged["replaced"],
        unchanged=staged["unchanged"],
        older=staged["older"],
        skipped=log.skipped,
        reasons=dict(sorted(log.by_field.items())),
        extracted=extracted.texts,
        not_english=dict(sorted(extracted.languages.items())),
        described=assembled.described if assembled else 0,
        rewritten=assembled.rewritten if assembled else 0,
        removed=assembled.removed if assembled else 0,
        left_out=assembled.left_out if assembled else 0,
        version=after.version,
        published=after is not before,
        seconds=round(time.monotonic() - started, 3),
        counts=after.counts,
    )


def remove(
    store: str | os.PathLike[str], papers: Sequence[str], *, jobs: int = 1, progress: Progress | None = None
) -> RemoveSummary:
    """Take papers out, given by IRI, slug or identifier: the store is then what it would be had they never come.

    Raises UsageError where one is not in the store (then none is taken out), else as :func:`build`.
    """
    started = time.monotonic()
    location = Path(store)
    read_manifest(location)  # a store must be there: a removal makes none
    with building(location) as (staging, writer, before):
        _check_staged(staging, before)
        making = _making(before, None, None)
        chosen = select_papers(staging, papers, making.precedence, making.iris)
        for outline in chosen:
            for key in outline.records:
                staging.remove(key)
        _, _, after = _update(staging, writer, before, making, jobs, progress or _silent)
    return RemoveSummary(
        papers=tuple(making.iris.paper(outline.key).value for outline in chosen),
        records=sum(len(outline.records) for outline in chosen),
        version=after.version,
        published=after is not before,
        seconds=round(time.monotonic() - started, 3),
        counts=after.counts,
    )


def curate(
    store: str | os.PathLike[str],
    make: Callable[[Curating], Sequence[Entry]],
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> CurateSummary:
    """Put entries into the curation log of a store, and bring the graph to what they say.

    ``make`` gets the log, the papers and the graph as they are, and gives the entries (kg/assemble/curating.py).
    Entries that the log has already change nothing. Raises UsageError where an entry lacks something or names what is
    not there, else as :func:`build`.
    """
    started = time.monotonic()
    location = Path(store)
    read_manifest(location)  # a store must be there: nobody corrects what is not there
    with open_store(location) as opened, building(location) as (staging, writer, before):
        _check_staged(staging, before)
        making = _making(before, None, None)
        known = read_log(location, before.curated if before else 0)
        entries = make(Curating(opened, staging, tuple(known), making))
        _, _, after = _update(staging, writer, before, making, jobs, progress or _silent, entries)
    return CurateSummary(
        entries=tuple(entry.id for entry in entries),
        new=after.curated - len(known),
        version=after.version,
        published=after is not before,
        seconds=round(time.monotonic() - started, 3),
        counts=after.counts,
    )


def link(
    store: str | os.PathLike[str],
    targets: Sequence[str],
    catalogues: Sequence[Path] = (),
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Manifest:
    """Record catalogues of others, and bring the links of the store to what they say; the manifest is the one after.

    A file whose name ends in ``.sssom.tsv`` is a person's own mappings, which win. Later builds link against what is
    recorded. Where the staged records are gone, the graphs stay as they are, and what they hold is linked. Raises
    UsageError for files of no known kind, else as :func:`build`.
    """
    location = Path(store)
    read_manifest(location)  # a store must be there: what should be linked otherwise?
    with building(location) as (staging, writer, before):
        making = _making(before, None, None)
        recorded = record_catalogues(location, catalogues, targets, before.catalogues if before else ())
        _, _, after = _update(staging, writer, before, making, jobs, progress or _silent, catalogues=recorded)
    return after


def derive(
    store: str | os.PathLike[str], *, jobs: int = 1, progress: Progress | None = None, **wanted: bool | None
) -> Manifest:
    """Switch derived graphs (``inferred``) on or off; later builds keep to it. The manifest is the one after.

    Raises StoreMissing where there is no store, else as :func:`build`.
    """
    location = Path(store)
    read_manifest(location)  # a store must be there: nothing follows from nothing
    with building(location) as (staging, writer, before):
        making = _making(before, None, None)
        deriving = _deriving(before).but(**wanted)
        _, _, after = _update(staging, writer, before, making, jobs, progress or _silent, deriving=deriving)
    return after


def _check_staged(staging: Staging, before: Manifest | None) -> None:
    """StoreError where the records are gone that the store is a function of: it would lose all that they said."""
    if before is not None and before.counts.records and not staging.count():
        raise StoreError(
            f"{staging.path}: found none of the store's {before.counts.records:,} records; was the file deleted? "
            "The graph can be served, exported and linked; to change it, build a store from the papers again"
        )


def _stage(staging: Staging, records: Iterable[SourceRecord], progress: Progress) -> Counter[Staged]:
    """How many records were new, replaced, unchanged or older than what is there; all are in the set now."""
    staged: Counter[Staged] = Counter()
    for done, record in enumerate(records, start=1):
        staged[staging.stage(record)] += 1
        progress("read", done, None)
    staging.commit()
    return staged


def _update(
    staging: Staging,
    writer: VersionWriter,
    before: Manifest | None,
    making: Making,
    jobs: int,
    progress: Progress,
    entries: Sequence[Entry] = (),
    catalogues: tuple[CatalogueRecord, ...] | None = None,
    deriving: Deriving | None = None,
) -> tuple[Extracted, Assembled | None, Manifest]:
    """Bring the graph to what the staged records and the curation log say, ``entries`` included.

    The manifest is the one before where that changes nothing.
    """
    log = CurationLog(staging.location, before.curated if before else 0)
    said = log.append(entries)
    if catalogues is None:
        catalogues = before.catalogues if before else ()
    linking = Linking(staging.location, catalogues)
    deriving = deriving or _deriving(before)
    same = before is not None and before.made == making.digest() and before.linked == linking.digest()
    same = same and _deriving(before) == deriving
    if before is not None and same and not said and not staging.changed():
        return Extracted(0, Counter()), None, before
    extracted = extract_missing(staging, making.info.digest, _loader(jobs, making.info), jobs, progress)
    # Without records the graphs cannot be made again: they stay as they are.
    bare = before is not None and not staging.count() and not staging.changed()
    assembled = None if bare else assemble(staging, writer, making, progress, log.entries)
    records = before.counts.records if bare and before else staging.count()
    staging.commit()
    written = before.written if before else restore_graphs(writer, making.iris.base_iri)
    if not same or writer.difference:
        linking.update(writer, making.iris)
        if deriving.names:
            progress("derive", 0, None)
        deriving.update(writer, making.iris)
    if before is not None and same and not said and not writer.difference and not staging.changed():
        return extracted, assembled, before
    progress("publish", 0, None)
    processor, runtime = runtime_names(INFERENCE)
    manifest = Manifest(
        version=writer.version,
        base_iri=making.iris.base_iri,
        min_confidence=str(making.min_confidence),
        extractor=making.info,
        catalogue=making.catalogue.digest,
        made=making.digest(),
        catalogues=linking.catalogues,
        linked=linking.digest(),
        derived=deriving.names,
        curated=log.write(),
        written=written,
        counts=count_graph(writer.changed(), records, making.min_confidence),
        papertriples=__version__,
        processor=processor,
        runtime=runtime,
    )
    writer.publish(manifest)
    staging.tidy(making.info.digest, names_maker(making.info.digest))
    return extracted, assembled, manifest


def _making(
    before: Manifest | None, base_iri: str | None, min_confidence: Decimal | None, model: str | None = None
) -> Making:
    """With what the next version is made: what was asked for, else what the store had, else the defaults."""
    if before is not None and base_iri not in (None, before.base_iri):
        raise UsageError(
            f"--base-iri: found {base_iri}, expected {before.base_iri}, which the first build of this store fixed; "
            "build another store for another base"
        )
    base = before.base_iri if before else base_iri or DEFAULT_BASE_IRI
    try:
        iris = Iris(base)
    except ValueError as error:
        raise UsageError(f"--base-iri: {error}; expected an absolute IRI that ends in / or #") from None
    if min_confidence is None:
        min_confidence = Decimal(before.min_confidence if before else str(DEFAULTS["min_confidence"]))
    if not 0 <= min_confidence <= 1:
        raise UsageError(f"--min-confidence: found {min_confidence}, expected a number from 0 to 1")
    if model is None:
        model = model_of(before.extractor) if before and before.extractor else DEFAULT_MODEL
    elif model not in MODELS:
        raise UsageError(f"--model: found {model}, expected one of {', '.join(MODELS)}")
    return Making(iris, load_extractor(None, model).info, min_confidence, load_catalogue(), SOURCES)


def _deriving(before: Manifest | None) -> Deriving:
    """Which derived graphs the store has had so far."""
    return Deriving(before.derived if before else ())


def _loader(jobs: int, info: ExtractorInfo) -> Callable[[], Extractor]:
    """How the extractor is loaded: alone it takes all cores, among several each its share."""
    threads = None if jobs == 1 else max(1, (os.cpu_count() or 1) // jobs)
    return partial(load_extractor, threads, model_of(info))


def _shown(inputs: Sequence[str | Path]) -> str:
    return ", ".join(str(one) for one in inputs[:3]) + (f" and {len(inputs) - 3} more" if len(inputs) > 3 else "")


def _silent(phase: str, done: int, total: int | None) -> None:
    pass
