"""EmbeddedStore -> files: one table of formats, one writer each."""

from __future__ import annotations

from kg.export.formats import FORMATS, ExportFormat, export, export_format

__all__ = ["FORMATS", "ExportFormat", "export", "export_format"]
