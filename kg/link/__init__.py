"""Graph -> ``{base}graph/links``: where else its papers, people, repositories and concepts are found."""

from __future__ import annotations

from kg.link.computed import computed_links
from kg.link.linking import Linking

__all__ = ["Linking", "computed_links"]
