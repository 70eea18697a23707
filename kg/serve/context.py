"""What the parts of the server share: the store's snapshots, the workers, the recipes, the settings."""

from __future__ import annotations

import contextlib
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import RecipeError, UsageError
from kg.query import Recipe, Recipes
from kg.query.shelf import RecipeShelf
from kg.serve.access import Access
from kg.serve.confinement import warning_of
from kg.serve.fetching import Fetcher
from kg.serve.limits import Gate
from kg.serve.metrics import Figures, version_of
from kg.serve.snapshots import Snapshots
from kg.serve.values import StoreValues
from kg.serve.watching import AccessLog, Watch
from kg.serve.workers import WorkerPool
from kg.serve.writing import Writing
from kg.settings import Settings, is_remote
from kg.store import EmbeddedStore, RemoteStore, check_merge
from kg.store.tokens import Tokens

_MEBIBYTE = 1 << 20
_NO_FOLDER = Path("/nonexistent")  # an endpoint keeps no tokens of ours: nobody writes by this server


@dataclass(frozen=True, slots=True)
class Context:
    """Made once for an app. Close it when the app is done with.

    Queries that come from outside go to ``pool`` through ``gate``; short ones that a page needs read a ``snapshot()``
    directly. ``stopping`` is set when the server is told to stop.
    """

    place: Path | str  # of the store: a folder, or the address of an endpoint
    location: Path  # where what people write is kept: the folder, or none
    settings: Settings
    shelf: RecipeShelf
    pool: WorkerPool
    snapshots: Snapshots
    values: StoreValues
    access: Access
    writing: Writing
    gate: Gate
    figures: Figures
    watch: Watch
    log: AccessLog | None
    fetcher: Fetcher | None  # of what SERVICE may ask
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def recipes(self) -> Recipes:
        """The recipes of this moment."""
        return self.shelf.current()

    @property
    def max_rows(self) -> int:
        return self.settings.integer("max_rows")

    def recipe(self, recipe: Recipe) -> Recipe:
        """A recipe with the values that the store has for its enums."""
        return recipe.with_values(self.values)

    def snapshot(self) -> contextlib.AbstractContextManager[EmbeddedStore]:
        """The current version's store, for one request: ``with context.snapshot() as store: ...``."""
        return self.snapshots.current()

    def close(self) -> None:
        """End the workers and close the store."""
        self.writing.close()
        self.pool.close()
        self.snapshots.close()
        if self.fetcher is not None:
            self.fetcher.close()
        if self.log is not None:
            self.log.close()


def open_context(
    location: str | Path,
    *,
    timeout: float | None = None,
    workers: int | None = None,
    max_rows: int | None = None,
    recipes_folder: Path | None = None,
    settings: Settings | None = None,
) -> Context:
    """Open the store and start the workers; what is None is as ``settings`` say. Raises StoreError, UsageError."""
    place = str(location) if is_remote(location) else Path(location).resolve()
    folder = _NO_FOLDER if isinstance(place, str) else place
    given = (settings or Settings()).but(timeout=timeout, workers=workers, max_rows=max_rows, recipes=recipes_folder)
    size, seconds = given.integer("workers"), given.number("timeout")
    if isinstance(place, str) and given.text("services"):
        raise UsageError(
            "--services needs a store in a folder: of another one its own server decides what SERVICE may ask"
        )
    shelf = RecipeShelf(given.path("recipes"), watch=given.switch("reload"), report=_report)
    snapshots = Snapshots(place, seconds)
    with snapshots.current() as store:  # a store that cannot be opened is told at once
        if isinstance(store, RemoteStore):
            for problem in check_merge(store):
                print(f"papertriples: {place}: {problem}", file=sys.stderr)
    if isinstance(place, str) and given.switch("read_token"):
        raise UsageError(
            "--read-token needs a store in a folder, which keeps the tokens; let a proxy ask for a password"
        )
    log = AccessLog(given.text("access_log")) if given.text("access_log") else None
    memory, most = (given.integer(name) * _MEBIBYTE for name in ("worker_memory", "max_answer"))
    asked = given.text("services").split()
    fetcher = Fetcher(asked, seconds) if asked else None
    pool = WorkerPool(place, size, seconds, memory, most, None if fetcher is None else fetcher.routes)
    try:
        pool.start()
        warning = warning_of(pool.confined, required=given.switch("require_confinement"))
    except BaseException:
        pool.close()
        snapshots.close()
        if fetcher is not None:
            fetcher.close()
        if log is not None:
            log.close()
        raise
    if warning is not None:
        print(f"papertriples: {warning}", file=sys.stderr)
    gate = Gate(size, given.integer("client_queries"), given.integer("queue"), seconds, given.text("rate_limit"))
    access = Access(Tokens(folder), given.text("token_failures"), closed=given.switch("read_token"))
    writing = Writing(folder, access, given.number("write_timeout"))
    figures = Figures()
    watch = Watch(figures, *([] if log is None else [log]))
    context = Context(
        place,
        folder,
        given,
        shelf,
        pool,
        snapshots,
        StoreValues(pool, snapshots),
        access,
        writing,
        gate,
        figures,
        watch,
        log,
        fetcher,
    )
    figures.watch(context, lambda: version_of(place))
    return context


def _report(error: RecipeError) -> None:
    print(f"papertriples: {error}", file=sys.stderr)
