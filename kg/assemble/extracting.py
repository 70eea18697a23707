"""Staged texts -> staged extractions, in this process or in several; the answer is the same.

Texts are handed out in small chunks and come back in order; the extractor is a pure function of the text, so
neither the number of processes nor the neighbours in a chunk show in the result.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from itertools import islice
from typing import NamedTuple, Protocol

from kg.errors import PapertriplesError
from kg.records import Extraction, ExtractorInfo, FieldName
from kg.store.staging import Staging, packed

CHUNK = 16  # texts sent to a process at a time
AHEAD = 4  # chunks that wait for each process

Text = tuple[str, dict[FieldName, str]]  # digest, fields
Packed = tuple[str, bytes, str | None]  # digest, packed extraction, its language where that is not English


class Extracts(Protocol):
    """What is asked of an extractor here."""

    @property
    def info(self) -> ExtractorInfo: ...

    def extract(self, fields: Mapping[FieldName, str]) -> Extraction: ...


Load = Callable[[], Extracts]


class Extracted(NamedTuple):
    """How many texts were extracted, and how many of these are in which language other than English."""

    texts: int
    languages: Counter[str]


def extract_missing(
    staging: Staging, extractor: str, load: Load, jobs: int, progress: Callable[[str, int, int | None], None]
) -> Extracted:
    """Extract each staged text that the extractor with this digest has not read.

    ``load`` is called only when there is something to extract; with ``jobs`` above one it is called in each
    process, so it must be a function that other processes can import. Raises PapertriplesError where one of them
    ends before its work is done.
    """
    total = staging.not_extracted(extractor)
    languages: Counter[str] = Counter()
    if not total:
        return Extracted(0, languages)
    texts = ((digest, record.fields()) for digest, record in staging.texts_to_extract(extractor))
    processes = min(jobs, -(-total // CHUNK))
    done = 0
    with ExitStack() as stack:
        if processes > 1:
            extracted = stack.enter_context(_Pool(processes, load)).extract(texts)
        else:
            extracted = _extracted(load(), texts)
        for digest, extraction, language in extracted:
            staging.keep_extraction(digest, extraction, extractor)
            if language is not None:
                languages[language] += 1
            done += 1
            progress("extract", done, total)
    staging.commit()
    return Extracted(done, languages)


def _extracted(extractor: Extracts, texts: Iterable[Text]) -> Iterator[Packed]:
    for digest, fields in texts:
        extraction = extractor.extract(fields)
        yield digest, packed(extraction), extraction.language


class _Pool:
    """Processes that each load the extractor once."""

    def __init__(self, processes: int, load: Load) -> None:
        self.processes = processes
        # Not fork: a forked copy of a process with threads (SQLite, RocksDB) may hang.
        context = multiprocessing.get_context("spawn")
        self.executor = ProcessPoolExecutor(processes, context, initializer=_start, initargs=(load,))

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.executor.shutdown(wait=True, cancel_futures=True)

    def extract(self, texts: Iterable[Text]) -> Iterator[Packed]:
        """The extractions of the texts, in their order; only a few chunks are in memory."""
        waiting: deque[Future[list[Packed]]] = deque()
        source = iter(texts)
        try:
            while True:
                while len(waiting) < AHEAD * self.processes and (chunk := list(islice(source, CHUNK))):
                    waiting.append(self.executor.submit(_extract_chunk, chunk))
                if not waiting:
                    return
                yield from waiting.popleft().result()
        except BrokenProcessPool:
            raise PapertriplesError(
                "a process that extracts ended before its work was done (often: no memory left); the store is as it "
                "was before; build again, with fewer --jobs if memory is short: what was extracted is kept"
            ) from None


_loaded: list[Extracts] = []  # in a process of the pool: its extractor


def _start(load: Load) -> None:
    # Ctrl-C reaches all processes of the terminal: the first one decides when the others end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _loaded.append(load())


def _extract_chunk(chunk: list[Text]) -> list[Packed]:
    return list(_extracted(_loaded[0], chunk))
