"""Staged records -> papers, concepts, graphs -> the difference that makes the next version."""

from kg.assemble.curating import Curating
from kg.assemble.deriving import Deriving
from kg.assemble.extracting import Extracted, extract_missing
from kg.assemble.graphs import Assembled, Progress, assemble, names_maker
from kg.assemble.made import Making, code_digest
from kg.assemble.papers import PaperOutline, outline_papers
from kg.assemble.selection import select_papers
from kg.assemble.summary import BuildSummary, CurateSummary, RemoveSummary

__all__ = [
    "Assembled",
    "BuildSummary",
    "CurateSummary",
    "Curating",
    "Deriving",
    "Extracted",
    "Making",
    "PaperOutline",
    "Progress",
    "RemoveSummary",
    "assemble",
    "code_digest",
    "extract_missing",
    "names_maker",
    "outline_papers",
    "select_papers",
]
