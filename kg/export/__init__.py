"""EmbeddedStore -> files: one table of formats, one writer each."""

from __future__ import annotations

from kg.export.formats import FORMATS, ExportFormat, export, export_format
from kg.export.options import ExportOptions
from kg.export.selection import selected_papers

__all__ = ["FORMATS", "ExportFormat", "ExportOptions", "export", "export_format", "selected_papers"]
