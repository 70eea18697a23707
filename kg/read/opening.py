"""Inputs -> open streams: files, folders, globs and standard input; gzip is transparent, text comes line by line."""

from __future__ import annotations

import codecs
import contextlib
import glob
import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from kg.errors import PapertriplesError, UsageError
from kg.read.place import Place
from kg.unpacking import unpacked

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

STANDARD_INPUT = "-"
HEAD_SIZE = 64 * 1024  # bytes that a format is recognised by
LINE_LIMIT = 64 * 1024 * 1024  # bytes of a line: no record of a paper is longer
_READ_ERRORS = (EOFError, gzip.BadGzipFile, zlib.error, OSError)  # what a damaged file raises while it is read
_STORE_MANIFEST = "papertriples.json"


class DamagedInput(PapertriplesError):
    """The file cannot be read to its end; what came before is good."""


class UnreadableInput(UsageError):
    """The file cannot be opened."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read. ``path`` is None for standard input; ``named``: the user named it, not just its folder."""

    name: str
    path: Path | None
    named: bool = True


def input_files(inputs: Iterable[str | Path]) -> tuple[InputFile, ...]:
    """The files that the inputs mean, each once: files as named; folders and globs sorted, without hidden files.

    Raises UsageError for what does not exist. Folders that hold a store of papertriples are left out.
    """
    found: dict[str, InputFile] = {}
    for one in inputs:
        for file in _expand(str(one)):
            found.setdefault(file.name if file.path is None else os.path.realpath(file.path), file)
    return tuple(found.values())


def _expand(name: str) -> Iterator[InputFile]:
    path = Path(name)
    if name == STANDARD_INPUT:
        yield InputFile("standard input", None)
    elif path.is_dir():
        yield from _in_folder(path)
    elif path.exists():
        yield InputFile(name, path)
    elif glob.has_magic(name):
        matches = sorted(glob.glob(name, recursive=True))
        if not matches:
            raise UsageError(f"{name}: no file has such a name; a pattern must match at least one file")
        for match in matches:
            if os.path.isdir(match):
                yield from _in_folder(Path(match))
            else:
                yield InputFile(match, Path(match), named=False)
    else:
        raise UsageError(f"{name}: no such file or folder; give a file, a folder, a pattern or - for standard input")


def _in_folder(folder: Path) -> Iterator[InputFile]:
    for parent, folders, names in os.walk(folder):
        if _STORE_MANIFEST in names:
            folders.clear()
            continue
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            if not name.startswith(".") and path.is_file():
                yield InputFile(str(path), path, named=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """An open input: its first bytes (after decompression), and the whole of it as a stream."""

    head: bytes
    stream: io.BufferedReader


@contextlib.contextmanager
def open_input(file: InputFile) -> Iterator[Opened]:
    """Opens a file or standard input; what is compressed with gzip is read as what it holds.

    Raises UnreadableInput where a file cannot be opened; DamagedInput, now or while reading, where it is damaged or
    unpacks to very much more than it is.
    """
    with contextlib.ExitStack() as stack:
        if file.path is None:
            pieces = _Pieces(cast(io.BufferedReader, sys.stdin.buffer))
        else:
            pieces = _Pieces(stack.enter_context(_open_file(file.name, file.path)))
        if pieces.peek(2) == b"\x1f\x8b":
            compressed = stack.enter_context(io.BufferedReader(pieces, HEAD_SIZE))
            pieces = _Pieces(stack.enter_context(unpacked(compressed)))
        head = pieces.peek(HEAD_SIZE)
        yield Opened(head, stack.enter_context(io.BufferedReader(pieces, HEAD_SIZE)))


def _open_file(name: str, path: Path) -> io.BufferedReader:
    try:
        return open(path, "rb")
    except OSError as error:
        raise UnreadableInput(f"{name}: cannot be read: {error.strerror or error}") from error


class _HasRead1(Protocol):
    def read1(self, size: int, /) -> bytes: ...


class _Pieces(io.RawIOBase):
    """A stream whose first bytes can be looked at before they are read.

    What was read before an error is handed out first; the error comes again with every read after that.
    """

    def __init__(self, source: _HasRead1) -> None:
        self._source = source
        self._head = b""
        self._error: DamagedInput | None = None

    def peek(self, size: int) -> bytes:
        """The next ``size`` bytes, or fewer where the stream ends; they stay to be read."""
        while len(self._head) < size:
            more = self._more(size)
            if not more:
                if self._error and not self._head:
                    raise self._error
                break
            self._head += more
        return self._head[:size]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        piece = self._head[: len(view)] if self._head else self._more(len(view))
        self._head = self._head[len(piece) :]
        if not piece and self._error:
            raise self._error
        view[: len(piece)] = piece
        return len(piece)

    def _more(self, size: int) -> bytes:
        if self._error is None:
            try:
                return self._source.read1(size)
            except _READ_ERRORS as error:
                self._error = DamagedInput(str(error))
        return b""


# --- text ---------------------------------------------------------------------------------------------------

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decode_head(head: bytes) -> str:
    """The first bytes as text, as far as they go: to recognise a format by."""
    mark, encoding = _encoding(head)
    return head[len(mark) :].decode(encoding, errors="replace")


def _encoding(head: bytes) -> tuple[bytes, str]:
    return next(((mark, name) for mark, name in _MARKS if head.startswith(mark)), (b"", "utf-8"))


def text_lines(opened: Opened, place: Place) -> Iterator[tuple[int, str]]:
    """The lines with their numbers, without "\\n" and without "\\r" before it; only "\\n" ends a line.

    UTF-8, or UTF-16 where a byte order mark says so. Bytes that are no such text become U+FFFD and are reported with
    their line; so is a line longer than LINE_LIMIT, which is left out.
    """
    mark, encoding = _encoding(opened.head)
    opened.stream.read(len(mark))
    if encoding != "utf-8":
        yield from _wide_lines(opened.stream, encoding, place)
        return
    for number, line in enumerate(_byte_lines(opened.stream), 1):
        if len(line) > LINE_LIMIT:
            expected = f"at most {LINE_LIMIT // 1024 // 1024} MiB"
            place.at(number).report("line", "a longer line", expected, skipped=True)
            continue
        try:
            text = line.decode()
        except UnicodeDecodeError:
            text = line.decode(errors="replace")
            place.at(number).report("encoding", "bytes that are not UTF-8", "UTF-8 (each replaced by U+FFFD)")
        yield number, text.removesuffix("\n").removesuffix("\r")


def _byte_lines(stream: io.BufferedReader) -> Iterator[bytes]:
    """Lines of bytes; of one longer than LINE_LIMIT only a beginning that is longer than it, too."""
    while line := stream.readline(LINE_LIMIT + 1):
        piece = line
        while piece and not piece.endswith(b"\n"):
            piece = stream.readline(LINE_LIMIT)
            line = line if len(line) > LINE_LIMIT else line + piece
        yield line


def _wide_lines(stream: io.BufferedReader, encoding: str, place: Place) -> Iterator[tuple[int, str]]:
    wrapped = io.TextIOWrapper(stream, encoding, errors="replace", newline="\n")
    for number, line in enumerate(wrapped, 1):
        if "\ufffd" in line:
            place.at(number).report("encoding", "bytes that are not UTF-16", "UTF-16 (each replaced by U+FFFD)")
        yield number, line.removesuffix("\n").removesuffix("\r")
    wrapped.detach()
