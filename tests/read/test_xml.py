"""XML that is damaged costs the damaged record; XML that attacks is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import Problem, raise_problem
from kg.read import read_inputs
from kg.read.opening import InputFile, open_input
from kg.read.place import Place
from kg.read.xml_records import xml_records

HEAD = '<feed xmlns="http://www.w3.org/2005/Atom">\n'


def entry(number: int, title: str) -> str:
    return f"<entry>\n<id>http://arxiv.org/abs/2101.{number:05}</id>\n<title>{title}</title>\n</entry>\n"


def read(path: Path, text: str | bytes) -> tuple[list[str], list[Problem]]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    problems: list[Problem] = []
    return [record.title for record in read_inputs([path], problems.append)], problems


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        ("A \x0b character", 8),
        ("An &undeclared; entity", 8),
        ("A & sign; alone", 8),
        ("A <b>tag that is not closed", 8),
        ("A < sign; alone", 8),
    ],
)
def test_a_damaged_record_costs_itself_only(tmp_path: Path, damage: str, line: int) -> None:
    text = HEAD + entry(1, "One") + entry(2, damage) + entry(3, "Three") + entry(4, "Four") + "</feed>\n"
    titles, problems = read(tmp_path / "feed.xml", text)
    assert titles[:2] == ["One", "Three"]
    assert not any("sign" in title or "tag" in title or "character" in title for title in titles)
    assert problems[0].line == line
    assert problems[0].skipped


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    text = (HEAD + entry(1, "One") + entry(2, "Two @ Bytes") + entry(3, "Three") + "</feed>").encode()
    titles, problems = read(tmp_path / "feed.xml", text.replace(b"@", b"\xff"))
    assert titles == ["One", "Three"]
    assert problems[0].line == 8


def test_a_document_that_is_cut_off_gives_its_whole_records(tmp_path: Path) -> None:
    text = HEAD + entry(1, "One") + entry(2, "Two") + "<entry>\n<id>http://arxiv.org/abs/2101.00003</id>\n<title>Thr"
    titles, problems = read(tmp_path / "feed.xml", text)
    assert titles == ["One", "Two"]
    assert problems[-1].skipped


def test_two_records_on_a_line(tmp_path: Path) -> None:
    text = HEAD + (entry(1, "One") + entry(2, "Two") + entry(3, "Three")).replace("\n", "") + "</feed>"
    assert read(tmp_path / "feed.xml", text) == (["One", "Two", "Three"], [])


def test_damage_among_records_on_one_line(tmp_path: Path) -> None:
    records = [entry(n, f"Title {n}" if n != 3 else "< bad </b>").replace("\n", "") for n in range(1, 6)]
    titles, problems = read(tmp_path / "feed.xml", HEAD.strip() + "".join(records) + "</feed>")
    assert titles == ["Title 1", "Title 2", "Title 4", "Title 5"]
    assert [(problem.line, problem.skipped) for problem in problems] == [(1, True)]


def test_volumes_stay_apart_after_damage(tmp_path: Path) -> None:
    papers = ["<paper id='{}'><title>T{}</title></paper>\n".format(n, "&x;" if n in (1, 3) else n) for n in range(1, 5)]
    meta = "<meta><booktitle>Volume {}</booktitle><year>200{}</year></meta>\n"
    text = (
        "<collection id='P05'>\n<volume id='1'>\n" + meta.format(1, 1) + papers[0] + papers[1] + "</volume>\n"
        "<volume id='2'>\n" + meta.format(2, 2) + papers[2] + papers[3] + "</volume>\n</collection>\n"
    )
    (tmp_path / "volume.xml").write_text(text)
    problems: list[Problem] = []
    records = list(read_inputs([tmp_path / "volume.xml"], problems.append))
    assert [(record.record_id, record.venue, record.date) for record in records] == [
        ("P05-1002", "Volume 1", "2001"),
        ("P05-2004", "Volume 2", "2002"),
    ]
    assert [problem.line for problem in problems] == [4, 9]


def test_a_file_full_of_errors_is_given_up(tmp_path: Path) -> None:
    text = HEAD + "".join(entry(n, "&x;") for n in range(1, 700)) + "</feed>"
    titles, problems = read(tmp_path / "feed.xml", text)
    assert titles == []
    assert len(problems) == 501
    assert "the rest of the file is not read" in problems[-1].expected


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY secret SYSTEM "file:///etc/passwd">',
        '<!ENTITY secret SYSTEM "http://127.0.0.1:9/secret">',
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY secret "&b;&b;&b;&b;&b;&b;&b;&b;">',
        '<!ENTITY % outside SYSTEM "file:///etc/passwd"> %outside;',
    ],
)
def test_declared_entities_are_refused(tmp_path: Path, declaration: str) -> None:
    text = f"<!DOCTYPE feed [{declaration}]>\n" + HEAD + entry(1, "&secret;") + entry(2, "Two") + "</feed>"
    titles, problems = read(tmp_path / "feed.xml", text)
    assert titles == []
    assert len(problems) == 1
    assert problems[0].skipped


def test_a_document_type_without_entities_is_harmless(tmp_path: Path) -> None:
    text = '<!DOCTYPE feed SYSTEM "http://127.0.0.1:9/feed.dtd">\n' + HEAD + entry(1, "One &gone; x") + entry(2, "Two")
    titles, problems = read(tmp_path / "feed.xml", text + "</feed>")
    assert titles == ["Two"]
    assert [problem.skipped for problem in problems] == [True]


def test_an_attack_by_attributes_ends_early(tmp_path: Path) -> None:
    names = [f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12)]
    text = f'<!DOCTYPE feed [<!ENTITY e0 "lol">{"".join(names)}]>\n<feed xmlns="http://www.w3.org/2005/Atom" a="&e11;">'
    titles, problems = read(tmp_path / "feed.xml", text + entry(1, "One") + "</feed>")
    assert titles == []
    assert problems


def test_what_is_no_xml_at_all(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text("no XML")
    problems: list[Problem] = []
    assert list(read_inputs([path], problems.append, "arxiv-api")) == []
    assert problems[0].skipped


def test_records_that_are_done_are_let_go(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(HEAD + "".join(entry(n, f"Title {n}") for n in range(1, 3000)) + "</feed>")
    most = count = 0
    with open_input(InputFile(str(path), path)) as opened:
        for _, element in xml_records(opened, Place(str(path), raise_problem), "{http://www.w3.org/2005/Atom}entry"):
            parent = element.getparent()
            most, count = max(most, len(parent) if parent is not None else 0), count + 1
    assert count == 2999
    assert most <= 2
