"""Options that many commands have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from kg.settings import MODELS, is_remote

store_option = click.option(
    "--store", "store", required=True, metavar="DIR", type=click.Path(path_type=Path), help="Folder of the store."
)


class StoreLocation(click.ParamType[Path | str]):
    """A folder, or the address of an endpoint, which a path would spoil."""

    name = "store"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        return str(value) if is_remote(value) else Path(value)


store_or_url_option = click.option(
    "--store",
    "store",
    required=True,
    metavar="DIR|URL",
    type=StoreLocation(),
    help="Folder of the store, or address of a SPARQL endpoint that holds its export.",
)
quiet_option = click.option("--quiet", "-q", is_flag=True, help="Print errors only.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def model_option(otherwise: str) -> Callable[[Any], Any]:
    """``--model``; ``otherwise`` ends its help: what is taken where it is not given."""
    text = "Model of the extractor: fast, or best (half as fast, finds more)" + otherwise + "."
    return click.option("--model", type=click.Choice(MODELS), help=text)


def example(text: str) -> str:
    """The example at the end of a command's help."""
    return f"Example: {text}"
