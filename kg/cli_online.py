"""``--online`` of ``papertriples link``: its options, what would be asked, and what came of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import wraps
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from kg.errors import UsageError
from kg.link.online.services import SERVICES
from kg.store import open_store

if TYPE_CHECKING:  # what asks is read when somebody asks
    from kg.link.online.outcome import Ahead, Gathered, Options

_DAY = 86_400.0
_ENDPOINTS = {one.name: service for service in SERVICES.values() for one in service.endpoints}


@dataclass(frozen=True, slots=True)
class Asking:
    """What a person says on the command line of how to ask."""

    online: bool = False
    contact: str | None = None
    cache: Path | None = None
    limit: int | None = None
    rate: float | None = None
    max_age: float | None = None
    keys: Path | None = None
    addresses: Sequence[str] = ()
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of it: the catalogue files, or (``--dry-run``) what would be asked."""

    files: tuple[Path, ...] = ()
    gathered: tuple[Gathered, ...] = ()
    ahead: tuple[Ahead, ...] | None = None
    complete: bool = field(default=True)

    def rows(self) -> list[dict[str, Any]]:
        """For programs."""
        if self.ahead is not None:
            return [asdict(one) for one in self.ahead]
        return [{**asdict(one), "file": str(one.file) if one.file else None} for one in self.gathered]

    def told(self) -> list[str]:
        """For people: a table, then what went wrong."""
        if self.ahead is not None:
            return [*_would_be_asked(self.ahead)]
        header = f"{'service':<18}{'asked about':>12}{'found':>8}{'not there':>11}{'open':>7}{'requests':>10}"
        lines = [header]
        for one in self.gathered:
            lines.append(
                f"{one.service:<18}{one.things:>12,}{one.found:>8,}{one.absent:>11,}{one.open:>7,}{one.requests:>10,}"
            )
            lines += [f"  {one.service}: {note}" for note in one.notes]
            if one.dropped:
                lines.append(f"  {one.service}: {one.dropped:,} rows of answers are not as documented and left out")
        return lines


def _would_be_asked(ahead: Sequence[Ahead]) -> list[str]:
    lines = [f"{'service':<18}{'questions':>11}{'requests':>10}  the first"]
    for one in ahead:
        shown = one.example if len(one.example) <= 300 else one.example[:300] + " ..."
        lines.append(f"{one.endpoint:<18}{one.questions:>11,}{one.requests:>10,}  {shown}")
    return [*lines, "nobody was asked; answers may lead to further questions (titles, items, pages)"]


def online_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options, which the command gets as one argument ``asking``."""
    names = Asking.__dataclass_fields__

    @wraps(command)
    def with_asking(*arguments: Any, **given: Any) -> Any:
        asking = Asking(**{name: given.pop(name) for name in names})
        return command(*arguments, asking=asking, **given)

    for option in reversed(_OPTIONS):
        with_asking = option(with_asking)
    return with_asking


_OPTIONS = (
    click.option(
        "--online", is_flag=True, help=f"Ask {', '.join(one.title for one in SERVICES.values())}; see --dry-run."
    ),
    click.option("--contact", metavar="ADDRESS", help="E-mail address that services may write to; they are told it."),
    click.option(
        "--cache",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of the answers, for all stores; else papertriples/ in the folder for caches of the system.",
    ),
    click.option("--limit", type=click.IntRange(1), metavar="N", help="At most N requests to each service."),
    click.option(
        "--rate",
        type=click.FloatRange(0, min_open=True),
        metavar="N",
        help="At most N requests a second; a service is never asked faster than it wants.",
    ),
    click.option(
        "--max-age",
        type=click.FloatRange(0),
        metavar="DAYS",
        help="Ask again what was answered longer ago; else never.",
    ),
    click.option(
        "--keys",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help='TOML with keys (openalex = "..."); variables such as PAPERTRIPLES_OPENALEX_KEY come before it.',
    ),
    click.option(
        "--service",
        "addresses",
        multiple=True,
        metavar="NAME=URL",
        help=f"A mirror to ask in place of {', '.join(_ENDPOINTS)}.",
    ),
    click.option("--dry-run", is_flag=True, help="With --online: tell what would be asked, and ask nobody."),
)


def ask(asking: Asking, store: Path, targets: Sequence[str], progress: Callable[[str, int, int | None], None]) -> Asked:
    """Ask the services for these targets about what the store holds; UsageError where there is nobody to ask."""
    from kg.link.online.cache import Cache
    from kg.link.online.gathering import Gathering
    from kg.link.online.knowing import known_of

    services = [one for one in SERVICES.values() if set(one.targets) & set(targets)]
    if not services:
        there = ", ".join(target for one in SERVICES.values() for target in one.targets)
        raise UsageError(f"--online: nobody to ask for {', '.join(targets) or 'this'}; expected some of {there}")
    options = _options(asking, os.environ)
    with open_store(store) as opened:
        known = known_of(opened.graph)
    with Cache(asking.cache or _cache_folder(os.environ)) as cache:
        gathering = Gathering(services, cache, options, progress=progress)
        ahead = gathering.plan(known)
        if asking.dry_run:
            return Asked(ahead=tuple(ahead))
        gathered = tuple(gathering.run())
    files = tuple(one.file for one in gathered if one.file is not None)
    return Asked(files, gathered, complete=not any(one.open for one in gathered))


def _options(asking: Asking, environment: Mapping[str, str]) -> Options:
    from kg.link.online.keys import contact_of, keys_of
    from kg.link.online.outcome import Options

    addresses = dict(map(_address, asking.addresses))
    keys = keys_of([one.name for one in SERVICES.values() if one.key], environment, asking.keys)
    for name, address in addresses.items():
        parts = urlsplit(address)
        if parts.scheme == "http" and _ENDPOINTS[name].name in keys and not _is_here(parts.hostname or ""):
            raise UsageError(f"--service {name}: a key goes over https alone, or to this machine")
    contact = "ADDRESS" if asking.dry_run and not asking.contact else contact_of(asking.contact, environment)
    max_age = None if asking.max_age is None else asking.max_age * _DAY
    return Options(contact, keys, addresses, asking.limit, asking.rate, max_age)


def _address(text: str) -> tuple[str, str]:
    name, _, address = text.partition("=")
    parts = urlsplit(address)
    if name not in _ENDPOINTS or parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"--service: found {text!r}, expected NAME=URL with one of {', '.join(_ENDPOINTS)}")
    return name, address


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _cache_folder(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "papertriples"
