"""What the parts of the server share: the store's snapshots, the workers, the recipes, the settings."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from kg.query import Recipes, load_recipes
from kg.serve.snapshots import Snapshots
from kg.serve.workers import WorkerPool
from kg.settings import DEFAULTS
from kg.store import EmbeddedStore


@dataclass(frozen=True, slots=True)
class Context:
    """Made once for an app. Close it when the app is done with.

    Queries that come from outside go to ``pool``; short ones that a page needs read a ``snapshot()`` directly.
    """

    location: Path
    recipes: Recipes
    pool: WorkerPool
    snapshots: Snapshots
    max_rows: int

    def snapshot(self) -> contextlib.AbstractContextManager[EmbeddedStore]:
        """The current version's store, for one request: ``with context.snapshot() as store: ...``."""
        return self.snapshots.current()

    def close(self) -> None:
        """End the workers and close the store."""
        self.pool.close()
        self.snapshots.close()


def open_context(
    location: str | Path,
    *,
    timeout: float | None = None,
    workers: int | None = None,
    max_rows: int | None = None,
    recipes_folder: Path | None = None,
) -> Context:
    """Open the store and start the workers; None means the default in kg/settings.py. Raises StoreError."""
    path = Path(location).resolve()
    recipes = load_recipes(recipes_folder)
    snapshots = Snapshots(path)
    with snapshots.current():  # a store that cannot be opened is told at once
        pass
    pool = WorkerPool(
        path,
        int(str(DEFAULTS["workers"])) if workers is None else workers,
        float(str(DEFAULTS["timeout"])) if timeout is None else timeout,
    )
    try:
        pool.start()
    except BaseException:
        snapshots.close()
        raise
    rows = int(str(DEFAULTS["max_rows"])) if max_rows is None else max_rows
    return Context(path, recipes, pool, snapshots, rows)
