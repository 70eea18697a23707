"""The ``#+`` header of a recipe -> its fields. What is unknown or ill-formed is an error that names its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import yaml

from kg.errors import ParameterError, RecipeError
from kg.query.parameters import TYPES, Parameter

_FIELDS: Final = ("summary", "description", "tags", "method", "pagination", "parameters")
METHODS: Final = ("GET", "POST")
_PARAMETER_FIELDS: Final = (
    "name",
    "type",
    "description",
    "default",
    "example",
    "values",
    "query",
    "minimum",
    "maximum",
)
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_RESERVED: Final = ("format",)  # a parameter of the HTTP interface
_PAGING: Final = ("limit", "page", "offset")  # reserved where the recipe is paginated
LARGEST_PAGE: Final = 10_000
MOST_PAGES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Header:
    """What the header of a recipe says. ``page_size``: the rows of a page where none are asked for, None: no pages."""

    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    method: str = "GET"
    page_size: int | None = None
    lines: dict[str, int] = field(default_factory=dict)  # where each field stands in the file


@dataclass(frozen=True, slots=True)
class _Place:
    """Turns a node of the YAML tree into file and line."""

    path: Path
    lines: tuple[int, ...]  # of each header line in the file

    def error(self, line: int, message: str) -> RecipeError:
        number = self.lines[min(line, len(self.lines) - 1)] if self.lines else 1
        return RecipeError(f"{self.path}:{number}: {message}")

    def at(self, node: yaml.Node, message: str) -> RecipeError:
        return self.error(node.start_mark.line, message)

    def number(self, node: yaml.Node) -> int:
        """The line of the file on which a node begins."""
        return self.lines[min(node.start_mark.line, len(self.lines) - 1)]


def read_header(path: Path, text: str) -> Header:
    """The header of a recipe's text; ``path`` is for messages. Raises RecipeError naming file and line."""
    numbered = [(number, line[2:]) for number, line in enumerate(text.split("\n"), 1) if line.startswith("#+")]
    place = _Place(path, tuple(number for number, _ in numbered))
    if not numbered:
        raise place.error(0, "found no header, expected lines that begin with #+ (summary: at least)")
    try:
        tree = yaml.compose("\n".join(line for _, line in numbered), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        raise place.error(line, f"header: {error.problem or error.context or 'no YAML'}") from error
    except yaml.YAMLError as error:
        raise place.error(0, "header: it holds a character that YAML does not allow") from error
    fields = dict(_mapping(place, tree, _FIELDS, "header"))
    if "summary" not in fields:
        raise place.error(0, "header: found no summary")
    method = _text(place, fields["method"], "method").upper() if "method" in fields else "GET"
    if method not in METHODS:
        raise place.at(fields["method"], f"method: found {method}, expected GET or POST")
    page_size = _page_size(place, fields["pagination"]) if "pagination" in fields else None
    parameters = tuple(_parameter(place, node) for node in _sequence(place, fields.get("parameters"), "parameters"))
    names = [one.name for one in parameters]
    for name in names:
        if names.count(name) > 1:
            raise place.at(fields["parameters"], f"parameters: {name} is described twice")
        if page_size is not None and name in _PAGING:
            raise place.at(fields["parameters"], f"parameters: {name} comes with pagination, and cannot be described")
    return Header(
        summary=_text(place, fields["summary"], "summary"),
        description=_text(place, fields["description"], "description") if "description" in fields else "",
        tags=tuple(_text(place, node, "tags") for node in _sequence(place, fields.get("tags"), "tags")),
        parameters=parameters if page_size is None else (*parameters, *paging(page_size)),
        method=method,
        page_size=page_size,
        lines={name: place.number(node) for name, node in fields.items()},
    )


def paging(page_size: int) -> tuple[Parameter, Parameter]:
    """The parameters of a recipe that is read in pages."""
    return (
        Parameter(
            "limit", "integer", "How many rows a page has at most", str(page_size), minimum=1, maximum=LARGEST_PAGE
        ),
        Parameter("page", "integer", "Which page, from 1", "1", minimum=1, maximum=MOST_PAGES),
    )


def _page_size(place: _Place, node: yaml.Node) -> int:
    text = _text(place, node, "pagination")
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= LARGEST_PAGE:
        raise place.at(
            node, f"pagination: found {text!r}, expected the rows of a page, a whole number from 1 to {LARGEST_PAGE}"
        )
    return int(text)


def _parameter(place: _Place, node: yaml.Node) -> Parameter:
    fields = dict(_mapping(place, node, _PARAMETER_FIELDS, "parameter"))
    texts = {name: _text(place, one, name) for name, one in fields.items() if name != "values"}
    for needed in ("name", "type"):
        if needed not in texts:
            raise place.at(node, f"parameter: found no {needed}")
    name = texts["name"]
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise place.at(
            fields["name"], f"name: found {name!r}, expected lower case letters, digits, underscores, and not format"
        )
    if texts["type"] not in TYPES:
        raise place.at(fields["type"], f"type: found {texts['type']!r}, expected one of {', '.join(TYPES)}")
    values = tuple(_text(place, one, "values") for one in _sequence(place, fields.get("values"), "values"))
    if (len(values) > 0) + ("query" in texts) != (texts["type"] == "enum"):
        raise place.at(
            node, f"parameter {name}: values or a query for them belong to an enum, and an enum needs one of both"
        )
    bounds: dict[str, int] = {}
    for bound in ("minimum", "maximum"):
        if bound in texts:
            if texts["type"] != "integer" or not re.fullmatch(r"-?[0-9]{1,18}", texts[bound]):
                raise place.at(fields[bound], f"{bound}: expected a whole number, for an integer parameter")
            bounds[bound] = int(texts[bound])
    parameter = Parameter(
        name=name,
        type=texts["type"],
        description=texts.get("description", ""),
        default=texts.get("default"),
        example=texts.get("example"),
        values=values,
        query=texts.get("query"),
        minimum=bounds.get("minimum"),
        maximum=bounds.get("maximum"),
    )
    for given in ("default", "example"):
        if given in texts:
            try:
                parameter.term(texts[given])
            except ParameterError as error:
                raise place.at(fields[given], f"{given}: {error}") from error
    return parameter


def _mapping(
    place: _Place, node: yaml.Node | None, known: tuple[str, ...], what: str
) -> Iterator[tuple[str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise place.error(node.start_mark.line if node else 0, f"{what}: expected lines of the form name: value")
    seen = set()
    for key, value in node.value:
        name = _text(place, key, what)
        if name not in known:
            raise place.at(key, f"{what}: found {name!r}, expected one of {', '.join(known)}")
        if name in seen:
            raise place.at(key, f"{what}: {name} stands twice")
        seen.add(name)
        yield name, value


def _sequence(place: _Place, node: yaml.Node | None, what: str) -> list[yaml.Node]:
    if node is None:
        return []
    if not isinstance(node, yaml.SequenceNode):
        raise place.at(node, f"{what}: expected a list")
    return list(node.value)


def _text(place: _Place, node: yaml.Node, what: str) -> str:
    """A scalar as it is written: 2021-06-01 and yes are texts here, whatever YAML makes of them."""
    if not isinstance(node, yaml.ScalarNode):
        raise place.at(node, f"{what}: expected a text")
    return str(node.value).strip()
