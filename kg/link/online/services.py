"""The table of services: a new one is one module and one row."""

from __future__ import annotations

from typing import Final

from kg.link.online.crossref import CROSSREF
from kg.link.online.dblp import DBLP
from kg.link.online.openalex import OPENALEX
from kg.link.online.orkg import ORKG
from kg.link.online.semantic_scholar import SEMANTIC_SCHOLAR
from kg.link.online.service import Service
from kg.link.online.wikidata import WIKIDATA

SERVICES: Final[dict[str, Service]] = {
    one.name: one for one in (OPENALEX, SEMANTIC_SCHOLAR, CROSSREF, DBLP, WIKIDATA, ORKG)
}
