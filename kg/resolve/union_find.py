"""Sets that grow together: union-find over the numbers 0 to n-1 (Tarjan 1975, path halving)."""

from __future__ import annotations

from array import array


class UnionFind:
    """Disjoint sets of 0 .. size-1; the smallest member stands for its set, so order does not matter.

    >>> sets = UnionFind(4)
    >>> sets.union(3, 1)
    >>> sets.groups()
    {0: [0], 1: [1, 3], 2: [2]}
    """

    def __init__(self, size: int) -> None:
        self._parents = array("q", range(size))

    def find(self, member: int) -> int:
        """The smallest member of the set that ``member`` is in."""
        parents = self._parents
        while parents[member] != member:
            parents[member] = parents[parents[member]]
            member = parents[member]
        return member

    def union(self, one: int, other: int) -> None:
        """Make one set of the two that these are in."""
        first, second = sorted((self.find(one), self.find(other)))
        self._parents[second] = first

    def groups(self) -> dict[int, list[int]]:
        """All sets, each under its smallest member, members in order."""
        found: dict[int, list[int]] = {}
        for member in range(len(self._parents)):
            found.setdefault(self.find(member), []).append(member)
        return found
