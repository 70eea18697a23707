"""SERVICE for endpoints of a list: a query's calls of these are led to addresses of our own, any other is refused.

What is led elsewhere is found by the tokeniser; what is left of the text must then call nothing in any reading of it
(kg/query/policy.py). So a call that only the engine sees is refused, and one that both see goes where we say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kg.errors import QueryRefused
from kg.query.policy import calls_service
from kg.query.tokens import Token, decode_codepoints, tokenize

_MASK = "GRAPH <urn:x>"


def routed(text: str, routes: Mapping[str, str]) -> tuple[str, str]:
    """The query to run, and the same with its calls masked, for the policy to look at.

    ``routes`` maps endpoints to where they are asked instead. Raises QueryRefused where another one is called, or one
    by a variable, a prefixed or relative name, or in a spelling that could be read in two ways.

    >>> routed("ASK { SERVICE SILENT <https://a.org/sparql> { ?s ?p 1 } }", {"https://a.org/sparql": "http://x/1"})[0]
    'ASK { SERVICE SILENT <http://x/1> { ?s ?p 1 } }'
    >>> routed("ASK { SERVICE ?where { ?s ?p 1 } }", {"https://a.org/sparql": "http://x/1"})
    Traceback (most recent call last):
    ...
    kg.errors.QueryRefused: SERVICE may ask <https://a.org/sparql>, each by its full IRI, and nothing else
    """
    decoded = decode_codepoints(text)
    if not calls_service(text) and not calls_service(decoded):
        return text, text
    if decoded == text:
        sent, masked = _written(text, routes)
        if not calls_service(masked):
            return sent, masked
    named = ", ".join(f"<{one}>" for one in routes)
    raise QueryRefused(f"SERVICE may ask {named}, each by its full IRI, and nothing else")


def unrouted(said: str, routes: Mapping[str, str]) -> str:
    """What the engine says, with endpoints in the places of where these are asked: that is for nobody to know.

    >>> unrouted("no answer of http://x/10", {"urn:a": "http://x/1", "urn:b": "http://x/10"})
    'no answer of urn:b'
    """
    for endpoint, route in sorted(routes.items(), key=lambda one: len(one[1]), reverse=True):
        said = said.replace(route, endpoint)
    return said


def _written(text: str, routes: Mapping[str, str]) -> tuple[str, str]:
    sent, masked, position = "", "", 0
    for keyword, endpoint in _calls([token for token in tokenize(text) if token.visible]):
        route = routes.get(endpoint.text[1:-1])
        if route is not None:
            sent += text[position : endpoint.start] + f"<{route}>"
            masked += text[position : keyword.start] + _MASK
            position = endpoint.end
    return sent + text[position:], masked + text[position:]


def _calls(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """The keyword of each call, and the IRI after it."""
    for index, token in enumerate(tokens):
        if token.is_word("SERVICE"):
            after = tokens[index + 1 : index + 3]
            if after and after[0].is_word("SILENT"):
                after = after[1:]
            if after and after[0].kind == "iri":
                yield token, after[0]
