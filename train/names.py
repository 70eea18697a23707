"""Names that leaderboards know -> spans in titles and abstracts: distant labels for the words that papers use.

A paper's own leaderboard rows name its tasks, datasets and metrics; where such a name stands word for word in the
paper's title or abstract, it is one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from examples import Example, Span, read_lines, taken

from kg.text import clean, split_sentences, tokenize

_COMMON = "general other test english german french chinese spanish arabic wikipedia web news images text video"
_TOO_COMMON = frozenset(_COMMON.split())


def unlabelled_abstracts(path: Path, share: float) -> Iterable[tuple[str, list[Example], dict[str, set[str]]]]:
    """(paper, its sentences, names by type) for a fixed share of the papers of a leaderboard file."""
    for paper in read_lines(path):
        if not taken("abstract " + paper["id"], share):
            continue
        names: dict[str, set[str]] = defaultdict(set)
        for result in paper["results"]:
            for kind in ("task", "dataset", "metric"):
                if result.get(kind):
                    names[kind.capitalize()].add(result[kind])
        examples = []
        for field, text in (("title", paper["title"]), ("abstract", paper["abstract"])):
            for sentence in split_sentences(field, text or ""):  # type: ignore[arg-type]
                cleaned = clean(sentence.text).text
                tokens = tokenize(cleaned)
                if 3 <= len(tokens) <= 100:
                    examples.append(Example("abstracts", cleaned, tokens, (), frozenset(), field == "title"))
        yield paper["id"], examples, names


def with_names(example: Example, names: dict[str, set[str]]) -> Example:
    """The example with the names that stand in it word for word, over what was there."""
    found: list[Span] = []
    for kind, forms in names.items():
        for form in forms:
            for start, end in _places(example.text, form):
                found.append((start, end, kind))
    found.sort(key=lambda span: (span[0] - span[1], span))
    spans: list[Span] = []
    for start, end, kind in found:
        if not any(start < b and end > a for a, b, _ in spans):
            spans.append((start, end, kind))
    for start, end, kind in example.spans:
        over = [span for span in spans if start < span[1] and end > span[0]]
        if any(span[0] >= start and span[1] <= end and span[1] - span[0] < end - start for span in over):
            # the model's longer name: "object detection framework" is no task, "large-scale X" is one
            spans = [span for span in spans if span not in over]
            spans.append((start, end, kind))
        elif not over:
            spans.append((start, end, kind))
    return example.with_spans(tuple(sorted(spans)))


def _places(text: str, name: str) -> Iterable[tuple[int, int]]:
    name = name.strip()
    if len(name) < 2 or name.lower() in _TOO_COMMON or not any(character.isalpha() for character in name):
        return ()
    pattern = r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", name)))
    # a short name in capitals is sought as it is, a longer one in any case
    flags = 0 if len(name) <= 5 or not name[-1].isalpha() else re.IGNORECASE
    return [found.span() for found in re.finditer(rf"(?<![\w-]){pattern}(?:s|es)?(?![\w-])", text, flags)]
