"""The command ``papertriples``, whose network reads each window once: odd texts repeat themselves for a megabyte.

``python -m tests.extract.remembering extract``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

import pytest

from kg.cli import main
from kg.extract.encoder import Encoded, Encoder
from kg.extract.pieces import Window


def given(window: Window) -> Hashable:
    """All that the network is given of a window."""
    return window.pieces, window.shapes, window.first, window.last


def remember(patched: pytest.MonkeyPatch, key: Callable[[Window], Hashable] = given) -> None:
    """Let the network read one window of each key alone."""
    read: dict[tuple[Encoder, Hashable], Encoded] = {}
    encode = Encoder.encode

    def remembered(self: Encoder, window: Window) -> Encoded:
        which = (self, key(window))
        if which not in read:
            read[which] = encode(self, window)
        return read[which]

    patched.setattr(Encoder, "encode", remembered)


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as patched:
        remember(patched)
        main()
