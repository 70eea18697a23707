"""``papertriples dump``: the folder that one uploads to an archive."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli_options import example, quiet_option, store_option
from kg.export import ExportOptions
from kg.export.dumps import dump as write_dump
from kg.store import open_store


@click.command(
    epilog=example(
        "papertriples dump --store kgstore --out kg-1 --licence https://creativecommons.org/publicdomain/zero/1.0/"
    )
)
@store_option
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new folder.")
@click.option("--licence", metavar="IRI", help="The licence that the descriptions name.")
@click.option("--without-texts", is_flag=True, help="Leave abstracts and quotes out; offsets and digests stay.")
@quiet_option
def dump(store: Path, out: Path, licence: str | None, without_texts: bool, quiet: bool) -> None:
    """Writes all standard forms of the graph, packed, with checksums, VoID, DCAT and Croissant."""
    with open_store(store) as opened:
        options = ExportOptions(texts=not without_texts, licence=licence)
        write_dump(opened, out, options, (lambda name: None) if quiet else lambda name: click.echo(name, err=True))
