"""``papertriples token``: who may do what over HTTP."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from kg.cli_options import example, json_option, quiet_option, store_option
from kg.store.tokens import SCOPES, Scope, Tokens


@click.group(epilog=example("papertriples token create --store kgstore --scope curate --label ada"))
def token() -> None:
    """Makes, lists and revokes the tokens by which others may write over HTTP.

    Requests show one as `Authorization: Bearer TOKEN`. A running server sees each change with its next request.
    """


@token.command(epilog=example("papertriples token create --store kgstore --scope write --label importer --expires 90d"))
@store_option
@click.option(
    "--scope",
    type=click.Choice(SCOPES),
    required=True,
    help="What it is good for; each includes those before it: reading, correcting, writing, reading the audit log.",
)
@click.option("--label", default="", metavar="TEXT", help="Whose it is, or what for; stands in lists and logs.")
@click.option("--expires", metavar="WHEN", help="When it ends: 90d, 12h, 1y, 2027-01-31 or 2027-01-31T12:00Z.")
@quiet_option
def create(store: Path, scope: Scope, label: str, expires: str | None, quiet: bool) -> None:
    """Prints a new token as its last line. It is shown this once: the store keeps only a digest."""
    made, secret = Tokens(store).create(scope, label, expires)
    if not quiet:
        until = f", until {made.expires}" if made.expires else ""
        click.echo(f"token {made.id} for {made.scope}{until}; keep it, it is not shown again:", err=True)
    click.echo(secret)


@token.command(name="list", epilog=example("papertriples token list --store kgstore"))
@store_option
@json_option
def list_tokens(store: Path, as_json: bool) -> None:
    """Lists the tokens, revoked and expired ones too; never the tokens themselves."""
    tokens = Tokens(store).listed()
    if as_json:
        shown = [{**asdict(one), "counts": counts} for one, counts in tokens]
        click.echo(json.dumps([{name: value for name, value in one.items() if name != "digest"} for one in shown]))
        return
    for one, counts in tokens:
        ended = f"revoked {one.revoked}" if one.revoked else f"until {one.expires}" if one.expires else ""
        ended += "" if counts or one.revoked else " (expired)"
        click.echo(f"{one.id}  {one.scope:<6}  {one.created}  {one.label}{'  ' if ended else ''}{ended}".rstrip())


@token.command(epilog=example("papertriples token revoke 3f2a9c01 --store kgstore"))
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@store_option
@quiet_option
def revoke(ids: tuple[str, ...], store: Path, quiet: bool) -> None:
    """Ends tokens, by their ids, at once."""
    for id in ids:
        ended = Tokens(store).revoke(id)
        if not quiet:
            click.echo(f"token {ended.id} for {ended.scope} is revoked", err=True)
