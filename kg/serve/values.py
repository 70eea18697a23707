"""The values of a recipe's enums that a query gives: asked once a version of the store."""

from __future__ import annotations

import json
import threading

from kg.errors import PapertriplesError
from kg.query.enums import MOST_VALUES
from kg.serve.snapshots import Snapshots
from kg.serve.worker_process import Job
from kg.serve.workers import WorkerPool


class StoreValues:
    """Runs the queries of enums."""

    def __init__(self, pool: WorkerPool, snapshots: Snapshots) -> None:
        self._pool = pool
        self._snapshots = snapshots
        self._turn = threading.Lock()
        self._version = -1
        self._known: dict[str, tuple[str, ...]] = {}

    def __call__(self, query: str) -> tuple[str, ...]:
        """The values, none where they cannot be told at the moment."""
        try:
            with self._snapshots.current() as store:
                version = store.version
            with self._turn:
                if version != self._version:
                    self._version, self._known = version, {}
                if query in self._known:
                    return self._known[query]
            asked = self._pool.ask(Job(query, "json", None, MOST_VALUES, more="refuse"))
            try:
                found = json.loads(asked.read())
            finally:
                asked.close()
        except PapertriplesError:
            return ()
        first = found["head"]["vars"][0]
        values = tuple(dict.fromkeys(row[first]["value"] for row in found["results"]["bindings"] if first in row))
        with self._turn:
            if version == self._version:
                self._known[query] = values
        return values
