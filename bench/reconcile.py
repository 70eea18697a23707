"""The reconciliation service on a store. ``python bench/reconcile.py STORE``

Takes 400 concepts and papers by chance and asks for them by label in four ways: as it is, in lower case and plural,
with a letter missing, with a word too many. Prints milliseconds a query and, of 400, how many are found, first, a
match, and a match of another thing.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable

from kg.serve import context_of, create_app
from kg.serve.reconcile_request import BATCH_SIZE
from kg.store import open_store

HOW_MANY = 400
_LABELS = """PREFIX pt: <https://w3id.org/papertriples/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?thing ?label { { ?thing a pt:Concept } UNION { ?thing a pt:Paper } ?thing rdfs:label ?label }"""
WAYS: dict[str, Callable[[str], str]] = {
    "as it is": lambda label: label,
    "lower case, plural": lambda label: label.lower() + ("" if label.endswith("s") else "s"),
    "a letter missing": lambda label: label[:-2] + label[-1] if len(label) > 6 else label,
    "a word too many": lambda label: label + " method",
}


def main(location: str) -> None:
    with open_store(location) as store:
        rows = [(row["thing"].value, row["label"].value) for row in store.graph.query(_LABELS)]
        base = store.base_iri
    picked = random.Random(3).sample(sorted(rows), HOW_MANY)
    app = create_app(location, workers=1)
    try:
        client = app.test_client()
        for way, changed in WAYS.items():
            start, found, first, matched, wrong = time.perf_counter(), 0, 0, 0, 0
            for begin in range(0, HOW_MANY, BATCH_SIZE):
                part = range(begin, min(begin + BATCH_SIZE, HOW_MANY))
                asked = {str(number): {"query": changed(picked[number][1])} for number in part}
                answer = client.post("/reconcile", data={"queries": json.dumps(asked)}).get_json()
                for number in part:
                    wanted = picked[number][0].removeprefix(base)
                    ids = [one["id"] for one in answer[str(number)]["result"]]
                    sure = [one["id"] for one in answer[str(number)]["result"] if one["match"]]
                    found += wanted in ids
                    first += ids[:1] == [wanted]
                    matched += bool(sure)
                    wrong += bool(sure) and sure != [wanted]
            spent = (time.perf_counter() - start) / HOW_MANY * 1000
            figures = {
                "milliseconds": round(spent, 1),
                "found": found,
                "first": first,
                "match": matched,
                "wrong": wrong,
            }
            print(json.dumps({"asked": way, **figures}))
    finally:
        context_of(app).close()


if __name__ == "__main__":
    main(sys.argv[1])
