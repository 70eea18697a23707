"""``papertriples link``: where else the graph's concepts are found, in catalogues that a person has."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from kg.cli_online import Asked, Asking, ask, online_options
from kg.cli_options import example, json_option, quiet_option, store_option
from kg.errors import PapertriplesError, UsageError
from kg.link import TARGETS, Linking, TargetReport, report_of, sssom_triples, to_sssom, to_turtle
from kg.link.gold import Score, read_gold, score, shipped_gold
from kg.link.subjects import subjects_of
from kg.pipeline import link as run_link
from kg.progress import Bars
from kg.store import open_store

COMPUTED = {
    "softwareheritage": "computed from identifiers at each build",
}


@click.command(epilog=example("papertriples link --store kgstore --to cso --catalogue cso.csv.gz --out links"))
@store_option
@click.option(
    "--to",
    "to",
    multiple=True,
    required=True,
    type=click.Choice([*TARGETS, *COMPUTED, "all"]),
    help="What to link to; may be given several times.",
)
@click.option(
    "--catalogue",
    "catalogues",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A catalogue as its publisher writes it, or your own mappings (.sssom.tsv), which win; kept in the store.",
)
@click.option("--offline", is_flag=True, help="Ask nobody, which is so without --online, too.")
@online_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for the links as SSSOM, a table (TSV) and RDF (Turtle) for each target.",
)
@click.option(
    "--gold",
    "golds",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Judged links, as SSSOM TSV or a table (type, label, a column a target), to tell precision by; else ours.",
)
@quiet_option
@json_option
def link(
    store: Path,
    to: tuple[str, ...],
    catalogues: tuple[Path, ...],
    offline: bool,
    asking: Asking,
    out: Path | None,
    golds: tuple[Path, ...],
    quiet: bool,
    as_json: bool,
) -> None:
    """Links concepts to entries of other catalogues, as triples and as SSSOM files.

    A catalogue given once is kept in the store, and every later build links against it. What follows from identifiers
    (DOI, arXiv, ORCID, repositories) is linked at each build without any catalogue.

    With --online services are asked about papers (identifiers, titles) and concepts (names); their answers are kept,
    and make catalogues. Exit code 3 where some questions got no answer: run again to go on.
    """
    asked_for = {*to, "openalex-works"} if "openalex" in to else set(to)
    targets = tuple(TARGETS) if "all" in to else tuple(one for one in TARGETS if one in asked_for)
    if catalogues and not targets:
        raise UsageError(f"--catalogue goes with one of {', '.join(TARGETS)}; {to[0]}: {COMPUTED[to[0]]}")
    gold = read_gold(golds or shipped_gold())
    asked = Asked()
    if asking.online and not offline:
        with Bars(shown=not quiet and not as_json) as bars:
            asked = ask(asking, store, targets, bars)
        if asked.ahead is not None:
            click.echo(json.dumps({"ahead": asked.rows()}) if as_json else "\n".join(asked.told()))
            return
    manifest = run_link(store, targets, (*catalogues, *asked.files))
    digests = {target: [one.digest for one in manifest.catalogues if one.target == target] for target in targets}
    with open_store(store) as opened:
        linking = Linking(store, manifest.catalogues)
        rows, links = report_of(linking.decisions(opened.graph), targets, linking.paper_decisions(opened.graph))
        # Without a link recall is 0, which is told, too; without a catalogue there is nothing to judge.
        scores = score(links, subjects_of(opened.graph), gold) if any(digests.values()) else {}
    if out is not None:
        try:
            out.mkdir(parents=True, exist_ok=True)
            for target in targets:
                if digests[target] and not TARGETS[target].papers:
                    chosen = [one for one in links if one.target == target]
                    text = to_sssom(chosen, opened.base_iri, target, digests[target])
                    (out / f"{target}.sssom.tsv").write_text(text, encoding="utf-8")
                    triples = sssom_triples(chosen, opened.base_iri, target, digests[target])
                    (out / f"{target}.sssom.ttl").write_bytes(to_turtle(triples))
        except OSError as error:
            raise PapertriplesError(f"cannot write {out}: {error.strerror or error}") from error
    if as_json:
        table = [
            {
                "target": one.target,
                "linked": one.linked,
                "abstained": one.abstained,
                "catalogues": len(digests[one.target]),
                "gold": _as_dict(scores.get(one.target)),
            }
            for one in rows
        ]
        online = {"online": asked.rows()} if asked.gathered else {}
        click.echo(json.dumps({"version": manifest.version, "targets": table, **online}))
    elif not quiet:
        for line in asked.told() if asked.gathered else ():
            click.echo(line, err=True)
        click.echo(f"{'target':<18}{'linked':>8}{'abstained':>11}  {'precision on gold':<20}  recall on gold")
        for row in rows:
            click.echo(f"{row.target:<18}{row.linked:>8}{row.abstained:>11}  {_told(row, digests, scores)}")
        if not any(scores[one].there or scores[one].linked for one in scores if digests.get(one)):
            click.echo("- no concept of the gold is in this store; judge some and give them with --gold")
        for name in COMPUTED:
            if name in to or "all" in to:
                click.echo(f"{name:<18}{COMPUTED[name]}")
    if not asked.complete:
        sys.exit(3)


def _told(row: TargetReport, digests: dict[str, list[str]], scores: dict[str, Score]) -> str:
    if not digests[row.target]:
        return "no catalogue; give one with --catalogue"
    found = scores.get(row.target, Score(0, 0, 0))
    return f"{_share(found.right, found.linked):<20}  {_share(found.right, found.there)}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f} ({part} of {whole})" if whole else "-"


def _as_dict(found: Score | None) -> dict[str, float | int | None] | None:
    return None if found is None else {**asdict(found), "precision": found.precision, "recall": found.recall}
