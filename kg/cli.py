"""The command ``papertriples``: one thin function for each command."""

from __future__ import annotations

import importlib
import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from kg import __version__
from kg.cli_options import example, json_option, model_option, quiet_option, store_option, store_or_url_option
from kg.errors import PapertriplesError, ProblemLog, UsageError
from kg.records import FieldName
from kg.settings import DEFAULTS

SHOWN_PROBLEMS = 20


# Commands that have a module of their own, imported when one is called.
ELSEWHERE = {
    "analyse": "kg.cli_analyse",
    "curate": "kg.cli_curate",
    "diff": "kg.cli_compare",
    "dump": "kg.cli_dump",
    "explain": "kg.cli_compare",
    "infer": "kg.cli_analyse",
    "link": "kg.cli_link",
    "recipes": "kg.cli_recipes",
    "serve": "kg.cli_serve",
    "token": "kg.cli_token",
}


class Commands(click.Group):
    """A group whose commands end with a message and an exit code, never with a stack trace."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in ELSEWHERE:
            return getattr(importlib.import_module(ELSEWHERE[cmd_name]), cmd_name)  # type: ignore[no-any-return]
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PapertriplesError as error:
            click.echo(f"papertriples: {error}", err=True)
            sys.exit(error.exit_code)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(0)
        except KeyboardInterrupt:
            click.echo("papertriples: interrupted; the store is as it was before", err=True)
            sys.exit(130)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="papertriples")
def main() -> None:
    """Builds an evidenced knowledge graph from a pile of papers, and serves it behind a SPARQL endpoint."""


@main.command(epilog=example("papertriples build papers.bib abstracts.jsonl --store kgstore"))
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@store_option
@click.option("--format", "format", metavar="F", help="Format of the inputs; sniffed where it is not given.")
@click.option("--jobs", type=click.IntRange(1), default=DEFAULTS["jobs"], show_default=True, help="Processes.")
@model_option("; the store's own, or fast at first")
@click.option("--base-iri", metavar="IRI", help="Base of every IRI; fixed by the first build of a store.")
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    help=f"Statements below it are kept, not asserted; the store's own, or {DEFAULTS['min_confidence']} at first.",
)
@click.option(
    "--infer/--no-infer",
    default=None,
    help="Add what follows by the ontology, in a graph of its own; the store's own choice, or not at first.",
)
@quiet_option
@json_option
def build(
    inputs: tuple[str, ...],
    store: Path,
    format: str | None,
    jobs: int,
    model: str | None,
    base_iri: str | None,
    min_confidence: float | None,
    infer: bool | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Reads files, folders, globs or - and adds to the store what is new or changed.

    Exit code 0, or 3 where some records were skipped, or 2 for bad usage.
    """
    from kg.pipeline import build as run_build
    from kg.progress import Bars

    log = ProblemLog()
    with Bars(shown=not quiet and not as_json) as bars:
        summary = run_build(
            inputs,
            store,
            format=format,
            jobs=jobs,
            model=model,
            base_iri=base_iri,
            min_confidence=None if min_confidence is None else Decimal(str(min_confidence)),
            infer=infer,
            handler=log,
            progress=bars,
        )
    _report(summary.as_dict(), summary.as_text(), log, quiet, as_json)
    if log.skipped:
        sys.exit(3)


def _report(as_dict: dict[str, Any], text: str, log: ProblemLog, quiet: bool, as_json: bool) -> None:
    if as_json:
        problems = [str(problem) for problem in log.problems]
        click.echo(json.dumps({**as_dict, "problems": problems, "problem_count": log.skipped + log.kept}))
        return
    if quiet:
        return
    _show_problems(log)
    click.echo(text, err=True)


def _show_problems(log: ProblemLog) -> None:
    for problem in log.problems[:SHOWN_PROBLEMS]:
        click.echo(str(problem), err=True)
    more = log.skipped + log.kept - min(len(log.problems), SHOWN_PROBLEMS)
    if more > 0:
        click.echo(f"... and {more} more such lines", err=True)


@main.command(epilog=example("""echo '{"id": "1", "text": "We evaluate BERT on SQuAD."}' | papertriples extract"""))
@click.argument("input", default="-", type=click.File("rb"))
@click.option("--format", "format", type=click.Choice(["jsonl"]), default="jsonl", show_default=True)
@click.option("--threads", type=click.IntRange(min=1), help="Threads that read one text; all cores where not given.")
@model_option("; fast where not given")
@click.option("--quiet", "-q", is_flag=True, help="Report neither bad lines nor other languages.")
def extract(input: Iterable[bytes], format: str, threads: int | None, model: str | None, quiet: bool) -> None:
    """Extracts without a store: JSON lines in, JSON lines out, in the same order."""
    from kg.extract import DEFAULT_MODEL, answers, load_extractor
    from kg.text import counted_languages

    name = str(getattr(input, "name", "-"))
    skipped = 0
    languages: Counter[str] = Counter()

    def refuse(number: int, error: UsageError) -> None:
        nonlocal skipped
        skipped += 1
        if not quiet:
            click.echo(f"{name}:{number}: {error}; skipped", err=True)

    for answer in answers(input, load_extractor(threads, model or DEFAULT_MODEL), refuse):
        sys.stdout.buffer.write(answer.line.encode() + b"\n")
        sys.stdout.buffer.flush()  # whoever waits for this answer gets it before the next line is read
        if answer.language is not None:
            languages[answer.language] += 1
    if languages and not quiet:
        click.echo(
            f"papertriples: not in English: {counted_languages(languages)}; what is not English was not read", err=True
        )
    if skipped:
        sys.exit(3)


@main.command(epilog=example("papertriples evaluate gold.jsonl --map Material=Dataset"))
@click.argument("gold", metavar="GOLD")
@click.option("--format", "format", metavar="F", help="spans, listing or results; sniffed where it is not given.")
@click.option(
    "--predictions", metavar="FILE", help="Score these lines of `papertriples extract`, found by id, instead."
)
@click.option(
    "--map", "maps", multiple=True, metavar="THEIRS=OURS", help="Spans: a type of the gold that is one of ours."
)
@click.option(
    "--context",
    type=click.Choice(["sentence", "document"]),
    default="sentence",
    show_default=True,
    help="Spans: each sentence is a text alone, or the neighbouring ones of a document are one text.",
)
@click.option(
    "--field",
    type=click.Choice(["text", "title", "abstract"]),
    default="text",
    show_default=True,
    help="Spans: what the texts are; titles are read otherwise than sentences.",
)
@click.option("--texts", multiple=True, metavar="INPUT", help="Papers with the abstracts that the gold does not hold.")
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    default=float(str(DEFAULTS["min_confidence"])),
    show_default=True,
    help="Listing, results: what is less sure does not count.",
)
@model_option("; fast where not given")
@click.option("--print-texts", is_flag=True, help="Print the texts of the gold, as `papertriples extract` reads them.")
@quiet_option
@json_option
def evaluate(
    gold: str,
    format: str | None,
    predictions: str | None,
    maps: tuple[str, ...],
    context: str,
    field: FieldName,
    texts: tuple[str, ...],
    min_confidence: float,
    model: str | None,
    print_texts: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Scores the extractor, or the predictions of another one, on gold of your own.

    Exit code 0, or 3 where some lines were bad and left out, or 2 for bad usage.
    """
    from kg.evaluate import GoldOptions, Predictions, TypeMap, predict_with, texts_of_gold
    from kg.evaluate import evaluate as run_evaluation
    from kg.extract import DEFAULT_MODEL, load_extractor

    log = ProblemLog()
    types = TypeMap.parse(maps)
    options = GoldOptions(types, context == "document", field, texts, min_confidence)
    if print_texts:
        for record_id, fields in texts_of_gold(gold, log, format, options):
            click.echo(json.dumps({"id": record_id, **fields}, ensure_ascii=False))
    elif predictions is not None:
        read = Predictions.read(predictions, log, types.theirs)
        report = run_evaluation(gold, read, log, format, options)
        click.echo(json.dumps({**report.as_dict(), **read.as_dict()}) if as_json else report.as_text() + read.as_text())
    else:
        report = run_evaluation(gold, predict_with(load_extractor(model=model or DEFAULT_MODEL)), log, format, options)
        click.echo(json.dumps(report.as_dict()) if as_json else report.as_text())
    if not quiet:
        _show_problems(log)
    if log.skipped:
        sys.exit(3)


@main.command(epilog=example("papertriples query --store kgstore --recipe tasks-by-papers --param limit=5"))
@click.argument("query", required=False, metavar="FILE.rq|-")
@store_or_url_option
@click.option("--recipe", metavar="NAME", help="Run a stored recipe; `papertriples recipes` lists them.")
@click.option("--param", "params", multiple=True, metavar="K=V", help="A parameter of the recipe.")
@click.option("--format", "format", metavar="F", help="json, xml, csv, tsv, ttl, nt, jsonld or table.")
@click.option("--recipes", "recipes_folder", type=click.Path(path_type=Path), help="Folder of your own recipes.")
def query(
    query: str | None,
    store: Path | str,
    recipe: str | None,
    params: tuple[str, ...],
    format: str | None,
    recipes_folder: Path | None,
) -> None:
    """Runs a SPARQL query, from a file or standard input, or a recipe.

    The store is a folder, or an endpoint that holds what papertriples export --format nq wrote.
    """
    from kg.query import recipes_with, run_query
    from kg.query.enums import values_in
    from kg.store import RemoteStore, check_merge, open_store

    if (query is None) == (recipe is None):
        raise UsageError("give either a query file (or - for standard input) or --recipe NAME")
    if recipe is None and params:
        raise UsageError("--param goes with --recipe; a query file has no parameters")
    given = _parameters(params)
    wanted = None if recipe is None else recipes_with(recipes_folder).get(recipe)
    text = "" if wanted is not None else _read_query(str(query))
    with open_store(store) as opened:
        if isinstance(opened, RemoteStore):
            for problem in check_merge(opened):
                click.echo(f"papertriples: {store}: {problem}", err=True)
        if wanted is not None:
            text = wanted.with_values(lambda asked: values_in(opened, asked)).bind(given, names=opened.names_alike)
        run_query(opened, text, format, sys.stdout.buffer)


def _parameters(pairs: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise UsageError(f"--param {pair}: expected NAME=VALUE, as in --param limit=10")
        found[name] = value
    return found


def _read_query(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot read the query {name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the query {name} is not UTF-8 text (byte {error.start})") from error


@main.command(name="export", epilog=example("papertriples export --store kgstore --format ttl --out graph.ttl"))
@store_option
@click.option(
    "--format",
    "format",
    required=True,
    metavar="F",
    help="ttl, nq, schemaorg, bibtex ...; docs/interoperability.md lists them.",
)
@click.option("--out", required=True, metavar="PATH", help="File to write, or - for standard output.")
@click.option("--graph", metavar="IRI", help="Only this named graph.")
@click.option("--canonical", is_flag=True, help="Canonical N-Quads, sorted.")
@click.option("--without-texts", is_flag=True, help="Leave abstracts and quotes out; offsets and digests stay.")
@click.option("--select", metavar="FILE.rq", help="bibtex, paperswithcode: the papers that this SELECT query gives.")
@click.option("--licence", metavar="IRI", help="rocrate, csvw: the licence that they name.")
@quiet_option
def export_command(
    store: Path,
    format: str,
    out: str,
    graph: str | None,
    canonical: bool,
    without_texts: bool,
    select: str | None,
    licence: str | None,
    quiet: bool,
) -> None:
    """Exports the graph, or one named graph of it, or a profile of it in the words of others."""
    from kg.export import ExportOptions, export, selected_papers
    from kg.store import open_store

    with open_store(store) as opened:
        papers = None if select is None else selected_papers(opened, _read_query(select))
        options = ExportOptions(texts=not without_texts, papers=papers, licence=licence)
        export(opened, format, out, graph=graph, canonical=canonical, options=options)
    if not quiet and out != "-":
        click.echo(f"wrote {out}", err=True)


@main.command(epilog=example("papertriples check --store kgstore"))
@store_option
@json_option
def check(store: Path, as_json: bool) -> None:
    """Checks the graph: SHACL shapes, consistency with the ontology, evidence of every statement.

    Exit code 0 where all hold, 1 where something is violated.
    """
    from kg.assemble.checking import check_store
    from kg.store import open_store

    with open_store(store) as opened:
        report = check_store(opened)
    click.echo(json.dumps(report.as_dict()) if as_json else report.as_text())
    if not report.passed:
        sys.exit(1)


@main.command(epilog=example("papertriples stats --store kgstore --json"))
@store_option
@json_option
def stats(store: Path, as_json: bool) -> None:
    """Counts what the store holds."""
    from kg.store import open_store

    with open_store(store) as opened:
        counts = {"version": opened.version, "base_iri": opened.base_iri, **asdict(opened.manifest.counts)}
    click.echo(json.dumps(counts) if as_json else _aligned(counts.items()))


@main.command(epilog=example("papertriples remove --store kgstore arxiv:1911.02782"))
@click.argument("papers", nargs=-1, required=True, metavar="PAPER...")
@store_option
@quiet_option
@json_option
def remove(papers: tuple[str, ...], store: Path, quiet: bool, as_json: bool) -> None:
    """Takes papers (IRIs, slugs or identifiers) out, with all that only they said."""
    from kg.pipeline import remove as run_remove

    summary = run_remove(store, papers)
    _report(summary.as_dict(), summary.as_text(), ProblemLog(), quiet, as_json)


def _aligned(pairs: Iterable[tuple[str, object]]) -> str:
    rows = [(name.replace("_", " "), str(value)) for name, value in pairs]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)


if __name__ == "__main__":
    main()
