"""Unlabelled text -> word clusters: words that stand in the same places, grouped into few, some and many clusters.

Each word is described by how much more often than by chance each frequent word stands one or two places before or
after it (positive pointwise mutual information, context counts to the power 0.75 as in Levy, Goldberg and Dagan, TACL
2015), brought to 100 dimensions by a truncated singular value decomposition, and grouped by k-means. Seeds are
fixed; the table holds single words and three numbers each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
from examples import read_lines
from sklearn.cluster import KMeans
from sklearn.utils.extmath import randomized_svd

from kg.extract.features import normal_word
from kg.text import clean, tokenize

SIZES = (64, 256, 1000)
PLACES = (-2, -1, 1, 2)
LEAST = 4  # times that a word must occur
CONTEXTS = 6000  # most frequent words that count as neighbours
DIMENSIONS = 100
SEED = 7


def unlabelled_texts(benchmarks: Path) -> Iterator[str]:
    """Sentences, titles, abstracts and sections of the train portions, annotations aside."""
    for name in ("scier", "scierc", "tdmsci", "dataset-mentions"):
        for line in read_lines(benchmarks / name / "train.jsonl"):
            yield " ".join(line["tokens"])
    for line in read_lines(benchmarks / "scirex" / "train.jsonl.gz"):
        for start, end in line["sentences"]:
            yield " ".join(line["words"][start:end])
    for name in ("orkg-tdm", "acl-links"):
        for line in read_lines(benchmarks / name / "train.jsonl.gz"):
            yield line["title"] or ""
            yield line["abstract"] or ""
    for name in ("orkg-tdm/train.fulltext-sample.jsonl.gz", "nlp-tdms/train.fulltext.jsonl.gz"):
        for line in read_lines(benchmarks / name):
            for _, text in line.get("sections") or []:
                yield text or ""
    for name in ("acl-titles", "pwc-titles", "ftd-titles", "ftd-abstracts", "ncg-titles", "ncg-abstracts"):
        for line in read_lines(benchmarks / "cs-ner" / f"{name}.train.jsonl.gz"):
            yield " ".join(line["tokens"])


def make_clusters(texts: Iterable[str]) -> dict[str, tuple[int, int, int]]:
    """Word -> its cluster at each size."""
    documents = [[normal_word(token.text[:40]) for token in tokenize(clean(text).text)] for text in texts]
    counts = Counter(word for document in documents for word in document)
    vocabulary = [
        word
        for word, count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
        if count >= (LEAST if len(word) > 1 else 50)
    ]
    vectors = _vectors(documents, {word: place for place, word in enumerate(vocabulary)})
    weights = np.sqrt([counts[word] for word in vocabulary])
    found = [
        KMeans(size, n_init=1, random_state=SEED, max_iter=40).fit(vectors, sample_weight=weights).labels_
        for size in SIZES
    ]
    return {word: tuple(int(labels[place]) for labels in found) for place, word in enumerate(vocabulary)}  # type: ignore[misc]


def clusters_to_lines(clusters: dict[str, tuple[int, int, int]]) -> bytes:
    """The table as it is shipped: word and three numbers, parted by tabs, sorted."""
    return "".join(f"{word}\t{few}\t{some}\t{many}\n" for word, (few, some, many) in sorted(clusters.items())).encode()


def _vectors(documents: list[list[str]], places: dict[str, int]) -> np.ndarray:
    size = len(places)
    contexts = min(CONTEXTS, size)
    edge = size  # the end of a document and every rare word
    padded = np.concatenate(
        [np.array([edge, edge, *(places.get(word, edge) for word in document), edge, edge]) for document in documents]
    )
    blocks = []
    for place in PLACES:
        words, neighbours = padded[2:-2], padded[2 + place : len(padded) - 2 + place]
        kept = (words < edge) & ((neighbours < contexts) | (neighbours == edge))
        columns = np.where(neighbours[kept] == edge, contexts, neighbours[kept])
        ones = np.ones(int(kept.sum()), dtype=np.float32)
        blocks.append(sparse.csr_matrix((ones, (words[kept], columns)), shape=(size, contexts + 1)))
    counted = sparse.hstack(blocks).tocsr()
    counted.sum_duplicates()
    total = counted.sum()
    of_words = np.asarray(counted.sum(1)).ravel()
    of_contexts = np.asarray(counted.sum(0)).ravel() ** 0.75
    of_contexts *= total / of_contexts.sum()
    entries = counted.tocoo()
    information = np.maximum(np.log(entries.data * total / (of_words[entries.row] * of_contexts[entries.col])), 0)
    matrix = sparse.csr_matrix((information, (entries.row, entries.col)), shape=counted.shape)
    left, values, _ = randomized_svd(matrix, n_components=DIMENSIONS, random_state=SEED, n_iter=4)
    vectors = left * np.sqrt(values)
    return vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)
