"""An orderly end: the first signal lets requests in hand finish, the second one ends them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from types import FrameType

_LOOK_AGAIN_SECONDS = 0.05
_FLUSH_SECONDS = 0.2  # for what the main thread still has to send
_CUT_SECONDS = 2.0  # for the threads of what was cut


class OrderlyStop:
    """A handler of signals for the main thread.

    Upon the first one ``begin`` is called (health says "stopping" from then on, so that a load balancer sends nobody
    any more), and SystemExit is raised when ``in_hand`` is nought, or else, ``seconds`` later, after ``cut`` has ended
    what is in hand. Upon the second one that is done at once.
    """

    def __init__(
        self, begin: Callable[[], None], in_hand: Callable[[], int], seconds: float, cut: Callable[[], None]
    ) -> None:
        self._begin = begin
        self._in_hand = in_hand
        self._seconds = seconds
        self._cut = cut
        self._begun = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self._begun:
            self._cut()
            raise SystemExit(0)
        self._begun = True
        self._begin()
        if not self._in_hand():
            raise SystemExit(0)
        threading.Thread(target=self._wait, args=(number,), name="orderly stop", daemon=True).start()

    def _wait(self, number: int) -> None:
        if not self._ends(self._seconds):
            self._cut()
            self._ends(_CUT_SECONDS)
        time.sleep(_FLUSH_SECONDS)
        os.kill(os.getpid(), number)  # the main thread gets it, and ends

    def _ends(self, seconds: float) -> bool:
        """Whether what is in hand ends in time."""
        end = time.monotonic() + seconds
        while self._in_hand():
            if time.monotonic() > end:
                return False
            time.sleep(_LOOK_AGAIN_SECONDS)
        return True
