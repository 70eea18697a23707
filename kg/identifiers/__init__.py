"""Identifiers of papers, people and repositories: normal forms, what follows from them, and where they lead."""

from __future__ import annotations

from kg.identifiers.dates import implied_date
from kg.identifiers.elsewhere import Elsewhere, author_elsewhere, paper_elsewhere, repository_elsewhere
from kg.identifiers.repositories import Repository, normalise_repository
from kg.identifiers.schemes import (
    SCHEMES,
    arxiv_version,
    identifier,
    identifiers_in_url,
    implied_identifiers,
    normalise_acl,
    normalise_arxiv,
    normalise_doi,
    normalise_openalex,
    normalise_orcid,
    parse_identifier,
    url_of,
    with_implied,
)

__all__ = [
    "SCHEMES",
    "Elsewhere",
    "Repository",
    "arxiv_version",
    "author_elsewhere",
    "identifier",
    "identifiers_in_url",
    "implied_date",
    "implied_identifiers",
    "normalise_acl",
    "normalise_arxiv",
    "normalise_doi",
    "normalise_openalex",
    "normalise_orcid",
    "normalise_repository",
    "paper_elsewhere",
    "parse_identifier",
    "repository_elsewhere",
    "url_of",
    "with_implied",
]
