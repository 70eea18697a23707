"""Stored recipes: ``.rq`` files whose ``#+`` header makes each of them a documented call with typed parameters.

The header is YAML behind ``#+``, as grlc has it (https://github.com/CLARIAH/grlc)::

    #+ summary: Datasets of a task
    #+ parameters:
    #+   - name: task
    #+     type: string
    #+     example: node classification

In the query a parameter is the variable ``?_task`` or ``?_task_string``; with two underscores (``?__task``) it is
optional and stays a variable where no value is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kg.errors import ParameterError, QueryRefused, RecipeError, UsageError
from kg.query.header import read_header
from kg.query.parameters import LARGEST, TYPES, Parameter
from kg.query.policy import QueryKind, check_query, query_kind
from kg.query.tokens import Token, tokenize
from kg.resources import resource_folder


@dataclass(frozen=True, slots=True)
class Recipe:
    """A stored query. ``example`` holds a value for each parameter with which the query gives rows."""

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    query: str  # the file's text, header included
    kind: QueryKind

    @property
    def example(self) -> dict[str, str]:
        """The parameters' examples, else defaults."""
        values = {one.name: one.default if one.example is None else one.example for one in self.parameters}
        return {name: value for name, value in values.items() if value is not None}

    def bind(self, given: Mapping[str, str] | None = None) -> str:
        """The query with its parameters put in as RDF terms.

        Raises ParameterError: unknown, missing or ill-typed, with what would be right.
        """
        given = given or {}
        known = {one.name: one for one in self.parameters}
        for name in given:
            if name not in known:
                listed = ", ".join(known) or "none"
                raise ParameterError(f"recipe {self.name} has no parameter {name!r}; it has: {listed}")
        terms: dict[str, str] = {}
        for parameter in self.parameters:
            value = given.get(parameter.name, parameter.default)
            if value is not None:
                terms[parameter.name] = parameter.term(value)
            elif parameter.required:
                raise ParameterError(f"recipe {self.name} needs the parameter {parameter.name}: {parameter.expected}")
        return "".join(self._bound(terms))

    def _bound(self, terms: Mapping[str, str]) -> Iterator[str]:
        slots = {spelling: one.name for one in self.parameters for spelling in spellings(one)}
        keyword = ""
        for token in tokenize(self.query):
            name = slots.get(token.text[1:]) if token.kind == "variable" else None
            if name is None or name not in terms:
                yield token.text
            else:
                term = terms[name]
                if keyword in ("LIMIT", "OFFSET") and not (term.isdigit() and int(term) <= LARGEST):
                    raise ParameterError(f"parameter {name}: found {term}, expected a whole number, not negative")
                yield term
            if token.visible:
                keyword = token.text.upper() if token.kind == "word" else ""

    def as_dict(self) -> dict[str, object]:
        """The recipe for JSON."""
        return {
            "name": self.name,
            "summary": self.summary,
            "description": self.description,
            "tags": list(self.tags),
            "form": self.kind,
            "parameters": [one.as_dict() for one in self.parameters],
            "example": self.example,
        }


class Recipes:
    """The recipes of a folder, by name; ``errors`` holds one RecipeError for each file that could not be read."""

    def __init__(self, recipes: Mapping[str, Recipe], errors: tuple[RecipeError, ...] = ()) -> None:
        self._recipes = dict(sorted(recipes.items()))
        self.errors = errors

    def __iter__(self) -> Iterator[Recipe]:
        return iter(self._recipes.values())

    def __len__(self) -> int:
        return len(self._recipes)

    def __contains__(self, name: object) -> bool:
        return name in self._recipes

    def get(self, name: str) -> Recipe:
        """The recipe of that name; raises UsageError that lists the names there are."""
        if name not in self._recipes:
            raise UsageError(f"no recipe {name!r}; there are {', '.join(self._recipes) or 'none'}")
        return self._recipes[name]


def load_recipes(folder: Path | None = None) -> Recipes:
    """All ``.rq`` files of a folder (of the recipes that come with papertriples where None).

    Raises UsageError where there is no such folder. A file that is not right becomes an error in ``errors``, and
    the others are loaded all the same.
    """
    folder = resource_folder("queries") if folder is None else folder
    if not folder.is_dir():
        raise UsageError(f"no folder of recipes at {folder}")
    recipes: dict[str, Recipe] = {}
    errors: list[RecipeError] = []
    for path in sorted(folder.glob("*.rq")):
        try:
            recipes[path.stem] = read_recipe(path)
        except RecipeError as error:
            errors.append(error)
    return Recipes(recipes, tuple(errors))


def read_recipe(path: Path) -> Recipe:
    """The recipe in a file; raises RecipeError with file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RecipeError(f"{path}: not UTF-8 text (byte {error.start})") from error
    header = read_header(path, text)
    kind = query_kind(text)
    if kind is None:
        raise RecipeError(f"{path}: found no query, expected a SELECT, ASK, CONSTRUCT or DESCRIBE after the header")
    try:
        check_query(text)
    except QueryRefused as error:
        raise RecipeError(f"{path}: {error}") from error
    parameters = tuple(_matched(path, text, header.parameters))
    return Recipe(path.stem, header.summary, header.description, header.tags, parameters, text, kind)


def spellings(parameter: Parameter) -> tuple[str, ...]:
    """The variables that stand for a parameter, without the question mark: optional ones begin with two underscores.

    >>> spellings(Parameter("limit", "integer"))
    ('_limit', '_limit_integer', '__limit', '__limit_integer')
    """
    named = f"_{parameter.name}"
    return (named, f"{named}_{parameter.type}", f"_{named}", f"_{named}_{parameter.type}")


def _matched(path: Path, text: str, parameters: tuple[Parameter, ...]) -> Iterator[Parameter]:
    """The parameters, each seen to stand in the query, and the variables, each seen to be a parameter."""
    slots = {spelling: one for one in parameters for spelling in spellings(one)}
    used: dict[str, Token] = {}
    for token in tokenize(text):
        if token.kind == "variable" and token.text[1] == "_":
            if token.text[1:] not in slots:
                line = text.count("\n", 0, token.start) + 1
                suffix = token.text.rpartition("_")[2]
                hint = "" if suffix not in TYPES else f" of type {suffix}"
                raise RecipeError(
                    f"{path}:{line}: {token.text}: the header describes no such parameter{hint}; "
                    f"it describes: {', '.join(one.name for one in parameters) or 'none'}"
                )
            used.setdefault(slots[token.text[1:]].name, token)
    for parameter in parameters:
        if parameter.name not in used:
            raise RecipeError(f"{path}: parameter {parameter.name}: the query has no variable ?_{parameter.name}")
        optional = used[parameter.name].text[1:].startswith("__")
        yield parameter if parameter.default is not None or optional else replace(parameter, required=True)
