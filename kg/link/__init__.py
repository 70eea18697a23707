"""Graph -> ``{base}graph/links``: where else its papers, people, repositories and concepts are found."""

from __future__ import annotations

from kg.link.catalogues import TARGETS, Entry
from kg.link.computed import computed_links
from kg.link.linking import Linking, TargetReport, report_of
from kg.link.matching import Decision, Link, Matcher, Subject
from kg.link.reading import read_catalogue
from kg.link.recording import record_catalogues
from kg.link.sssom import to_sssom
from kg.link.sssom_rdf import sssom_triples, to_turtle

__all__ = [
    "TARGETS",
    "Decision",
    "Entry",
    "Link",
    "Linking",
    "Matcher",
    "Subject",
    "TargetReport",
    "computed_links",
    "read_catalogue",
    "record_catalogues",
    "report_of",
    "sssom_triples",
    "to_sssom",
    "to_turtle",
]
