"""An orderly end: the first signal lets requests in hand finish, the second one ends them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from types import FrameType

_LOOK_AGAIN_SECONDS = 0.05
_FLUSH_SECONDS = 0.2  # for what the main thread still has to send


class OrderlyStop:
    """A handler of signals for the main thread.

    Upon the first one ``begin`` is called (health says "stopping" from then on, so that a load balancer sends nobody
    any more), and SystemExit is raised when ``in_flight`` is nought or ``seconds`` have gone by. Upon the second one it
    is raised at once.
    """

    def __init__(self, begin: Callable[[], None], in_flight: Callable[[], int], seconds: float) -> None:
        self._begin = begin
        self._in_flight = in_flight
        self._seconds = seconds
        self._begun = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self._begun:
            raise SystemExit(0)
        self._begun = True
        self._begin()
        if not self._in_flight():
            raise SystemExit(0)
        threading.Thread(target=self._wait, args=(number,), name="orderly stop", daemon=True).start()

    def _wait(self, number: int) -> None:
        end = time.monotonic() + self._seconds
        while self._in_flight() and time.monotonic() < end:
            time.sleep(_LOOK_AGAIN_SECONDS)
        time.sleep(_FLUSH_SECONDS)
        os.kill(os.getpid(), number)  # the main thread gets it, and ends
