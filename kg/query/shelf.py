"""The recipes that come with papertriples and those of a user's own folder, read once or whenever a file changes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from kg.errors import RecipeError
from kg.query.recipes import Recipes, load_recipes
from kg.resources import resource_folder

State = tuple[tuple[str, int, int], ...]


def recipes_with(own: Path | None) -> Recipes:
    """The recipes that come with papertriples, and those of a folder, which take the place of others of their name.

    Raises UsageError where there is no such folder.
    """
    return load_recipes() if own is None else load_recipes().beside(load_recipes(own))


class RecipeShelf:
    """Hands out the recipes. ``watch``: for development, they are read again when a file is added, changed or gone.

    ``report`` gets the errors that come up later.
    """

    def __init__(self, own: Path | None, *, watch: bool = False, report: Callable[[RecipeError], None]) -> None:
        self._own = own
        self._watch = watch
        self._report = report
        self._turn = threading.Lock()
        self._seen = self._state()
        self._recipes = recipes_with(own)

    def current(self) -> Recipes:
        """The recipes of this moment."""
        if not self._watch:
            return self._recipes
        with self._turn:
            state = self._state()
            if state != self._seen and (self._own is None or self._own.is_dir()):
                known = {str(error) for error in self._recipes.errors}
                self._seen, self._recipes = state, recipes_with(self._own)
                for error in self._recipes.errors:
                    if str(error) not in known:
                        self._report(error)
            return self._recipes

    def _state(self) -> State:
        folders = [resource_folder("queries"), *([] if self._own is None else [self._own])]
        found: list[tuple[str, int, int]] = []
        for folder in folders:
            for path in sorted(folder.glob("*.rq")):
                try:
                    about = path.stat()
                except FileNotFoundError:  # it went away just now
                    continue
                found.append((str(path), about.st_mtime_ns, about.st_size))
        return tuple(found)
