"""Which graphs a SPARQL update names as those that it writes: for clear refusals, and to know where to look afterwards.

Nothing here is trusted to keep a graph safe: who lets others write takes over no more than the graphs that are theirs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kg.query.policy import resolve_iri
from kg.query.tokens import Token, decode_codepoints, tokenize
from kg.query.updates import Operation, operations

_ESCAPED = re.compile(r"\\(.)")


@dataclass(slots=True)
class Targets:
    """``graphs`` by name, the ``default`` graph, all ``named`` graphs, graphs by a ``variable`` (as it is written)."""

    graphs: set[str] = field(default_factory=set)
    default: bool = False
    named: bool = False
    variable: str = ""


def targets_of(text: str, base: str | None = None) -> Targets:
    """What an update writes, as far as its text tells. Raises QuerySyntaxError for an IRI that is not absolute.

    A prefix that is declared several times counts in each meaning: rather a graph too many.

    >>> sorted(targets_of("PREFIX e: <urn:e:> INSERT DATA { GRAPH e:g { e:s e:p 1 } }; CLEAR GRAPH <urn:h>").graphs)
    ['urn:e:g', 'urn:h']
    >>> targets_of("DELETE { ?s ?p 1 } INSERT { GRAPH ?g { ?s ?p 2 } } WHERE { GRAPH <urn:x> { ?s ?p 1 } }")
    Targets(graphs=set(), default=True, named=False, variable='?g')
    """
    decoded = decode_codepoints(text)
    names = _Names([token for token in tokenize(decoded) if token.visible], base)
    found = Targets()
    for operation in operations(decoded):
        if operation.verb in ("CLEAR", "DROP", "CREATE"):
            _whole(operation.tokens[1:], names, found)
        elif operation.verb in ("ADD", "COPY", "MOVE"):
            to = next((n for n, token in enumerate(operation.tokens) if token.is_word("TO")), 0)
            _whole(operation.tokens[1 if operation.verb == "MOVE" else to :], names, found)
        else:
            _templates(operation, names, found)
    return found


class _Names:
    """What names of graphs may mean, by the prefixes and bases of a text."""

    def __init__(self, tokens: Sequence[Token], base: str | None) -> None:
        self._bases: list[str | None] = [base]
        self._prefixes: dict[str, set[str]] = defaultdict(set)
        for token, after, then in zip(tokens, tokens[1:], [*tokens[2:], None], strict=False):
            if token.is_word("BASE") and after.kind == "iri":
                self._bases += self._resolved(after.text)
            elif token.is_word("PREFIX") and after.kind == "name" and then is not None and then.kind == "iri":
                self._prefixes[after.text[:-1]] |= set(self._resolved(then.text))

    def of(self, token: Token) -> set[str]:
        if token.kind == "iri":
            return set(self._resolved(token.text))
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            return {start + _ESCAPED.sub(r"\1", local) for start in self._prefixes[prefix]}
        return set()

    def _resolved(self, text: str) -> list[str]:
        return [resolve_iri(text[1:-1], base) for base in dict.fromkeys(self._bases)]


def _whole(tokens: Sequence[Token], names: _Names, found: Targets) -> None:
    for token in tokens:
        found.default = found.default or token.is_word("DEFAULT", "ALL")
        found.named = found.named or token.is_word("NAMED", "ALL")
        found.graphs |= names.of(token)


def _templates(operation: Operation, names: _Names, found: Targets) -> None:
    tokens, into = operation.tokens, None
    for index, token in operation.outside():
        if token.is_word("WITH") and index + 1 < len(tokens):
            into = tokens[index + 1]
        if token.is_word("INSERT", "DELETE"):
            begin = index + 1
            while begin < len(tokens) and tokens[begin].is_word("DATA", "WHERE"):
                begin += 1
            bare = False
            for graph in _parts(tokens, begin):
                if graph is None:
                    bare = True
                elif graph.kind == "variable":
                    found.variable = graph.text
                else:
                    found.graphs |= names.of(graph)
            if bare and into is None:
                found.default = True
            elif bare and into is not None:
                found.graphs |= names.of(into)


def _parts(tokens: Sequence[Token], begin: int) -> Iterator[Token | None]:
    """For each part of the group that begins there: its graph, or None for triples outside of all graphs."""
    depth, index = 0, begin
    while index < len(tokens):
        token = tokens[index]
        depth += token.is_sign("{") - token.is_sign("}")
        if depth <= 0:
            return
        if depth == 1 and token.is_word("GRAPH") and index + 1 < len(tokens):
            yield tokens[index + 1]
            index += 1
        elif depth == 1 and not token.is_sign("{", "}", "."):
            yield None
        index += 1
