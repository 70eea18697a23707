"""Networks of concepts -> how central each one is, and which belong together. networkx, without scipy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Final

import networkx as nx

EXACT: Final = 1000  # nodes; of larger networks betweenness is estimated
PIVOTS: Final = 200  # nodes that paths start at, then
SEED: Final = 1


def pagerank(
    graph: nx.DiGraph[str], damping: float = 0.85, tolerance: float = 1e-10, rounds: int = 200
) -> dict[str, float]:
    """PageRank by power iteration (Page, Brin, Motwani, Winograd 1998), edges weighed by ``weight``.

    networkx's own asks for scipy, which nothing else here needs.

    >>> ranks = pagerank(nx.DiGraph([("a", "c"), ("b", "c")]))
    >>> max(ranks, key=ranks.get), round(sum(ranks.values()), 6)
    ('c', 1.0)
    >>> pagerank(nx.DiGraph())
    {}
    """
    nodes = sorted(graph.nodes())
    if not nodes:
        return {}
    out = {node: sum(weight for _, _, weight in graph.out_edges(node, data="weight", default=1)) for node in nodes}
    ranks: dict[str, float] = dict.fromkeys(nodes, 1 / len(nodes))
    incoming = {node: sorted(graph.in_edges(node, data="weight", default=1)) for node in nodes}
    for _ in range(rounds):
        # What leads nowhere shares its rank among all.
        idle = sum(ranks[node] for node in nodes if not out[node])
        base = (1 - damping + damping * idle) / len(nodes)
        now: dict[str, float] = {
            node: base + damping * sum(ranks[source] * weight / out[source] for source, _, weight in incoming[node])
            for node in nodes
        }
        if sum(abs(now[node] - ranks[node]) for node in nodes) < tolerance:
            return now
        ranks = now
    return ranks


def betweenness(graph: nx.Graph[str], exact: int = EXACT, pivots: int = PIVOTS) -> dict[str, float]:
    """The share of shortest paths that pass through each node (Brandes 2001), whatever the weights.

    Above ``exact`` nodes it is estimated from the paths that start at ``pivots`` of them, drawn with a fixed seed
    (Brandes and Pich 2007). The order of nodes and edges does not show.

    >>> betweenness(nx.Graph([("a", "b"), ("b", "c")]))
    {'a': 0.0, 'b': 1.0, 'c': 0.0}
    """
    ordered: nx.Graph[str] = nx.Graph()
    ordered.add_nodes_from(sorted(graph.nodes()))
    ordered.add_edges_from(sorted((min(edge), max(edge)) for edge in graph.edges()))
    sampled = pivots if len(ordered) > exact else None
    found: dict[str, float] = nx.betweenness_centrality(ordered, k=sampled, seed=SEED)
    return found


def communities(weights: Mapping[tuple[str, str], int]) -> list[tuple[str, ...]]:
    """Groups of two nodes or more that are tied to each other more than to the rest, each sorted, the largest first.

    Louvain's method (Blondel, Guillaume, Lambiotte, Lefebvre 2008) with a fixed seed. networkx goes through sets, so
    nodes are numbers there: the order of strings in a set changes with every start of Python.

    >>> communities({("a", "b"): 3, ("b", "c"): 2, ("a", "c"): 2, ("c", "d"): 1, ("d", "e"): 4})
    [('a', 'b', 'c'), ('d', 'e')]
    """
    nodes = sorted({node for pair in weights for node in pair})
    numbers = {node: number for number, node in enumerate(nodes)}
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(nodes)))
    for (one, other), weight in sorted(weights.items()):
        graph.add_edge(numbers[one], numbers[other], weight=weight)
    groups = nx.community.louvain_communities(graph, weight="weight", seed=SEED) if nodes else []
    found = [tuple(nodes[number] for number in sorted(group)) for group in groups if len(group) > 1]
    return sorted(found, key=lambda group: (-len(group), group))


def together(papers_of: Mapping[str, Iterable[str]], most: int = 50) -> dict[tuple[str, str], int]:
    """(smaller, larger) -> how many papers both have; a paper with more than ``most`` of them tells nothing.

    >>> together({"x": ["p1", "p2"], "y": ["p2", "p1"], "z": ["p2"]})
    {('x', 'y'): 2, ('x', 'z'): 1, ('y', 'z'): 1}
    """
    of_paper: dict[str, list[str]] = {}
    for thing in sorted(papers_of):
        for paper in papers_of[thing]:
            of_paper.setdefault(paper, []).append(thing)
    counted: Counter[tuple[str, str]] = Counter()
    for things in of_paper.values():
        if len(things) <= most:
            counted.update(combinations(things, 2))
    return {pair: counted[pair] for pair in sorted(counted)}
