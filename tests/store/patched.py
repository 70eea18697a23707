"""Applies an RDF patch to N-Quads, by the letter of https://afs.github.io/rdf-patch/."""

from __future__ import annotations

from collections.abc import Iterable


def patched(nquads: Iterable[str], patch: Iterable[str]) -> list[str]:
    """The sorted lines after the patch; what it removes must be there, what it adds must not."""
    held = set(nquads)
    open_transaction = False
    for line in patch:
        code, _, rest = line.partition(" ")
        if code == "TX":
            open_transaction = True
        elif code == "TC":
            open_transaction = False
        elif code == "D":
            assert open_transaction
            held.remove(rest)
        elif code == "A":
            assert open_transaction
            assert rest not in held
            held.add(rest)
        else:
            assert code == "H"
    assert not open_transaction
    return sorted(held)
