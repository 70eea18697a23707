"""The command ``papertriples serve``: its options are the server's settings, one row of the table each."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from kg.cli_options import example, quiet_option
from kg.errors import UsageError
from kg.settings import CONFIG_VARIABLE, SERVER_SETTINGS, Setting, is_remote, load_settings

_METAVARS = {"text": "TEXT", "path": "PATH", "integer": "N", "number": "SECONDS"}
_OWN_METAVARS = {
    "store": "DIR|URL",
    "recipes": "DIR",
    "dumps": "DIR",
    "licence": "IRI",
    "host": "ADDRESS",
    "trusted_proxy": "ADDRESS",
    "rate_limit": "RATE",
}


def _option(setting: Setting) -> click.Option:
    default = "" if setting.default in (None, "") else f"  [default: {setting.default}]"
    if setting.kind == "switch":
        shown = "" if not setting.default else "  [default: yes]"
        flag = f"{setting.flag}/--no-{setting.flag.removeprefix('--')}"
        return click.Option([flag, setting.name], is_flag=True, default=None, help=setting.help + shown)
    metavar = _OWN_METAVARS.get(setting.name, _METAVARS[setting.kind])
    return click.Option([setting.flag, setting.name], metavar=metavar, help=setting.help + default)


class ServeCommand(click.Command):
    """A command that has the options of the server's settings before its own."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.params = [*map(_option, SERVER_SETTINGS.values()), *self.params]


@click.command(cls=ServeCommand, epilog=example("papertriples serve --store kgstore --port 8000"))
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=f"File of settings in TOML; {CONFIG_VARIABLE} names one too.",
)
@click.option("--plain", is_flag=True, help="Serve an ordinary SPARQL dataset in DIR, made where it is absent.")
@quiet_option
def serve(config: Path | None, plain: bool, quiet: bool, **flags: object) -> None:
    """Serves the SPARQL endpoint, the recipes and the pages.

    Every setting may stand in the environment (PAPERTRIPLES_PORT) or in the file of --config (port = 8000) as well; a
    flag comes first, then the environment, then the file.
    """
    from kg.serve import run_plain_server, run_server

    settings = load_settings(flags, os.environ, config)
    store = settings.text("store") if settings.path("store") is not None else ""
    if not store:
        raise UsageError(f"no store: give --store DIR, or {SERVER_SETTINGS['store'].variable}, or store in the file")
    if plain and is_remote(store):
        raise UsageError(f"--plain serves a dataset in a folder; {store} is served already where it is")
    if plain:
        useless = [one.flag for one in SERVER_SETTINGS.values() if flags.get(one.name) is not None and not one.plain]
        if useless:
            raise UsageError(f"{', '.join(useless)}: for a store that was built; --plain serves an ordinary dataset")
        run_plain_server(store, settings=settings, quiet=quiet)
        return
    run_server(store, settings=settings, quiet=quiet)
