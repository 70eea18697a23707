"""SPARQL updates as text: the operations of a request, the graphs that they write, and a dataset put into them.

Nothing here is trusted to keep a graph safe: who lets others write checks what an update did as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg.errors import QueryError
from kg.query.results import GraphChoice
from kg.query.tokens import Token, decode_codepoints, tokenize


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of an update request: its visible tokens after the prologue."""

    tokens: tuple[Token, ...]

    @property
    def verb(self) -> str:
        """Its first keyword, in capitals; "" where it begins with none.

        >>> [operation.verb for operation in operations("PREFIX e: <urn:e> clear all; insert data { e:s e:p ';' }")]
        ['CLEAR', 'INSERT']
        """
        return self.tokens[0].text.upper() if self.tokens and self.tokens[0].kind == "word" else ""

    def outside(self) -> Iterator[tuple[int, Token]]:
        """The tokens outside of all braces, with their places among ``tokens``; braces themselves are inside."""
        depth = 0
        for index, token in enumerate(self.tokens):
            depth += token.is_sign("{")
            if not depth:
                yield index, token
            depth -= token.is_sign("}")


def operations(text: str) -> list[Operation]:
    """The operations of a text whose codepoint escapes are decoded."""
    found: list[Operation] = []
    tokens: list[Token] = []
    depth = 0
    for token in (one for one in tokenize(text) if one.visible):
        depth += token.is_sign("{") - token.is_sign("}")
        if depth == 0 and token.is_sign(";"):
            found.append(Operation(tuple(_after_prologue(tokens))))
            tokens = []
        else:
            tokens.append(token)
    found.append(Operation(tuple(_after_prologue(tokens))))
    return [operation for operation in found if operation.tokens]


def only_data(text: str) -> bool:
    """Is this nothing but INSERT DATA and DELETE DATA, so that what it does depends on no graph but those it names?

    >>> only_data("PREFIX e: <urn:> INSERT DATA { e:s e:p 'WHERE' } ; DELETE DATA { GRAPH e:g { e:s e:p 1 } }")
    True
    >>> only_data("INSERT DATA { <urn:s> <urn:p> 1 } ; CLEAR ALL"), only_data("DELETE WHERE { ?s ?p 1 }")
    (False, False)
    """
    found = operations(decode_codepoints(text))
    return bool(found) and all(
        [token.text.upper() for _, token in one.outside()] in (["INSERT", "DATA"], ["DELETE", "DATA"]) for one in found
    )


def with_dataset(text: str, graphs: GraphChoice) -> str:
    """The update on the dataset of ``using-graph-uri`` and ``using-named-graph-uri``: USING before each WHERE.

    Raises QueryError where the text chooses a dataset itself (SPARQL 1.1 Protocol, section 2.2.3).

    >>> with_dataset("DELETE WHERE { ?s ?p 1 }", GraphChoice(("urn:g",)))
    'DELETE { ?s ?p 1 } USING <urn:g> WHERE { ?s ?p 1 }'
    >>> with_dataset("WITH <urn:g> DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }", GraphChoice((), ("urn:g",)))
    Traceback (most recent call last):
    ...
    kg.errors.QueryError: found WITH in the update beside a dataset in the parameters; give one of them
    """
    if not graphs:
        return text
    using = "".join(
        [f"USING <{_checked(iri)}> " for iri in graphs.default]
        + [f"USING NAMED <{_checked(iri)}> " for iri in graphs.named]
    )
    decoded = decode_codepoints(text)
    put: list[tuple[int, str]] = []
    for operation in operations(decoded):
        for index, token in operation.outside():
            if token.is_word("USING", "WITH"):
                raise QueryError(
                    f"found {token.text.upper()} in the update beside a dataset in the parameters; give one of them"
                )
            if token.is_word("WHERE"):
                template = ""
                if index and operation.tokens[index - 1].is_word("DELETE") and index + 1 < len(operation.tokens):
                    template = f"{decoded[operation.tokens[index + 1].start : operation.tokens[-1].end]} "
                put.append((token.start, template + using))
    pieces, done = [], 0
    for position, piece in put:
        pieces += [decoded[done:position], piece]
        done = position
    return "".join([*pieces, decoded[done:]])


def _after_prologue(tokens: Sequence[Token]) -> Sequence[Token]:
    index = 0
    while index < len(tokens):
        if tokens[index].is_word("BASE", "VERSION"):
            index += 2
        elif tokens[index].is_word("PREFIX"):
            index += 3
        else:
            break
    return tokens[index:]


def _checked(iri: str) -> str:
    try:
        return NamedNode(iri).value
    except ValueError as error:
        raise QueryError(f"found {iri!r} as a graph, expected an absolute IRI") from error
