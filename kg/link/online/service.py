"""What a service of others is to us: what it is asked, where and how often, and how its answers are read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from kg.records import Identifier

Row = dict[str, Any]
SPARQL_JSON: Final = "application/sparql-results+json"


@dataclass(frozen=True, slots=True, order=True)
class Question:
    """One thing that a service is asked; ``kind`` says how: ``doi``, ``title``, ``name`` ..."""

    kind: str
    value: str

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True, slots=True)
class Request:
    """A request without what is about the person who asks: POST where it has a ``form`` or ``json``, else GET."""

    path: str = ""
    params: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] = ()
    json: str | None = None
    accept: str = "application/json"

    @property
    def method(self) -> str:
        return "POST" if self.form or self.json is not None else "GET"

    def url(self, address: str, more: Iterable[tuple[str, str]] = ()) -> str:
        """The whole address, with ``more`` parameters.

        >>> Request("/works", (("filter", "doi:10.5555/a|10.5555/b"),)).url("https://api.example.org")
        'https://api.example.org/works?filter=doi:10.5555/a|10.5555/b'
        """
        query = urlencode([*self.params, *more], safe=":|,/()")
        return address.rstrip("/") + self.path + (f"?{query}" if query else "")

    def normal(self) -> str:
        """The request as the cache keeps it: one text for one request."""
        said = {"method": self.method, "path": self.path, "params": self.params, "form": self.form, "json": self.json}
        return json.dumps(said, ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address of a service, and the seconds from one request to the next; ``keyed``: with a key."""

    name: str
    address: str
    seconds: float
    keyed: float | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """How questions of a kind are asked: where, how many at a time; ``absent``: 404 is the answer "no such thing"."""

    name: str
    endpoint: str
    batch: int = 1
    absent: bool = False


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Where a service wants its key: a parameter or a header, after a prefix; ``page``: where one gets a key."""

    page: str
    param: str | None = None
    header: str | None = None
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What an answer says to each of its questions (none: there is no such thing), and what is to be asked next.

    ``dropped``: rows that are not what the service documents.
    """

    found: dict[Question, list[Row]]
    more: dict[Question, tuple[Question, ...]] = field(default_factory=dict)
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class PaperToAsk:
    """A paper of the graph; ``title`` is None where it is too short to mean one paper."""

    title: str | None
    identifiers: tuple[Identifier, ...] = ()

    def values(self, *schemes: str) -> list[str]:
        """Its identifiers of the schemes, in that order."""
        return [one.value for scheme in schemes for one in self.identifiers if one.scheme == scheme]


@dataclass(frozen=True, slots=True)
class Known:
    """What the graph has: its papers, and names of its concepts, those of many papers first."""

    papers: tuple[PaperToAsk, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A service. ``plan``: for each paper or name the questions to try one after the other, until one finds it.

    ``read`` takes the questions of a request and its parsed JSON; ValueError where it is not what is documented.
    ``lines`` are those of the catalogue file that rows make, which ends in ``suffix``.
    """

    name: str
    title: str
    targets: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]
    kinds: tuple[Kind, ...]
    plan: Callable[[Known], Iterator[tuple[Question, ...]]]
    request: Callable[[Sequence[Question]], Request]
    read: Callable[[Sequence[Question], Any], Reply]
    lines: Callable[[Iterable[Row]], Iterator[str]]
    suffix: str = "jsonl"
    key: KeyPlace | None = None
    mailto: bool = False
    sends: str = ""  # what of the graph it is told, in words

    @property
    def file_name(self) -> str:
        """The name of its catalogue file: one of that name replaces the one of an earlier run."""
        return f"{self.name}.online.{self.suffix}"

    def kind(self, name: str) -> Kind:
        """The kind of that name; KeyError where it has none."""
        return {one.name: one for one in self.kinds}[name]


def json_line(row: Row) -> str:
    """A row as a line of a catalogue file."""
    return json.dumps(row, ensure_ascii=False)


def objects(value: object, where: str) -> list[Row]:
    """The objects of a list; ValueError where it is no list."""
    if not isinstance(value, list):
        raise ValueError(f"{where}: found {type(value).__name__}, expected a list")
    return [one for one in value if isinstance(one, dict)]
