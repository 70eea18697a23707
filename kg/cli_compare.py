"""``papertriples diff`` and ``explain``: what changed between two stores or versions, and why a concept is as it is."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from kg.assemble.comparing import compare
from kg.assemble.explaining import Explanation
from kg.assemble.explaining import explain as run_explain
from kg.assemble.explaining_triples import TripleExplanation, explain_triple
from kg.assemble.sides import opened_side
from kg.cli_options import example, json_option, store_option
from kg.errors import UsageError
from kg.store import open_store
from kg.store.difference import rdf_patch


@click.command(epilog=example("papertriples diff before.nq kgstore --format patch > changes.rdfp"))
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--format",
    "format",
    type=click.Choice(["text", "json", "patch"]),
    default="text",
    show_default=True,
    help="patch: an RDF patch that, applied to OLD, gives NEW.",
)
@json_option
@click.option("--exit-code", is_flag=True, help="Exit with 1 where something differs, 0 where nothing does.")
def diff(old: str, new: str, format: str, as_json: bool, exit_code: bool) -> None:
    """Says what changed: papers, concepts, statements, cells of leaderboards gained, lost, changed.

    OLD and NEW are folders of stores, a version of one that somebody still reads (kgstore@3), or files that
    `papertriples export` wrote (.nq, .trig, packed or not).
    """
    with opened_side(old) as before, opened_side(new) as after:
        comparison = compare(before, after)
    if as_json or format == "json":
        click.echo(json.dumps(comparison.as_dict()))
    elif format == "patch":
        sys.stdout.buffer.writelines(line.encode() for line in rdf_patch(comparison.graphs))
    else:
        click.echo(comparison.as_text())
    if exit_code and comparison:
        sys.exit(1)


@click.command(epilog=example("papertriples explain COCO --store kgstore"))
@click.argument("named", nargs=-1, required=True, metavar="NAME|IRI | SUBJECT PREDICATE OBJECT")
@store_option
@json_option
def explain(named: tuple[str, ...], store: Path, as_json: bool) -> None:
    """Says which names a concept has and why, what papers state of it in which sentences, what people corrected.

    Of a triple: which graphs and sentences state it, or by which rule of the ontology it follows from what. Its parts
    are IRIs, prefixed names such as pt:uses, or names of things.
    """
    if len(named) not in (1, 3):
        raise UsageError(f"found {len(named)} names, expected one thing, or a triple: SUBJECT PREDICATE OBJECT")
    found: Sequence[Explanation | TripleExplanation]
    with open_store(store) as opened:
        found = run_explain(opened, named[0]) if len(named) == 1 else [explain_triple(opened, *named)]
    click.echo(json.dumps([one.as_dict() for one in found]) if as_json else "\n\n".join(one.as_text() for one in found))
