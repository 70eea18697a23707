"""One table of settings, three places that they come from: a flag before the environment before the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import UsageError
from kg.settings import SERVER_SETTINGS, Settings, load_settings


def test_flags_before_the_environment_before_the_file_before_defaults(tmp_path: Path) -> None:
    file = tmp_path / "server.toml"
    file.write_text('port = 1\nworkers = 3\ntimeout = 2.5\nreload = true\nhost = "0.0.0.0"\n', encoding="utf-8")
    environment = {"PAPERTRIPLES_PORT": "2", "PAPERTRIPLES_WORKERS": "4", "PAPERTRIPLES_METRICS": "off", "OTHER": "x"}
    found = load_settings({"port": 5, "workers": None, "queue": None}, environment, file)
    assert (found.integer("port"), found.integer("workers"), found.number("timeout")) == (5, 4, 2.5)
    assert (found.switch("reload"), found.switch("metrics"), found.text("host")) == (True, False, "0.0.0.0")
    assert found.integer("queue") == SERVER_SETTINGS["queue"].default
    named = load_settings({}, {"PAPERTRIPLES_CONFIG": str(file)})
    assert named.integer("port") == 1
    file.write_text("port = 7\n", encoding="utf-8-sig")  # as some editors save it
    assert load_settings({}, {}, file).integer("port") == 7


@pytest.mark.parametrize(
    ("flags", "environment", "text", "says"),
    [
        ({"port": "many"}, {}, "", "--port: found 'many', expected a whole number, at least 0"),
        ({"port": 65536}, {}, "", "at most 65535"),
        ({}, {"PAPERTRIPLES_TIMEOUT": "nan"}, "", "PAPERTRIPLES_TIMEOUT: found 'nan', expected a number"),
        ({}, {"PAPERTRIPLES_RELOAD": "perhaps"}, "", "expected true or false"),
        ({}, {"PAPERTRIPLES_RATE_LIMIT": "often"}, "", "expected a rate such as 300/minute"),
        ({}, {"PAPERTRIPLES_URL_PREFIX": "graph/"}, "", "expected a path such as /graph"),
        ({}, {}, "prot = 80", "server.toml: prot: no such setting; there are store, host"),
        ({}, {}, "workers = true", "server.toml: workers: found True, expected a whole number"),
        ({}, {}, "workers = ", "server.toml: no TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, flags: dict[str, object], environment: dict[str, str], text: str, says: str
) -> None:
    file = tmp_path / "server.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        load_settings(flags, environment, file)
    assert says in str(raised.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_settings({}, {}, tmp_path / "nothing.toml")


def test_some_values_changed() -> None:
    found = Settings({"port": 1}).but(timeout=2, recipes=Path("mine"), workers=None)
    assert (found.integer("port"), found.number("timeout"), found.path("recipes")) == (1, 2.0, Path("mine"))
    assert found.path("store") is None
