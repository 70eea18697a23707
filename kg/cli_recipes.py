"""The commands ``papertriples recipes`` and ``papertriples recipes check``."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli_options import example, json_option
from kg.errors import PapertriplesError

if TYPE_CHECKING:
    from kg.query import Recipe
    from kg.store import EmbeddedStore

_MOST_ROWS = 1_000_000


@click.group(invoke_without_command=True, epilog=example("papertriples recipes"))
@click.option("--recipes", "folder", type=click.Path(path_type=Path), help="Folder of your own recipes.")
@json_option
@click.pass_context
def recipes(context: click.Context, folder: Path | None, as_json: bool) -> None:
    """Lists the stored recipes with their parameters; `recipes check` looks at those of a folder."""
    if context.invoked_subcommand is not None:
        return
    from kg.query import recipes_with

    found = recipes_with(folder)
    if as_json:
        click.echo(json.dumps([recipe.as_dict() for recipe in found]))
    else:
        for recipe in found:
            click.echo(f"{recipe.name}\n    {recipe.summary}")
            for parameter in recipe.parameters:
                default = "" if parameter.default is None else f" = {parameter.default}"
                click.echo(f"    --param {parameter.name}  ({parameter.type}{default})")
    for error in found.errors:
        click.echo(f"papertriples: {error}", err=True)
    if found.errors:
        sys.exit(1)


@recipes.command(epilog=example("papertriples recipes check mine --store kgstore"))
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[FOLDER]")
@click.option(
    "--store", type=click.Path(path_type=Path), metavar="DIR", help="Run each recipe's example on this store as well."
)
@json_option
def check(folder: Path | None, store: Path | None, as_json: bool) -> None:
    """Checks recipes: their headers, their queries, and with --store whether their examples give rows.

    Of those that come with papertriples where no FOLDER is given. Exit code 0 where all is right, 1 where a recipe is
    not; an example without rows is told, and no failure.
    """
    from kg.query import load_recipes

    found = load_recipes(folder)
    failed = [str(error) for error in found.errors]
    empty: list[str] = []
    if store is not None:
        from kg.store import open_store

        with open_store(store) as opened:
            for recipe in found:
                try:
                    if not _rows(opened, recipe):
                        empty.append(recipe.name)
                except PapertriplesError as error:
                    failed.append(f"{recipe.name}: its example: {error}")
    if as_json:
        click.echo(json.dumps({"recipes": len(found), "errors": failed, "without_rows": empty}))
    else:
        for line in failed:
            click.echo(f"papertriples: {line}", err=True)
        for name in empty:
            click.echo(f"papertriples: {name}: its example gives no rows", err=True)
        click.echo(f"{len(found)} recipes are right, {len(failed)} are not", err=True)
    if failed:
        sys.exit(1)


def _rows(store: EmbeddedStore, recipe: Recipe) -> int:
    """How many rows, or triples, the recipe's example gives."""
    from kg.query.formats import DEFAULT_FORMATS, FORMATS, result_kind
    from kg.query.results import evaluate, write_results

    results = evaluate(store, recipe.bind(recipe.example, names=store.names_alike))
    return write_results(results, FORMATS[DEFAULT_FORMATS[result_kind(recipe.kind)]], io.BytesIO(), _MOST_ROWS).rows
