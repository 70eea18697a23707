"""Fits how rules and a model's network are weighed for each role, on development papers; writes and prints the table.

They are the held-out annotated abstracts and the listing's development papers.

    python train/weigh_roles.py --model fast
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from annotated import ANNOTATIONS, HELD
from examples import read_lines
from export import write
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from kg.extract.encoder import TABLES
from kg.extract.mentions import key_of
from kg.extract.reading import read
from kg.extract.results import find_results
from kg.extract.role_weights import Weights, learnt_roles, opinions
from kg.extract.roles import ruled_roles
from kg.extract.tagger import Tagger, read_tagger
from kg.extract.weight_files import read_weights
from kg.records import ROLE_NAMES, ROLE_RANGES, ConceptType, FieldName, RoleName
from kg.settings import DEFAULT_MODEL, MODELS
from kg.text import abbreviations_in, plain, split_sentences


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--weights", type=Path, default=Path("kg/extract/weights"))
    parser.add_argument("--model", choices=MODELS, default=DEFAULT_MODEL)
    arguments = parser.parse_args()
    tagger = read_tagger(arguments.weights, model=arguments.model)
    texts = {
        (name, str(row["id"])): (row["title"], row["abstract"])
        for name in ("orkg-tdm", "acl-links")
        for row in read_lines(arguments.shared / "benchmarks" / name / "train.jsonl.gz")
    }
    rows: dict[RoleName, list[tuple[Weights, bool]]] = defaultdict(list)
    for paper in read_lines(ANNOTATIONS / HELD):
        forms = [((one["name"], *one["aliases"]), one["roles"]) for one in paper["entities"]]
        for role, seen, truth in concepts(tagger, texts[paper["source"], paper["id"]], forms):
            rows[role].append((seen, truth))
    for paper in listed(arguments.shared):
        for role, seen, truth in concepts(tagger, paper.texts, paper.forms):
            rows[role].append((seen, truth))
    table: dict[RoleName, list[float]] = {}
    for role in ROLE_NAMES:
        data = np.array([seen for seen, _ in rows[role]])
        truth = np.array([right for _, right in rows[role]])
        fit = LogisticRegression(C=1.0, fit_intercept=False)
        unseen = cross_val_predict(fit, data, truth, cv=10, method="predict_proba")[:, 1]
        bar = best_bar(unseen, truth)
        weights = fit.fit(data, truth).coef_[0]
        weights[0] -= np.log(bar / (1 - bar))  # so that a role counts from .5 on
        table[role] = [round(float(weight), 2) for weight in weights]
        print(f"{role}: {table[role]}, {len(truth)} concepts; unseen folds: {figures(unseen >= bar, truth)}")
    tables = json.loads(read_weights(arguments.weights, arguments.model).content(TABLES)) | {"roles": table}
    write(arguments.weights, {f"{arguments.model}/{TABLES}": (json.dumps(tables, indent=1) + "\n").encode()})


def best_bar(chances: np.ndarray, truth: np.ndarray) -> float:
    """The probability from which on F1 is best."""
    bars = np.linspace(0.25, 0.6, 15)
    return float(max(bars, key=lambda bar: f1(chances >= bar, truth)))


def f1(said: np.ndarray, truth: np.ndarray) -> float:
    return 2 * float((said & truth).sum()) / max(1, int(said.sum() + truth.sum()))


def figures(said: np.ndarray, truth: np.ndarray) -> str:
    right = int((said & truth).sum())
    return f"precision {right / max(1, int(said.sum())):.2f}, recall {right / max(1, int(truth.sum())):.2f}"


@dataclass(frozen=True)
class Listed:
    """A development paper of the listing: its texts, and the names and roles of its entities."""

    texts: tuple[str, str]
    forms: list[tuple[tuple[str, ...], list[str]]]


def listed(shared: Path) -> Iterator[Listed]:
    """The listing's development papers."""
    blocks = [one.strip() for one in (shared / "corpora/hf-papers-listing.txt").read_text("utf-8").split("\n")]
    blocks = [block for block in blocks if block]
    keys = [plain(block) for block in blocks]
    parts = {"addresses": "tasks", "uses": "methods_used", "evaluatesOn": "datasets", "comparesWith": "compared_with"}
    for paper in read_lines(shared / "benchmarks/listing-dev.jsonl"):
        forms = [
            (
                (one["name"], *one["aliases"]),
                ["introduces"] * one["introduced"]
                + [role for role, part in parts.items() if one["name"] in paper[part]],
            )
            for one in paper["entities"]
        ]
        yield Listed((paper["title"], blocks[keys.index(plain(paper["title"])) + 1]), forms)


def concepts(
    tagger: Tagger, texts: tuple[str, str], forms: list[tuple[tuple[str, ...], list[str]]]
) -> Iterator[tuple[RoleName, Weights, bool]]:
    """(role, what rules and network say, truth) of each concept that the extractor finds in a paper."""
    fields: dict[FieldName, str] = {"title": texts[0], "abstract": texts[1]}
    sentences = tuple(one for name, text in fields.items() for one in split_sentences(name, text))
    tagged = tagger.read(sentences)
    reading = read(sentences, tagged.mentions, tuple(pair for one in sentences for pair in abbreviations_in(one)))
    by_rule = {
        (reading.concept_of[role.mention], role.role): role.score
        for role in ruled_roles(reading, find_results(reading))
    }
    learnt = learnt_roles(reading, tagged)
    names: dict[int, set[str]] = defaultdict(set)
    types: dict[int, ConceptType] = {}
    for mention, concept in zip(reading.mentions, reading.concept_of, strict=True):
        names[concept].add(key_of(mention.text))
        types[concept] = mention.type
    gold = [({key_of(form) for form in names_of}, roles) for names_of, roles in forms]
    for concept, keys in names.items():
        truth = {role for theirs, roles in gold if theirs & keys for role in roles}
        for role in ROLE_NAMES:
            if types[concept] in ROLE_RANGES[role]:
                key = (concept, role)
                yield role, opinions(by_rule.get(key, 0.0), learnt.get(key, (0.0, 0))[0]), role in truth


if __name__ == "__main__":
    main()
