"""``papertriples link``: where else the graph's concepts are found, in catalogues that a person has."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kg.cli_options import example, json_option, quiet_option, store_option
from kg.errors import PapertriplesError, UsageError
from kg.link import TARGETS, Linking, report_of, sssom_triples, to_sssom, to_turtle
from kg.pipeline import link as run_link
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
@click.option("--offline", is_flag=True, help="Accepted: nobody is ever asked.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for the links as SSSOM, a table (TSV) and RDF (Turtle) for each target.",
)
@quiet_option
@json_option
def link(
    store: Path,
    to: tuple[str, ...],
    catalogues: tuple[Path, ...],
    offline: bool,
    out: Path | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Links concepts to entries of other catalogues, as triples and as SSSOM files.

    A catalogue given once is kept in the store, and every later build links against it. What follows from identifiers
    (DOI, arXiv, ORCID, repositories) is linked at each build without any catalogue.
    """
    targets = tuple(TARGETS) if "all" in to else tuple(one for one in TARGETS if one in to)
    if catalogues and not targets:
        raise UsageError(f"--catalogue goes with one of {', '.join(TARGETS)}; {to[0]}: {COMPUTED[to[0]]}")
    manifest = run_link(store, targets, catalogues)
    with open_store(store) as opened:
        linking = Linking(store, manifest.catalogues)
        rows, links = report_of(linking.decisions(opened.graph), targets, linking.paper_decisions(opened.graph))
    digests = {target: [one.digest for one in manifest.catalogues if one.target == target] for target in targets}
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
            }
            for one in rows
        ]
        click.echo(json.dumps({"version": manifest.version, "targets": table}))
    elif not quiet:
        click.echo(f"{'target':<18}{'linked':>8}{'abstained':>11}")
        for row in rows:
            note = "" if digests[row.target] else "  no catalogue; give one with --catalogue"
            click.echo(f"{row.target:<18}{row.linked:>8}{row.abstained:>11}{note}")
        for name in COMPUTED:
            if name in to or "all" in to:
                click.echo(f"{name:<18}{COMPUTED[name]}")
