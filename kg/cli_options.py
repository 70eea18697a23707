"""Options that many commands have."""

from __future__ import annotations

from pathlib import Path

import click

store_option = click.option(
    "--store", "store", required=True, metavar="DIR", type=click.Path(path_type=Path), help="Folder of the store."
)
quiet_option = click.option("--quiet", "-q", is_flag=True, help="Print errors only.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def example(text: str) -> str:
    """The example at the end of a command's help."""
    return f"Example: {text}"
