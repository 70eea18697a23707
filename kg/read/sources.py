"""The names of the sources, in the order in which their word counts."""

from __future__ import annotations

# Most trustworthy metadata first: the publisher's own, then the archive that the authors filled in themselves, then
# aggregators (OpenAlex names people and dates with more care than Semantic Scholar's bulk records), then files that
# people keep by hand (BibTeX and RIS are mostly downloaded, tables mostly typed), then a page of bare titles.
SOURCES: tuple[str, ...] = (
    "acl-anthology",
    "arxiv-metadata",
    "arxiv-api",
    "openalex",
    "semantic-scholar",
    "papers-with-code",
    "bibtex",
    "ris",
    "json-lines",
    "csv",
    "listing",
)
