"""One table of settings: name, default, what it means. Command help and documentation read it.

A setting comes from a flag (``--client-queries 4``), else from the environment (``PAPERTRIPLES_CLIENT_QUERIES=4``),
else from one file (``client_queries = 4`` in TOML; ``--config`` or ``PAPERTRIPLES_CONFIG`` names it), else it has its
default.
"""

from __future__ import annotations

import math
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from kg.errors import UsageError

DEFAULT_BASE_IRI = "https://w3id.org/papertriples/"
ONTOLOGY_IRI = "https://w3id.org/papertriples/ontology"
ONTOLOGY_NAMESPACE = ONTOLOGY_IRI + "#"
SOFTWARE_IRI = "https://w3id.org/papertriples/software/"  # a version follows
STORE_FORMAT_VERSION = 1
MODELS = ("fast", "best")  # of the extractor; here, so that a command's help needs no network
DEFAULT_MODEL = "fast"
ENVIRONMENT_PREFIX = "PAPERTRIPLES_"
CONFIG_VARIABLE = ENVIRONMENT_PREFIX + "CONFIG"

_RATE = r"(?:[1-9][0-9]{0,8}\s*/\s*(?:[1-9][0-9]{0,4}\s*)?(?:second|minute|hour|day)s?)?"

Kind = Literal["text", "path", "integer", "number", "switch"]
Value = str | int | float | bool | None
_SWITCHES = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_WORDS: dict[Kind, str] = {
    "text": "a text",
    "path": "a path",
    "integer": "a whole number",
    "number": "a number",
    "switch": "true or false",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: its name, default and one line of help.

    ``serve``: the server has it, from all three places; ``plain``: that of an ordinary dataset has it, too.
    """

    name: str
    default: object
    help: str
    kind: Kind = "text"
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    expected: str = ""  # what a text that fits the pattern looks like
    serve: bool = False
    plain: bool = True

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        return ENVIRONMENT_PREFIX + self.name.upper()

    @property
    def wanted(self) -> str:
        """What a right value looks like, in words."""
        words = self.expected or _WORDS[self.kind]
        if self.minimum is None:
            return words
        return f"{words}, at least {self.minimum:g}" + ("" if self.maximum is None else f", at most {self.maximum:g}")

    def read(self, given: object, where: str) -> Value:
        """A value of the setting's kind; ``where`` it stands is for the message. Raises UsageError.

        >>> Setting("port", 8000, "", "integer", 0, 65535).read("8080", "flag")
        8080
        >>> Setting("port", 8000, "", "integer", 0, 65535).read("-1", "PAPERTRIPLES_PORT")
        Traceback (most recent call last):
        ...
        kg.errors.UsageError: PAPERTRIPLES_PORT: found '-1', expected a whole number, at least 0, at most 65535
        """
        value = self._read(given)
        if value is None:
            raise UsageError(f"{where}: found {given!r}, expected {self.wanted}")
        return value

    def _read(self, given: object) -> Value:
        if self.kind in ("text", "path"):
            text = str(given) if isinstance(given, str | os.PathLike) else None
            return text if text is not None and (self.pattern is None or re.fullmatch(self.pattern, text)) else None
        if self.kind == "switch":
            return given if isinstance(given, bool) else _SWITCHES.get(str(given).strip().lower())
        if isinstance(given, bool):
            return None
        try:
            number = int(str(given)) if self.kind == "integer" else float(str(given))
        except ValueError:
            return None
        fits = (self.minimum is None or number >= self.minimum) and (self.maximum is None or number <= self.maximum)
        return number if fits and math.isfinite(number) else None


SETTINGS: tuple[Setting, ...] = (
    Setting("base_iri", DEFAULT_BASE_IRI, "IRI that every paper, concept and statement starts with."),
    Setting(
        "min_confidence",
        Decimal("0.5"),
        "Statements below this confidence are kept as pt:Statement, not asserted as triples.",
    ),
    Setting("jobs", 1, "Processes that extract side by side."),
    Setting(
        "store", None, "Folder of the store, or address of a SPARQL endpoint that holds its export.", "path", serve=True
    ),
    Setting("host", "127.0.0.1", "Address that the server listens on.", serve=True),
    Setting("port", 8000, "Port that the server listens on.", "integer", 0, 65535, serve=True),
    Setting(
        "workers",
        2,
        "Processes that answer queries; each can be ended at its deadline.",
        "integer",
        1,
        1024,
        serve=True,
    ),
    Setting("timeout", 30.0, "Seconds that a query may take before it is ended.", "number", 0.1, serve=True),
    Setting("max_rows", 1_000_000, "Rows that a result may have over HTTP.", "integer", 1, serve=True),
    Setting("max_answer", 1024, "Mebibytes that a result may have over HTTP.", "integer", 1, serve=True),
    Setting(
        "worker_memory",
        2048,
        "Mebibytes that a worker may hold; a query that needs more ends alone (Linux).",
        "integer",
        128,
        serve=True,
        plain=False,
    ),
    Setting(
        "client_queries",
        16,
        "Queries of one client at a time, those that wait included; more are told to come again (429).",
        "integer",
        1,
        serve=True,
    ),
    Setting(
        "queue",
        64,
        "Queries that may wait for a worker, of all clients; more are told to come again (503).",
        "integer",
        1,
        serve=True,
    ),
    Setting(
        "rate_limit",
        "",
        "Queries of one client in a time, such as 300/minute; empty: as many as it likes.",
        pattern=_RATE,
        expected="a rate such as 300/minute or 10/second, or nothing",
        serve=True,
    ),
    Setting(
        "answer_cache",
        64,
        "Mebibytes of answers that are kept to be given again as long as the store's version does not change; 0: none.",
        "integer",
        0,
        serve=True,
        plain=False,
    ),
    Setting("read_token", False, "Reads need a token, too, of any scope; writes always do.", "switch", serve=True),
    Setting(
        "token_failures",
        "20/minute",
        "Wrong tokens of one address in a time, before no token of that address is looked at (429).",
        pattern=_RATE,
        expected="a rate such as 20/minute, or nothing",
        serve=True,
    ),
    Setting(
        "write_timeout",
        300.0,
        "Seconds that a write may take, until its new version is there, before it is ended.",
        "number",
        1,
        serve=True,
        plain=False,
    ),
    Setting(
        "services",
        "",
        "Endpoints that SERVICE may ask, by their addresses, with spaces between them; empty: none.",
        pattern=r"(?:https?://[^\s<>\"{}|^`\\]+\s*)*",
        expected="addresses such as https://query.wikidata.org/sparql, with spaces between them, or nothing",
        serve=True,
    ),
    Setting(
        "require_confinement",
        False,
        "Start only where the kernel keeps queries from the network; without it, there is a warning.",
        "switch",
        serve=True,
    ),
    Setting("recipes", None, "Folder of your own recipes.", "path", serve=True, plain=False),
    Setting(
        "dumps",
        None,
        "Folder that papertriples dump wrote, to be offered under /dumps/.",
        "path",
        serve=True,
        plain=False,
    ),
    Setting(
        "licence",
        "",
        "Licence of the graph, an IRI, for its description on /void.",
        pattern=r"(?:https?://[^\x00-\x20<>\"{}|^`\\]+)?",
        expected="an IRI such as https://creativecommons.org/publicdomain/zero/1.0/",
        serve=True,
        plain=False,
    ),
    Setting(
        "reload",
        False,
        "Read recipes again when they change, for the time of writing them.",
        "switch",
        serve=True,
        plain=False,
    ),
    Setting("metrics", True, "Serve figures for Prometheus on /metrics.", "switch", serve=True),
    Setting(
        "access_log",
        "",
        "File for one line of JSON a request; - is standard error, empty: no log.",
        "path",
        serve=True,
    ),
    Setting(
        "stop_seconds",
        10.0,
        "Seconds that requests in hand have to end when the server is told to stop.",
        "number",
        0,
        serve=True,
    ),
    Setting(
        "trusted_proxy",
        "",
        "Address of the reverse proxy whose X-Forwarded headers are believed; empty: nobody's are.",
        serve=True,
    ),
    Setting(
        "url_prefix",
        "",
        "Path under which a reverse proxy shows the server, such as /graph.",
        pattern=r"(?:/[A-Za-z0-9._~-]+)*",
        expected="a path such as /graph, without a slash at its end",
        serve=True,
    ),
)

DEFAULTS: dict[str, object] = {setting.name: setting.default for setting in SETTINGS}
SERVER_SETTINGS: dict[str, Setting] = {setting.name: setting for setting in SETTINGS if setting.serve}


def is_remote(location: object) -> bool:
    """Is this the address of an endpoint, and no folder?

    >>> is_remote("https://example.org/sparql"), is_remote("kgstore"), is_remote(Path("http:/x"))
    (True, False, False)
    """
    return isinstance(location, str) and location.lower().startswith(("http://", "https://"))


class Settings:
    """The values of the server's settings; a name that is not given has its default.

    >>> Settings({"port": 80}).integer("port"), Settings().text("host")
    (80, '127.0.0.1')
    """

    def __init__(self, values: Mapping[str, Value] | None = None) -> None:
        self._values: dict[str, object] = {one.name: one.default for one in SERVER_SETTINGS.values()}
        for name, value in (values or {}).items():
            if value is not None:
                self._values[name] = SERVER_SETTINGS[name].read(value, name)

    def but(self, **values: Value | Path) -> Settings:
        """These settings with other values for some; None leaves a value as it is."""
        changed = {name: str(value) if isinstance(value, Path) else value for name, value in values.items()}
        known: dict[str, Value] = {**self._values, **{n: v for n, v in changed.items() if v is not None}}  # type: ignore[dict-item]
        return Settings(known)

    def text(self, name: str) -> str:
        return str(self._values[name])

    def integer(self, name: str) -> int:
        return int(str(self._values[name]))

    def number(self, name: str) -> float:
        return float(str(self._values[name]))

    def switch(self, name: str) -> bool:
        return self._values[name] is True

    def path(self, name: str) -> Path | None:
        """The path, None where there is none."""
        value = self._values[name]
        return Path(str(value)) if value else None


def load_settings(flags: Mapping[str, object], environment: Mapping[str, str], config: Path | None = None) -> Settings:
    """The server's settings from flags (None: not given), the environment and the file that one of both names.

    Raises UsageError that names the place of what is not right.
    """
    values: dict[str, Value] = {}
    named = config or (Path(environment[CONFIG_VARIABLE]) if environment.get(CONFIG_VARIABLE) else None)
    if named is not None:
        values.update(_from_file(named))
    for setting in SERVER_SETTINGS.values():
        given = environment.get(setting.variable)
        if given is not None:
            values[setting.name] = setting.read(given, setting.variable)
        if flags.get(setting.name) is not None:
            values[setting.name] = setting.read(flags[setting.name], setting.flag)
    return Settings(values)


def _from_file(path: Path) -> dict[str, Value]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: no TOML: {error}") from error
    for name in found:
        if name not in SERVER_SETTINGS:
            raise UsageError(f"{path}: {name}: no such setting; there are {', '.join(SERVER_SETTINGS)}")
    return {name: SERVER_SETTINGS[name].read(value, f"{path}: {name}") for name, value in found.items()}
