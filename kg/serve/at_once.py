"""Kept answers, given by the thread that reads the connections: no other thread is woken for them.

waitress hands each request to a thread of its own. For an answer that only has to be looked up, waking that thread, and
the reading one again after it, is about half of the work. What is not kept goes to the threads as ever.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

import waitress.server
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.proxy_headers import proxy_headers_middleware
from waitress.task import Task, ThreadedTaskDispatcher, WSGITask

from kg.serve.kept_answers import PREPARED, KeptAnswers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_UNHEARD: Final = logging.getLogger("papertriples.unheard")  # a wrong header is told of where the request is answered
_UNHEARD.disabled = True


class ReadingChannel(HTTPChannel):  # type: ignore[misc]  # waitress is not typed
    """A connection that answers a request itself where its dispatcher has found the answer."""

    reading = False
    ready: Task | None = None  # the request at hand, with its answer

    def handle_read(self) -> None:
        """Read on; called by the thread that reads all connections."""
        self.reading = True
        try:
            super().handle_read()
        finally:
            self.reading = False
        if self.ready is not None:
            self.service()

    def task_class(self, channel: HTTPChannel, request: HTTPRequestParser) -> Task:
        """What answers a request: waitress asks for it when the request's turn has come."""
        # service() hands the connection's next request to a thread before it returns: what is ready is used up by then.
        ready, self.ready = self.ready, None
        return WSGITask(channel, request) if ready is None else ready


class KeptFirst:
    """Gives a request whose answer is kept back to its connection, and any other one to the threads.

    ``look_up`` is a WSGI app that answers nothing: it puts the answer that is kept into the request's environment.
    """

    def __init__(self, threads: ThreadedTaskDispatcher, look_up: WSGIApplication) -> None:
        self._threads = threads
        self._look_up = look_up

    def add_task(self, task: HTTPChannel) -> None:
        """Have the first request of a connection answered."""
        # A connection calls this with its lock taken when it reads, from a thread when it goes on to its next request.
        # What waits to be sent could make the answer wait for the client, so then it is a thread that waits.
        if isinstance(task, ReadingChannel) and task.reading and not task.total_outbufs_len:
            task.ready = self._ready(task)
            if task.ready is not None:
                return
        self._threads.add_task(task)

    def shutdown(self, cancel_pending: bool = True, timeout: int = 5) -> bool:
        """End the threads."""
        return bool(self._threads.shutdown(cancel_pending, timeout))

    def _ready(self, channel: ReadingChannel) -> Task | None:
        request = channel.requests[0]
        if request.error or request.command != "GET":
            return None
        task = WSGITask(channel, request)
        environ = task.get_environment()
        self._look_up(environ, _not_started)
        return task if PREPARED in environ else None


def answer_at_once(server: waitress.server.BaseWSGIServer, kept: KeptAnswers) -> None:
    """Have the server give kept answers in the thread that reads its connections."""

    def look_up(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        kept.prepare(environ)
        return ()

    told = server.adj
    if told.trusted_proxy:  # then it is the proxy that says who asks, and for which host
        look_up = proxy_headers_middleware(
            look_up,
            trusted_proxy=told.trusted_proxy,
            trusted_proxy_count=told.trusted_proxy_count,
            trusted_proxy_headers=told.trusted_proxy_headers,
            logger=_UNHEARD,
        )
    server.channel_class = ReadingChannel
    server.task_dispatcher = KeptFirst(server.task_dispatcher, look_up)


def _not_started(*head: object) -> Callable[[bytes], object]:
    return lambda piece: None
