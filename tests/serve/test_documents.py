"""What is written about serving is what the code says, and what is packaged can be read."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg.settings import SERVER_SETTINGS, load_settings

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_tables_are_not_stale() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "generate_serving.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_attack_is_in_the_table_and_every_setting_in_the_other_one() -> None:
    tests = (ROOT / "tests" / "serve" / "test_security.py").read_text(encoding="utf-8")
    table = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    for name in re.findall(r"^def (test_\w+)", tests, re.MULTILINE):
        assert name in table or name == "test_the_trap_notices"
    page = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    for setting in SERVER_SETTINGS.values():
        assert f"`{setting.flag}`" in page


def test_the_files_of_the_service_hold_settings_that_there_are() -> None:
    load_settings({}, {}, ROOT / "packaging" / "server.toml")
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.read(ROOT / "packaging" / "papertriples.service", encoding="utf-8")
    assert unit["Service"]["ExecStart"].endswith("papertriples serve --config /etc/papertriples/server.toml")
    image = (ROOT / "packaging" / "Containerfile").read_text(encoding="utf-8")
    named = dict(re.findall(r"(PAPERTRIPLES_[A-Z_]+)=(\S+)", image))
    assert named.keys() <= {one.variable for one in SERVER_SETTINGS.values()}
    assert load_settings({}, named).text("host") == "0.0.0.0"


def test_the_image_is_made_of_all_that_is_installed_and_nothing_else() -> None:
    image = (ROOT / "packaging" / "Containerfile").read_text(encoding="utf-8")
    copied = {path for line in re.findall(r"^COPY (?!--)(.+)", image, re.MULTILINE) for path in line.split()[:-1]}
    assert all((ROOT / path).exists() for path in copied)
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    packages = setup["options"]["package_dir"].split("\n")
    wanted = {line.partition("=")[2].strip() for line in packages if line} | {"kg", "setup.cfg", "pyproject.toml"}
    wanted |= {
        setup["metadata"]["long_description"].removeprefix("file: "),
        *setup["metadata"]["license_files"].split(),
    }
    assert {path for path in wanted if path not in copied and path.split("/")[0] not in copied} == set()
    assert copied - wanted == {"constraints.txt"}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze, which is part of systemd")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    text = (ROOT / "packaging" / "papertriples.service").read_text(encoding="utf-8")
    unit = tmp_path / "papertriples.service"
    unit.write_text(text.replace("/opt/papertriples/bin/papertriples", shutil.which("true") or "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
