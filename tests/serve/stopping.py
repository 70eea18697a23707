"""Ends a server that runs in a thread."""

from __future__ import annotations

import threading

import waitress.server


def stop_server(server: waitress.server.BaseWSGIServer, thread: threading.Thread) -> None:
    """Close the server and the connections that clients keep open, and wait for its thread."""

    def stop() -> None:
        server.close()
        for channel in list(server.active_channels.values()):
            channel.handle_close()

    # Write first, then let the loop see what to do, under the lock that it takes for that: pull_trigger() does it
    # the other way round, and another thread's pull may close the pipe before ours is written.
    with server.trigger.lock:
        server.trigger._physical_pull()
        server.trigger.thunks.append(stop)
    thread.join(10)
    server.task_dispatcher.shutdown()
