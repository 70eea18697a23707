"""What a query from outside may not do: reach another host, read a file, change the store, name graphs we lack.

The engine has no switch for this, so the text is looked at. The engine's parser reads without a tokeniser and
accepts what a tokeniser would not (``SERVICEex:a{}``, ``FILTER(?a<?b)SERVICE#>``): wherever a text can be read in
two ways, both are followed, and one that calls a service is enough to refuse.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal

import pyoxigraph as ox

from kg.errors import QueryRefused, QuerySyntaxError
from kg.query.tokens import Token, TokenKind, decode_codepoints, token_at, tokenize

QueryKind = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]

_QUERIES: Final[tuple[QueryKind, ...]] = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES: Final = ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH")
_LONGEST_PROLOGUE: Final = 20_000  # tokens, white space and comments among them
_PROLOGUE: Final = ("BASE", "PREFIX", "VERSION")

# Where the engine may find a keyword inside of what we take for one name: at its start, after a boolean, after a dot.
_SERVICE: Final = re.compile(r"(?:^|^true|^false|\.)service", re.IGNORECASE)
_LOAD: Final = re.compile(r"(?:^|^true|^false|\.)load", re.IGNORECASE)
_SILENT: Final = re.compile("silent", re.IGNORECASE)
_OPERAND_ENDS: Final[frozenset[TokenKind]] = frozenset(
    ("variable", "number", "string", "language", "name", "iri", "word", "blank")
)


def check_query(text: str, has_graph: Callable[[str], bool] | None = None) -> None:
    """Raise QueryRefused where the query is not allowed.

    ``has_graph`` tells whether the store has a named graph; without it FROM is not looked at.

    >>> check_query("SELECT ?service { ?service ?p 'SERVICE <http://x/> {}' } # SERVICE <http://x/> {}")
    >>> check_query(r"ASK { S\u0045RVICE <http://x/> {} }")
    Traceback (most recent call last):
    ...
    kg.errors.QueryRefused: SERVICE is not allowed: this endpoint answers from its own store only
    """
    decoded = decode_codepoints(text)
    # The SPARQL 1.1 reading decodes first; the engine decodes in strings and IRIs only.
    _refuse_service(text, decoded)
    tokens = [token for token in tokenize(decoded) if token.visible]
    first = _first_keyword(tokens)
    if first in _UPDATES:
        raise QueryRefused(f"{first} is an update; a query is a SELECT, ASK, CONSTRUCT or DESCRIBE")
    if has_graph is not None:
        for graph in _dataset_graphs(tokens):
            if not has_graph(graph):
                raise QueryRefused(missing_graph("FROM", graph))


def check_update(text: str) -> None:
    """Raise QueryRefused where an update would reach another host.

    >>> check_update("INSERT DATA { <urn:a> <urn:load> 'LOAD <http://x/>' }")
    >>> check_update("PREFIX ex: <http://x/> LOADex:a INTO GRAPH <urn:g>")
    Traceback (most recent call last):
    ...
    kg.errors.QueryRefused: LOAD is not allowed: nothing is fetched from elsewhere (a prefix may not begin with load)
    """
    decoded = decode_codepoints(text)
    _refuse_service(text, decoded)
    for reading in {text: None, decoded: None}:
        if _fetches(reading, "load", _LOAD, braced=False):
            raise QueryRefused(
                "LOAD is not allowed: nothing is fetched from elsewhere (a prefix may not begin with load)"
            )


def calls_service(text: str) -> bool:
    """Is there a reading of a text in which it calls a service?"""
    return _fetches(text, "service", _SERVICE, braced=True)


def _refuse_service(text: str, decoded: str) -> None:
    for reading in {text: None, decoded: None}:
        if calls_service(reading):
            raise QueryRefused("SERVICE is not allowed: this endpoint answers from its own store only")


def missing_graph(where: str, graph: str) -> str:
    """What to say of a graph that the store does not hold."""
    return f"{where} <{graph}>: the store has no such graph, and graphs are never fetched from files or the network"


def query_kind(text: str) -> QueryKind | None:
    """The query's form, None where the text does not begin like a query.

    >>> query_kind("PREFIX select: <urn:ask:> # ASK\\nDESCRIBE select:construct")
    'DESCRIBE'
    >>> query_kind("no query") is None
    True
    """
    # No further than the first keyword or some thousand tokens: the text may be long, and no worker reads it here.
    tokens = itertools.islice(tokenize(decode_codepoints(text)), _LONGEST_PROLOGUE)
    first = _first_keyword(token for token in tokens if token.visible)
    return next((kind for kind in _QUERIES if kind == first), None)


def _first_keyword(tokens: Iterable[Token]) -> str:
    """The first keyword after the prologue, in capitals; "" where there is none."""
    in_prologue = False
    for token in tokens:
        if token.is_word(*_PROLOGUE):
            in_prologue = True
        elif token.kind == "word":
            return token.text.upper()
        elif not in_prologue or token.kind not in ("name", "iri", "string", "stray"):
            return ""
    return ""


def _dataset_graphs(tokens: Sequence[Token]) -> list[str]:
    """The IRIs after FROM and FROM NAMED, resolved against BASE and PREFIX."""
    graphs: list[str] = []
    prefixes: dict[str, str] = {}
    base: str | None = None
    for index, token in enumerate(tokens):
        after = tokens[index + 1 : index + 3]
        if token.is_word("BASE") and after and after[0].kind == "iri":
            base = resolve_iri(after[0].text[1:-1], base)
        elif token.is_word("PREFIX") and len(after) == 2 and after[0].kind == "name" and after[1].kind == "iri":
            prefixes[after[0].text[:-1]] = resolve_iri(after[1].text[1:-1], base)
        elif token.is_word("FROM") and after:
            named = after[-1] if after[0].is_word("NAMED") else after[0]
            if named.kind == "iri":
                graphs.append(resolve_iri(named.text[1:-1], base))
            elif named.kind == "name":
                prefix, _, local = named.text.partition(":")
                if prefix in prefixes:  # else the engine reports the unknown prefix
                    graphs.append(prefixes[prefix] + re.sub(r"\\(.)", r"\1", local))
    return graphs


def resolve_iri(iri: str, base: str | None) -> str:
    """The absolute IRI, by the engine's own resolver."""
    document = f"<{iri}> <x:p> <x:o> ."
    try:
        quad = next(iter(ox.parse(document.encode(), format=ox.RdfFormat.TURTLE, base_iri=base)))
    except (SyntaxError, ValueError) as error:
        raise QuerySyntaxError(f"<{iri}> is no absolute IRI, and no BASE makes it one") from error
    return quad.subject.value if isinstance(quad.subject, ox.NamedNode) else iri


def _fetches(text: str, word: str, keyword: re.Pattern[str], *, braced: bool) -> bool:
    """Is there a reading in which the keyword stands before an address, and a group (``braced``) after that?"""
    if word not in text.lower():
        return False
    # Every place where a token may begin in some reading, with the token before it and whether that reading
    # has just taken "<" for an operator.
    waiting: list[tuple[int, TokenKind | None, str, bool]] = [(0, None, "", False)]
    seen: set[tuple[int, TokenKind | None, bool]] = set()
    while waiting:
        position, before, before_text, operator = waiting.pop()
        if position >= len(text) or (position, before, operator) in seen:
            continue
        seen.add((position, before, operator))
        token = token_at(text, position)
        if not token.visible:
            waiting.append((token.end, before, before_text, operator))
            continue
        if operator and token.is_sign("/", "*", "=", "<", ">", ",", ";", ".", "|", "}"):
            continue  # no operand begins like this: that reading is no query
        if _stands(text, token, keyword, braced) and not (before == "word" and before_text.upper() == "GRAPH"):
            return True
        ends_operand = before in _OPERAND_ENDS or before_text == ")"
        if token.kind == "iri" and ends_operand:
            # "?a<?b)SERVICE#>" reads as an IRI, or as "less than" and what follows.
            waiting.append((position + 1, "sign", "<", True))
        divides = token.is_sign("/") and ends_operand
        waiting.append((token.end, token.kind, token.text, divides))
    return False


def _stands(text: str, token: Token, keyword: re.Pattern[str], braced: bool) -> bool:
    if token.kind not in ("word", "name", "blank"):
        return False
    return any(_names_address(text, token.start + found.end(), braced) for found in keyword.finditer(token.text))


def _names_address(text: str, position: int, braced: bool) -> bool:
    """Does an address follow, after SILENT or not, and an opening brace where one must?"""
    position = _skip(text, position)
    places = [position]
    silent = _SILENT.match(text, position)
    if silent:
        places.append(_skip(text, silent.end()))
    for place in places:
        if place >= len(text):
            continue
        endpoint = token_at(text, place)
        if endpoint.kind not in ("iri", "variable", "name"):
            continue
        if not braced or text.startswith("{", _skip(text, endpoint.end)):
            return True
    return False


def _skip(text: str, position: int) -> int:
    """The place after white space and comments."""
    while position < len(text):
        token = token_at(text, position)
        if token.visible:
            break
        position = token.end
    return position
