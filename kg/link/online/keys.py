"""Keys for services and an address to write to: from the environment or a file, checked, never shown."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from kg.errors import UsageError
from kg.settings import ENVIRONMENT_PREFIX

CONTACT_VARIABLE: Final = ENVIRONMENT_PREFIX + "CONTACT"
_MAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def key_variable(service: str) -> str:
    """The name of the variable that holds the key of a service.

    >>> key_variable("openalex")
    'PAPERTRIPLES_OPENALEX_KEY'
    """
    return f"{ENVIRONMENT_PREFIX}{service.upper()}_KEY"


def contact_of(given: str | None, environment: Mapping[str, str]) -> str:
    """The address that services may write to; UsageError where there is none, or it is none.

    >>> contact_of("ada@example.org", {})
    'ada@example.org'
    """
    found = given or environment.get(CONTACT_VARIABLE)
    if not found:
        raise UsageError(
            f"--online needs --contact ADDRESS (or {CONTACT_VARIABLE}): services want to know whom to write to"
        )
    if not _MAIL.fullmatch(found):
        raise UsageError(f"--contact: found {found!r}, expected an e-mail address such as ada@example.org")
    return found


def keys_of(services: Iterable[str], environment: Mapping[str, str], file: Path | None = None) -> dict[str, str]:
    """The keys of services: a variable's before the file's (TOML, ``openalex = "..."``); no message shows one."""
    names = list(services)
    found = _from_file(file, names) if file is not None else {}
    for name in names:
        if environment.get(key_variable(name)):
            found[name] = _checked(environment[key_variable(name)], key_variable(name))
    return found


def _from_file(path: Path, names: list[str]) -> dict[str, str]:
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise UsageError(f'{path}: no TOML; expected lines such as openalex = "..."') from None
    for name in said:
        if name not in names:
            raise UsageError(f"{path}: {name}: no service with a key; there are {', '.join(names)}")
    return {name: _checked(value, f"{path}: {name}") for name, value in said.items()}


def _checked(value: object, where: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[\x21-\x7e]+", value.strip()):
        raise UsageError(f"{where}: expected a key: letters, digits and signs without blanks")
    return value.strip()
