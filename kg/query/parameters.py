"""The typed parameters of a recipe: text from outside -> an RDF term as SPARQL writes it.

One table, ``TYPES``, says for each type how a value is checked and written; help, OpenAPI and the form on the
recipe's page read it. A value is never pasted into a query: it becomes one term, or is refused.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from kg.errors import ParameterError
from kg.graph.vocabulary import PREFIXES

_XSD: Final = PREFIXES["xsd"]
_LONGEST: Final = 4096
_SHOWN: Final = 20  # values of an enum in a message
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,19}")
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{1,18})?|\.[0-9]{1,18})")
_DATE: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_PREFIXED: Final = re.compile(r"([A-Za-z][A-Za-z0-9-]*):([^/\s][^\s]*)?")
# What XML 1.0 forbids, and lone surrogates: no literal of the graph holds them.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LETTER_U: Final = re.compile(r"(\\\\)([uU])")
LARGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as a recipe's header describes it. Values are texts, as they come from a URL or a command line."""

    name: str
    type: str  # a key of TYPES
    description: str = ""
    default: str | None = None
    example: str | None = None
    required: bool = False
    values: tuple[str, ...] = ()  # of an enum
    query: str | None = None  # of an enum whose values a store tells; until they are known any text will do
    minimum: int | None = None  # of an integer
    maximum: int | None = None

    def term(self, text: str) -> str:
        """The value as a SPARQL term; raises ParameterError that says what would be right.

        >>> Parameter("limit", "integer").term("10")
        '10'
        >>> print(Parameter("name", "string").term('a" . ?s ?p ?o #'))
        "a\\" . ?s ?p ?o #"
        >>> Parameter("limit", "integer", maximum=100).term("10 } DROP ALL")
        Traceback (most recent call last):
        ...
        kg.errors.ParameterError: parameter limit: found '10 } DROP ALL', expected a whole number up to 100
        """
        term = TYPES[self.type].write(self, text)
        if term is None:
            shown = text if len(text) <= 80 else text[:77] + "..."
            raise ParameterError(f"parameter {self.name}: found {shown!r}, expected {self.expected}")
        return term

    @property
    def expected(self) -> str:
        """What a right value looks like, in words."""
        if self.type == "enum":
            if not self.values:
                return "one of the values that the store holds"
            more = len(self.values) - _SHOWN
            return "one of " + ", ".join(self.values[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
        words = TYPES[self.type].expected
        if self.minimum is not None and self.maximum is not None:
            return f"{words} from {self.minimum} to {self.maximum}"
        if self.minimum is not None:
            return f"{words}, at least {self.minimum}"
        return words if self.maximum is None else f"{words} up to {self.maximum}"

    def as_dict(self) -> dict[str, object]:
        """The parameter for JSON; what it lacks is left out."""
        found = {
            "name": self.name,
            "type": self.type,
            "description": self.description,
            "required": self.required,
            "default": self.default,
            "example": self.example,
            "values": list(self.values),
            "query": self.query,
            "minimum": self.minimum,
            "maximum": self.maximum,
        }
        return {name: value for name, value in found.items() if value not in (None, "", [])}


@dataclass(frozen=True, slots=True)
class ParameterType:
    """How values of a type are written (None: not such a value), described, and named in JSON Schema."""

    write: Callable[[Parameter, str], str | None]
    expected: str
    schema: tuple[tuple[str, str], ...]


def quoted(text: str) -> str:
    r"""A text as a SPARQL string: the same whether the reader decodes ``\uXXXX`` before parsing or while parsing.

    >>> print(quoted('say "hi"'))
    "say \"hi\""
    >>> print(quoted(r"\u0022"))  # a backslash and five characters, not a quotation mark
    "\\\u00750022"
    """
    for letter, escape in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(letter, escape)
    return '"' + _LETTER_U.sub(lambda found: f"{found[1]}\\u{ord(found[2]):04x}", text) + '"'


def expand_iri(text: str) -> str | None:
    """An absolute IRI, or ``prefix:name`` with a prefix of ours, as an absolute IRI; else None.

    >>> expand_iri("pt:uses")
    'https://w3id.org/papertriples/ontology#uses'
    >>> expand_iri("no iri") is None
    True
    """
    prefixed = _PREFIXED.fullmatch(text)
    if prefixed and prefixed[1] in PREFIXES:
        text = PREFIXES[prefixed[1]] + (prefixed[2] or "")
    try:
        return ox.NamedNode(text).value
    except ValueError:
        return None


def _string(_: Parameter, text: str) -> str | None:
    if len(text) > _LONGEST or _FORBIDDEN.search(text):
        return None
    return quoted(text)


def _iri(_: Parameter, text: str) -> str | None:
    iri = expand_iri(text.strip()) if len(text) <= _LONGEST and not _FORBIDDEN.search(text) else None
    return None if iri is None else f"<{iri}>"


def _integer(parameter: Parameter, text: str) -> str | None:
    if not _INTEGER.fullmatch(text.strip()):
        return None
    number = int(text)
    least = -LARGEST if parameter.minimum is None else parameter.minimum
    most = LARGEST if parameter.maximum is None else parameter.maximum
    return str(number) if least <= number <= most else None


def _decimal(_: Parameter, text: str) -> str | None:
    text = text.strip()
    return f'"{text}"^^<{_XSD}decimal>' if _DECIMAL.fullmatch(text) else None


def _date(_: Parameter, text: str) -> str | None:
    found = _DATE.fullmatch(text.strip())
    if not found:
        return None
    try:
        day = datetime.date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None
    return f'"{day.isoformat()}"^^<{_XSD}date>'


def _enum(parameter: Parameter, text: str) -> str | None:
    if parameter.query is not None and not parameter.values:
        return _string(parameter, text)
    return quoted(text) if text in parameter.values else None


TYPES: Final[dict[str, ParameterType]] = {
    "string": ParameterType(_string, f"a text of at most {_LONGEST} characters", (("type", "string"),)),
    "iri": ParameterType(
        _iri, "an absolute IRI, or a prefixed name such as pt:uses", (("type", "string"), ("format", "iri"))
    ),
    "integer": ParameterType(_integer, "a whole number", (("type", "integer"),)),
    "decimal": ParameterType(_decimal, "a decimal number such as 0.5", (("type", "number"),)),
    "date": ParameterType(
        _date, "a date such as 2021-06-01 (2021 and 2021-06 mean their first day)", (("type", "string"),)
    ),
    "enum": ParameterType(_enum, "one of the values listed", (("type", "string"),)),
}
