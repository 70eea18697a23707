"""The tests of the suite that fail, each with the reason: a repaired one turns the suite red until its row goes.

All of these are the engine's: called in process, without HTTP, it answers the same.
"""

from __future__ import annotations

from tests.conformance.manifests import SUITE

CANONICAL = "the engine keeps numbers and booleans by value and writes them in canonical form"
EMPTY_GRAPH = "the engine joins ?g of GRAPH into the group instead of evaluating the group for each graph by itself"
PATH_ZERO = "a path of length zero between constants that are in no triple gives no row in the engine"
GROUP_CONCAT = "the engine's GROUP_CONCAT of texts in one language keeps the language; the suite wants a plain text"

_ROWS: dict[str, tuple[str, ...]] = {
    CANONICAL: (
        "csv-tsv-res/manifest#csv03",
        "csv-tsv-res/manifest#tsv03",
        "aggregates/manifest#agg-avg-02",
        "aggregates/manifest#agg-err-02",
        "aggregates/manifest#agg-max-01",
        "aggregates/manifest#agg-max-02",
        "aggregates/manifest#agg-max-distinct",
        "aggregates/manifest#agg-min-01",
        "aggregates/manifest#agg-min-02",
        "aggregates/manifest#agg-min-distinct",
        "aggregates/manifest#agg-sum-02",
        "cast/manifest#cast-bool",
        "cast/manifest#cast-decimal",
        "cast/manifest#cast-double",
        "cast/manifest#cast-float",
        "cast/manifest#cast-int",
        "cast/manifest#cast-string",
        "functions/manifest#coalesce01",
        "functions/manifest#plus-1-corrected",
        "functions/manifest#plus-2-corrected",
    ),
    EMPTY_GRAPH: (
        "aggregates/manifest#agg-empty-group-count-graph",
        "bindings/manifest#graph",
        "negation/manifest#graph-minus",
    ),
    PATH_ZERO: (
        "property-path/manifest#zero_or_more_set_end",
        "property-path/manifest#zero_or_more_set_start",
        "property-path/manifest#zero_or_one_set_end",
        "property-path/manifest#zero_or_one_set_start",
    ),
    GROUP_CONCAT: ("aggregates/manifest#agg-groupconcat-04", "aggregates/manifest#agg-groupconcat-06"),
    "the engine's BNODE(text) names a blank node after the text, not one for each solution": (
        "functions/manifest#bnode01",
    ),
    "the engine asks SERVICE ?variable before the rest of the query has bound the variable": (
        "service/manifest#service5",
    ),
    "the query calls a function that the engine does not have: it parses, but cannot be carried out": (
        "syntax-query/manifest#test_4",
    ),
}
KNOWN_FAILURES: dict[str, str] = {f"{SUITE}{name}": reason for reason, names in _ROWS.items() for name in names}
