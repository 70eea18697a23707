"""gzip -> what it holds, as a stream, and no bombs: a file that unpacks to very much more than it is ends early."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

FREE: Final = 64 << 20  # bytes that any file may unpack to
RATIO: Final = 200  # beyond that: how many times its size (records of papers pack to a tenth; zeros, to a thousandth)
_PIECE: Final = 1 << 16


class Bomb(gzip.BadGzipFile):
    """The file unpacks to very much more than it is."""


class HasRead(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes: ...


def unpacked(packed: HasRead) -> io.BufferedReader:
    """What a gzip stream holds, read as it is asked for.

    Reading raises Bomb (an OSError) where it has given more than ``FREE`` bytes and more than ``RATIO`` times what it
    was made of; BadGzipFile, EOFError, zlib.error where it is damaged.
    """
    return io.BufferedReader(_Unpacked(packed), _PIECE)


class _Counted:
    def __init__(self, source: HasRead) -> None:
        self.bytes = 0
        self._source = source

    def read(self, size: int) -> bytes:
        piece = self._source.read(size)
        self.bytes += len(piece)
        return piece


class _Unpacked(io.RawIOBase):
    def __init__(self, packed: HasRead) -> None:
        self._packed = _Counted(packed)
        self._file = gzip.GzipFile(fileobj=self._packed, mode="rb")  # type: ignore[call-overload]
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        piece = self._file.read1(len(view))
        self._given += len(piece)
        if self._given > max(FREE, RATIO * self._packed.bytes):
            raise Bomb(f"it unpacks to more than {FREE >> 20} MiB and {RATIO} times its size; unpack it first")
        view[: len(piece)] = piece
        return len(piece)
