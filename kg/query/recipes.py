"""Stored recipes: ``.rq`` files whose ``#+`` header makes each of them a documented call with typed parameters.

The header is YAML behind ``#+``, as grlc has it (https://github.com/CLARIAH/grlc)::

    #+ summary: Datasets of a task
    #+ parameters:
    #+   - name: task
    #+     type: string
    #+     example: node classification

In the query a parameter is the variable ``?_task`` or ``?_task_string``; with two underscores (``?__task``) it is
optional and stays a variable where no value is given. ``?_task_names`` stands for all spellings of a name that a store
has, in a block of ``VALUES``: they are looked up in its index, so that the query need not look through all names;
``UNDEF`` stands there where no store was asked. With ``pagination: 50`` the rows come in pages of 50, or as many
as the parameter ``limit`` says; ``page`` chooses one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox

from kg.errors import ParameterError, QueryRefused, QuerySyntaxError, RecipeError, UsageError
from kg.query.header import Header, read_header
from kg.query.parameters import LARGEST, TYPES, Parameter, quoted
from kg.query.policy import QueryKind, check_query, query_kind
from kg.query.results import syntax_error
from kg.query.tokens import Token, tokenize
from kg.resources import resource_folder

Names = Callable[[str], Sequence[str] | None]
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
# A value of each type with which a query can be parsed.
_PROBES = {"string": "x", "iri": "urn:x", "integer": "1", "decimal": "1", "date": "2000", "enum": "x"}


@dataclass(frozen=True, slots=True)
class Recipe:
    """A stored query. ``example`` holds a value for each parameter with which the query gives rows.

    ``page_size`` is None where the rows do not come in pages. ``ranks_inside``: the query itself says where its page is
    cut (``LIMIT ?_limit OFFSET ?_offset`` in a subquery), and may give more rows than that.
    """

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    query: str  # the file's text, header included
    kind: QueryKind
    method: str = "GET"
    page_size: int | None = None
    ranks_inside: bool = False

    @property
    def example(self) -> dict[str, str]:
        """The parameters' examples, else defaults."""
        values = {one.name: one.default if one.example is None else one.example for one in self.parameters}
        return {name: value for name, value in values.items() if value is not None}

    def with_values(self, values_of: Callable[[str], Sequence[str]]) -> Recipe:
        """The recipe with the values of its enums that come from a query; ``values_of`` runs it."""
        if all(one.query is None for one in self.parameters):
            return self
        prologue = "".join(f"{line}\n" for line in _prologue(self.query))
        parameters = (
            one if one.query is None else replace(one, values=tuple(values_of(prologue + one.query)))
            for one in self.parameters
        )
        return replace(self, parameters=tuple(parameters))

    def page(self, given: Mapping[str, str]) -> tuple[int, int]:
        """Number and rows of the page that is asked for, of a recipe that has pages. Raises ParameterError."""
        known = {one.name: one for one in self.parameters}
        page, limit = (int(known[name].term(given.get(name, known[name].default or ""))) for name in ("page", "limit"))
        return page, limit

    def bind(self, given: Mapping[str, str] | None = None, *, ahead: bool = False, names: Names | None = None) -> str:
        """The query with its parameters put in as RDF terms; ``ahead``: with one row more than its page has.

        ``names`` gives the spellings of a name, as :meth:`kg.store.EmbeddedStore.names_alike` does, or None.
        Raises ParameterError: unknown, missing or ill-typed, with what would be right.
        """
        given = given or {}
        known = {one.name: one for one in self.parameters}
        for name in given:
            if name not in known:
                listed = ", ".join(known) or "none"
                raise ParameterError(f"recipe {self.name} has no parameter {name!r}; it has: {listed}")
        terms: dict[str, str] = {}
        alike: dict[str, Sequence[str]] = {}
        for parameter in self.parameters:
            value = given.get(parameter.name, parameter.default)
            if value is not None:
                terms[parameter.name] = parameter.term(value)
                found = names(value) if names is not None and self._looks_up(parameter) else None
                if found is not None:
                    alike[parameter.name] = found
            elif parameter.required:
                raise ParameterError(f"recipe {self.name} needs the parameter {parameter.name}: {parameter.expected}")
        ending = ""
        if self.page_size is not None:
            page, limit = self.page(given)
            terms["offset"] = str((page - 1) * limit)
            terms["limit"] = str(limit + ahead) if not self.ranks_inside else str(limit)
            ending = "" if self.ranks_inside else f"\nLIMIT {terms['limit']} OFFSET {terms['offset']}"
        return "".join(self._bound(terms, alike)) + ending

    def _looks_up(self, parameter: Parameter) -> bool:
        """Whether the query asks for the spellings of a parameter."""
        return any(f"?{slot}" in self.query for slot in name_slots(parameter))

    def _bound(self, terms: Mapping[str, str], alike: Mapping[str, Sequence[str]]) -> Iterator[str]:
        spelled = {slot: one.name for one in self.parameters for slot in name_slots(one)}
        slots = {
            spelling: one.name for one in _with_offset(self.parameters, self.page_size) for spelling in spellings(one)
        }
        keyword = ""
        for token in tokenize(self.query):
            name = slots.get(token.text[1:]) if token.kind == "variable" else None
            if token.kind == "variable" and token.text[1:] in spelled:
                found = alike.get(spelled[token.text[1:]])
                yield "UNDEF" if found is None else " ".join(map(quoted, found))
            elif name is None or name not in terms:
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
            "method": self.method,
            **({} if self.page_size is None else {"pagination": self.page_size}),
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

    def beside(self, own: Recipes) -> Recipes:
        """These recipes and a user's own ones, which come first where both have a name."""
        return Recipes({**self._recipes, **own._recipes}, (*self.errors, *own.errors))

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
    if not _NAME.fullmatch(path.stem):
        raise RecipeError(f"{path}: a recipe is named in letters, digits, hyphens, underscores, dots; rename the file")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RecipeError(f"{path}: not UTF-8 text (byte {error.start})") from error
    return _parsed(path, text)


@lru_cache(maxsize=256)  # each server, and each reload, reads all of them
def _parsed(path: Path, text: str) -> Recipe:
    header = read_header(path, text)
    kind = query_kind(text)
    if kind is None:
        raise RecipeError(f"{path}: found no query, expected a SELECT, ASK, CONSTRUCT or DESCRIBE after the header")
    try:
        check_query(text)
    except QueryRefused as error:
        raise RecipeError(f"{path}: {error}") from error
    parameters = tuple(_matched(path, text, header))
    recipe = Recipe(
        path.stem,
        header.summary,
        header.description,
        header.tags,
        parameters,
        text,
        kind,
        header.method,
        header.page_size,
        _ranks_inside(path, text, kind, header),
    )
    _check_syntax(path, recipe)
    return recipe


def spellings(parameter: Parameter) -> tuple[str, ...]:
    """The variables that stand for a parameter, without the question mark: optional ones begin with two underscores.

    >>> spellings(Parameter("limit", "integer"))
    ('_limit', '_limit_integer', '__limit', '__limit_integer')
    """
    named = f"_{parameter.name}"
    return (named, f"{named}_{parameter.type}", f"_{named}", f"_{named}_{parameter.type}")


def name_slots(parameter: Parameter) -> tuple[str, ...]:
    """The variables that stand for the spellings of a name.

    >>> name_slots(Parameter("task", "string")), name_slots(Parameter("limit", "integer"))
    (('_task_names', '__task_names'), ())
    """
    return (f"_{parameter.name}_names", f"__{parameter.name}_names") if parameter.type == "string" else ()


def _matched(path: Path, text: str, header: Header) -> Iterator[Parameter]:
    """The parameters, each seen to stand in the query, and the variables, each seen to be a parameter."""
    parameters = header.parameters
    slots = {spelling: one for one in _with_offset(parameters, header.page_size) for spelling in spellings(one)}
    names = {slot for one in parameters for slot in name_slots(one)}
    used: dict[str, Token] = {}
    for token in tokenize(text):
        if token.kind == "variable" and token.text[1] == "_" and token.text[1:] not in names:
            if token.text[1:] not in slots:
                suffix = token.text.rpartition("_")[2]
                hint = "" if suffix not in TYPES else f" of type {suffix}"
                raise RecipeError(
                    f"{path}:{_line(text, token)}: {token.text}: the header describes no such parameter{hint}; "
                    f"it describes: {', '.join(one.name for one in parameters) or 'none'}"
                )
            used.setdefault(slots[token.text[1:]].name, token)
    for parameter in parameters:
        if header.page_size is not None and parameter.name in ("limit", "page"):
            yield parameter
            continue
        if parameter.name not in used:
            raise RecipeError(f"{path}: parameter {parameter.name}: the query has no variable ?_{parameter.name}")
        optional = used[parameter.name].text[1:].startswith("__")
        yield parameter if parameter.default is not None or optional else replace(parameter, required=True)


def _with_offset(parameters: tuple[Parameter, ...], page_size: int | None) -> tuple[Parameter, ...]:
    """The parameters, and the offset that follows from the page: a variable of the query, and no parameter."""
    return parameters if page_size is None else (*parameters, Parameter("offset", "integer"))


def _ranks_inside(path: Path, text: str, kind: QueryKind, header: Header) -> bool:
    """Does the query itself say where its page is cut? Raises RecipeError where it cannot be read in pages."""
    if header.page_size is None:
        return False
    line = header.lines["pagination"]
    if kind not in ("SELECT", "CONSTRUCT"):
        raise RecipeError(f"{path}:{line}: pagination: found {kind}, expected a SELECT or a CONSTRUCT")
    places = {spelling: one for one in ("limit", "offset") for spelling in spellings(Parameter(one, "integer"))}
    inside = {
        places[token.text[1:]] for token in tokenize(text) if token.kind == "variable" and token.text[1:] in places
    }
    if len(inside) == 1:
        raise RecipeError(f"{path}:{line}: pagination: found one of ?_limit and ?_offset in the query, expected both")
    outside = [token for token in _outside_of_braces(text) if token.is_word("LIMIT", "OFFSET", "ORDER")]
    cut = next((token for token in outside if token.is_word("LIMIT", "OFFSET")), None)
    if cut is not None and not inside:
        raise RecipeError(
            f"{path}:{_line(text, cut)}: found {cut.text} at the end of a query that comes in pages; leave it out"
        )
    if not outside:
        raise RecipeError(f"{path}:{line}: pagination: the query has no ORDER BY, so that pages would be arbitrary")
    return bool(inside)


def _outside_of_braces(text: str) -> Iterator[Token]:
    depth = 0
    for token in tokenize(text):
        depth += token.is_sign("{") - token.is_sign("}")
        if depth == 0:
            yield token


def _check_syntax(path: Path, recipe: Recipe) -> None:
    """Let the engine read the query, and those that give values, with some value for each parameter."""
    values = {one.name: _PROBES[one.type] for one in recipe.parameters}
    values |= {one.name: one.values[0] for one in recipe.parameters if one.values}
    values |= {one.name: str(one.minimum) for one in recipe.parameters if one.minimum is not None}
    try:
        _parse(recipe.bind({**values, **recipe.example}))
    except QuerySyntaxError as error:
        # What is put in for parameters holds no line end: the lines are those of the file.
        last = recipe.query.rstrip().count("\n") + 1
        place = path if error.line is None else f"{path}:{min(error.line, last)}"
        raise RecipeError(f"{place}: {str(error).partition(': ')[2] or error}") from error
    except ParameterError as error:
        raise RecipeError(f"{path}: {error}") from error
    for one in recipe.parameters:
        if one.query is not None:
            query = "".join(f"{line}\n" for line in _prologue(recipe.query)) + one.query
            try:
                check_query(query)
                _parse(query)
            except (QuerySyntaxError, QueryRefused) as error:
                raise RecipeError(f"{path}: parameter {one.name}: query: {error}") from error
            if query_kind(query) != "SELECT":
                raise RecipeError(f"{path}: parameter {one.name}: query: expected a SELECT")


def _parse(query: str) -> None:
    try:
        ox.Store().query(query)
    except SyntaxError as error:
        raise syntax_error(str(error)) from error


def _prologue(text: str) -> Iterator[str]:
    """The lines ``PREFIX name: <iri>`` of a query."""
    tokens = [token for token in tokenize(text) if token.visible]
    for index, token in enumerate(tokens[:-2]):
        if token.is_word("PREFIX") and tokens[index + 1].kind == "name" and tokens[index + 2].kind == "iri":
            yield f"PREFIX {tokens[index + 1].text} {tokens[index + 2].text}"


def _line(text: str, token: Token) -> int:
    return text.count("\n", 0, token.start) + 1
