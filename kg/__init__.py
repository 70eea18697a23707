"""papertriples: from a pile of papers to an evidenced, queryable knowledge graph."""

__version__ = "0.1.0"
