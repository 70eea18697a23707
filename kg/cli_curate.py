"""``papertriples curate``: corrections that stay."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from kg.assemble import Curating
from kg.assemble.corrections import Correction, entries_of, entry_as_dict, listed
from kg.assemble.curation_log import label_of
from kg.cli_options import example, json_option, quiet_option, store_option
from kg.errors import StoreError, UsageError
from kg.pipeline import curate as run_curate
from kg.records import CONCEPT_TYPES, ConceptType
from kg.store import read_manifest
from kg.store.curation import Entry, read_log, read_table, write_table

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

type_option = click.option(
    "--type", "type", type=click.Choice(CONCEPT_TYPES, case_sensitive=False), help="Type of the concept that is named."
)
_WHO = click.option("--who", metavar="NAME", help="Who says so; the name you are logged in with where not given.")
_WHY = click.option("--why", default="", metavar="TEXT", help="Why; shown beside the correction.")


def correcting(command: CommandT) -> CommandT:
    """The options that each correction has."""
    for option in (json_option, quiet_option, _WHY, _WHO, store_option):
        command = option(command)
    return command


@click.group(epilog=example('papertriples curate merge "GAT" "graph attention network" --type Method --store kgstore'))
def curate() -> None:
    """Corrects the graph, for good: each correction goes into a log that every build replays.

    Names are any that the graph shows, or IRIs. Corrections are kept with who made them, when and why, and can be
    undone.
    """


@curate.command(epilog=example('papertriples curate merge "MS COCO" COCO --type Dataset --store kgstore'))
@click.argument("name")
@click.argument("into")
@type_option
@correcting
def merge(name: str, into: str, type: ConceptType | None, **options: Any) -> None:
    """Makes one concept of two; it is called INTO."""

    _correct(Correction("merge", (name,), type, into=into), options)


@curate.command(epilog=example('papertriples curate split "SAM" --type Method --store kgstore'))
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@type_option
@correcting
def split(names: tuple[str, ...], type: ConceptType | None, **options: Any) -> None:
    """Takes names out of the concept that they are in: together they are one of their own."""

    _correct(Correction("split", names, type), options)


@curate.command(epilog=example('papertriples curate rename "gat" "GAT" --type Method --store kgstore'))
@click.argument("name")
@click.argument("label")
@type_option
@correcting
def rename(name: str, label: str, type: ConceptType | None, **options: Any) -> None:
    """Calls a concept LABEL; its IRI and its other names stay."""

    _correct(Correction("rename", (name,), type, label=label), options)


@curate.command(epilog=example("papertriples curate retype CLIP Method --type Dataset --store kgstore"))
@click.argument("name")
@click.argument("to_type", metavar="TYPE", type=click.Choice(CONCEPT_TYPES, case_sensitive=False))
@type_option
@correcting
def retype(name: str, to_type: ConceptType, type: ConceptType | None, **options: Any) -> None:
    """Gives a concept another type; where the new type has one of that name, they are one."""

    _correct(Correction("retype", (name,), type, to_type=to_type), options)


@curate.command(epilog=example("papertriples curate accept 5f0c... --store kgstore"))
@click.argument("statements", nargs=-1, required=True, metavar="STATEMENT...")
@correcting
def accept(statements: tuple[str, ...], **options: Any) -> None:
    """Says that statements (IRIs, or digests) are right: they are asserted, however unsure they were."""

    _correct(Correction("accept", statements=statements), options)


@curate.command(epilog=example("papertriples curate reject 5f0c... --store kgstore"))
@click.argument("statements", nargs=-1, required=True, metavar="STATEMENT...")
@click.option("--paper", help="The paper (IRI, slug, identifier) for which a source gives a concept, result or code.")
@correcting
def reject(statements: tuple[str, ...], paper: str | None, **options: Any) -> None:
    """Takes statements out; they never come back from the same sentences.

    What a source gives without a sentence is rejected by the IRI of the result, or with --paper by the IRI of the
    concept or repository; it never comes back from the same record.
    """

    _correct(Correction("reject", statements=statements, paper=paper), options)


@curate.command(
    epilog=example(
        'papertriples curate add arxiv:1706.03762 evaluatesOn WMT --type Dataset --quote "..." --store kgstore'
    )
)
@click.argument("paper")
@click.argument("predicate")
@click.argument("object", metavar="NAME|URL")
@type_option
@click.option("--subject", metavar="NAME", help="What the sentence is about, where that is not the paper.")
@click.option("--subject-type", type=click.Choice(CONCEPT_TYPES, case_sensitive=False))
@click.option("--quote", required=True, metavar="TEXT", help="The sentence that says so, as the paper's text has it.")
@correcting
def add(
    paper: str,
    predicate: str,
    object: str,
    type: ConceptType | None,
    subject: str | None,
    subject_type: ConceptType | None,
    quote: str,
    **options: Any,
) -> None:
    """Adds what a paper says (PREDICATE: introduces, addresses, uses, evaluatesOn, inField ..., usedFor, partOf ...).

    A name that the graph lacks becomes a concept; it needs --type.
    """

    said = Correction(
        "add",
        paper=paper,
        predicate=predicate,
        object=object,
        type=type,
        subject=subject,
        subject_type=subject_type,
        quote=quote,
    )
    _correct(said, options)


@curate.command(
    epilog=example("papertriples curate link COCO skos:exactMatch https://www.wikidata.org/entity/Q1 --store kgstore")
)
@click.argument("name")
@click.argument("predicate")
@click.argument("target", metavar="IRI")
@type_option
@correcting
def link(name: str, predicate: str, target: str, type: ConceptType | None, **options: Any) -> None:
    """Links a concept to a thing elsewhere, or to another concept of the graph."""
    _correct(Correction("link", (name,), type, predicate=predicate, target=target), options)


@curate.command(epilog=example("papertriples curate undo 3f2a --store kgstore"))
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@correcting
def undo(ids: tuple[str, ...], **options: Any) -> None:
    """Takes corrections back, by their ids or the beginnings of these: the graph is as if they had not been made."""

    _correct(Correction("undo", ids=ids), options)


@curate.command(name="list", epilog=example("papertriples curate list --store kgstore"))
@store_option
@json_option
def list_entries(store: Path, as_json: bool) -> None:
    """Lists the corrections, the first one first; those that were undone are marked."""
    entries = listed(_log(store))
    if as_json:
        click.echo(json.dumps([entry_as_dict(entry, counts) for entry, counts in entries]))
        return
    for entry, counts in entries:
        click.echo(f"{entry.id}  {entry.when[:19]}  {entry.who}  {label_of(entry)}{'' if counts else '  (undone)'}")
        if entry.why:
            click.echo(f"{'':18}{entry.why}")


@curate.command(name="export", epilog=example("papertriples curate export --store kgstore > corrections.tsv"))
@store_option
@click.option("--out", default="-", metavar="FILE", help="File to write; standard output where not given.")
def export_entries(store: Path, out: str) -> None:
    """Writes all corrections as a table (TSV), for `curate import` in another store."""
    table = write_table([entry for entry, _ in listed(_log(store))]).encode()
    try:
        if out == "-":
            sys.stdout.buffer.write(table)
        else:
            Path(out).write_bytes(table)
    except OSError as error:
        raise StoreError(f"cannot write {out}: {error.strerror}") from None


@curate.command(name="import", epilog=example("papertriples curate import corrections.tsv --store kgstore"))
@click.argument("table", metavar="FILE")
@correcting
def import_entries(table: str, **options: Any) -> None:
    """Reads corrections from a table (TSV); those that the log has are left out.

    Rows without `when` or `who` are said now, by you.
    """
    try:
        text = sys.stdin.read() if table == "-" else Path(table).read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {table}: {error}") from None

    def make(curating: Curating) -> list[Entry]:
        return curating.taken(read_table(text, table), _who(options))

    _run(make, options)


def _correct(correction: Correction, options: dict[str, Any]) -> None:
    said = replace(correction, why=str(options["why"]))
    _run(lambda curating: entries_of(curating, said, _who(options)), options)


def _who(options: dict[str, Any]) -> str:
    if options["who"]:
        return str(options["who"])
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise UsageError("--who: nobody is logged in here; say who makes the correction") from None


def _run(make: Callable[[Curating], Sequence[Entry]], options: dict[str, Any]) -> None:
    summary = run_curate(cast(Path, options["store"]), make)
    if options["as_json"]:
        click.echo(json.dumps(summary.as_dict()))
    elif not options["quiet"]:
        click.echo(summary.as_text(), err=True)


def _log(store: Path) -> list[Entry]:
    return read_log(store, read_manifest(store).curated)
