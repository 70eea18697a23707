"""``papertriples analyse`` and ``infer``: what the network says, what follows by the ontology."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kg.assemble.analysing import Report, lineages, related_to, report_of, write_graphml, write_tables
from kg.cli_options import example, json_option, quiet_option, store_option
from kg.errors import UsageError
from kg.graph.iris import Iris
from kg.pipeline import derive
from kg.store import open_store


@click.command(epilog=example("papertriples analyse --store kgstore --lineage BERT"))
@store_option
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="Rows of each table.")
@click.option("--lineage", "method", metavar="NAME|IRI", help="Only what a method comes from, and what came of it.")
@click.option("--related", "paper", metavar="PAPER", help="Only the papers nearest to one: title, identifier or IRI.")
@click.option("--out", metavar="FILE.graphml", type=click.Path(path_type=Path), help="Write the network of concepts.")
@click.option("--csv", "folder", metavar="FOLDER", type=click.Path(path_type=Path), help="Write the whole tables.")
@click.option(
    "--write/--no-write",
    default=None,
    help="Keep the analytics in the store, in a graph of their own, and up to date at each build; or no longer.",
)
@quiet_option
@json_option
def analyse(
    store: Path,
    limit: int,
    method: str | None,
    paper: str | None,
    out: Path | None,
    folder: Path | None,
    write: bool | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Graph analytics: central methods, communities of tasks, methods used together, related papers, what emerges."""
    if method is not None and paper is not None:
        raise UsageError("give --lineage or --related, not both")
    if write is not None:
        manifest = derive(store, analytics=write)
        if not quiet and not as_json:
            kept = "are kept" if write else "are not kept"
            click.echo(f"analytics {kept} in the store; version {manifest.version}", err=True)
    with open_store(store) as opened:
        if method is not None or paper is not None:
            found = lineages(opened, method) if method is not None else related_to(opened, str(paper), limit)
            click.echo(json.dumps(found.as_dict()) if as_json else found.as_text())
            return
        report = report_of(opened, limit)
    _print(report, out, folder, quiet, as_json)


def _print(report: Report, out: Path | None, folder: Path | None, quiet: bool, as_json: bool) -> None:
    if out is not None:
        write_graphml(report, out)
    if folder is not None:
        write_tables(report, folder)
    if not quiet:
        click.echo(json.dumps(report.as_dict()) if as_json else report.as_text())


@click.command(epilog=example("papertriples infer --store kgstore"))
@store_option
@click.option("--off", is_flag=True, help="Take the inferred graph out, and make it no more.")
@quiet_option
@json_option
def infer(store: Path, off: bool, quiet: bool, as_json: bool) -> None:
    """Adds what follows by the ontology (OWL 2 RL) in a graph of its own, kept up to date at each build."""
    manifest = derive(store, inferred=not off)
    with open_store(store) as opened:
        graph = Iris(opened.base_iri).graph("inferred")
        triples = sum(1 for _ in opened.graph.quads_for_pattern(None, None, None, graph))
    if as_json:
        click.echo(json.dumps({"version": manifest.version, "inferred": triples, "graph": graph.value}))
    elif not quiet:
        click.echo(f"{triples:,} triples in {graph.value}; version {manifest.version}", err=True)
