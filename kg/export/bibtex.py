"""EmbeddedStore -> BibTeX of its papers, or of those that a query chose."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import BinaryIO, Final

from pyoxigraph import NamedNode

from kg.export.options import ExportOptions
from kg.export.reading import GraphReader
from kg.graph import vocabulary as v
from kg.store import EmbeddedStore

_SPECIAL: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "%": r"\%",
    "&": r"\&",
    "#": r"\#",
    "$": r"\$",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def escape(text: str) -> str:
    r"""The text with what is special to LaTeX escaped, on one line.

    >>> print(escape("50% of C_1 & more"))
    50\% of C\_1 \& more
    >>> print(escape("{x}\n~"))
    \{x\} \textasciitilde{}
    """
    return "".join(_SPECIAL.get(letter, letter) for letter in " ".join(text.split()))


def keep_capitals(title: str) -> str:
    """The title, escaped, with braces around names whose capitals mean something.

    >>> keep_capitals("BERT and the SQuAD of reading")
    '{BERT} and the {SQuAD} of reading'
    """
    words = title.split()
    return " ".join(
        f"{{{escape(word)}}}" if any(letter.isupper() for letter in word[1:]) else escape(word) for word in words
    )


def citation_key(authors: list[str], year: str | None, title: str) -> str:
    """A key such as people write: the first author's last name, the year, the title's first long word.

    >>> citation_key(["Ada Müller"], "2021", "The Grid")
    'muller2021grid'
    >>> citation_key([], None, "")
    'paper'
    """
    last = authors[0].split(",")[0].split()[-1] if authors and authors[0].split(",")[0].split() else ""
    word = next((one for one in title.split() if len(_ascii(one)) > 3), "")
    return (_ascii(last) + (year or "") + _ascii(word)) or "paper"


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]", "", plain)


def write_bibtex(store: EmbeddedStore, file: BinaryIO, options: ExportOptions) -> None:
    """One entry a paper, in the order of their IRIs; equal keys get a, b, c ... as people would."""
    reader = GraphReader(store)
    used: dict[str, int] = {}
    for paper in reader.papers(options):
        authors, title = reader.authors(paper), reader.label(paper)
        key = citation_key(authors, reader.value(paper, v.PT_year), title)
        used[key] = used.get(key, 0) + 1
        if used[key] > 1:
            key += f"-{used[key]}"
        venue = next(iter(reader.labels(paper, v.PT_venue)), None)
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(reader, paper, authors, venue, options))
        file.write(f"@{_kind(venue)}{{{key},\n{lines}}}\n\n".encode())


def _kind(venue: str | None) -> str:
    if venue is None:
        return "misc"
    journal = re.search(r"journal|transactions|letters|review\b|magazine", venue, re.IGNORECASE)
    return "article" if journal else "inproceedings"


def _fields(
    reader: GraphReader, paper: NamedNode, authors: list[str], venue: str | None, options: ExportOptions
) -> Iterator[tuple[str, str]]:
    yield "title", keep_capitals(reader.label(paper))
    if authors:
        yield "author", " and ".join(escape(name) for name in authors)
    if venue is not None:
        yield "journal" if _kind(venue) == "article" else "booktitle", escape(venue)
    date = reader.value(paper, v.DCTERMS_date) or ""
    if date:
        yield "year", date[:4]
    if len(date) >= 7:
        yield "month", str(int(date[5:7]))
    doi, arxiv = reader.value(paper, v.PT_doi), reader.value(paper, v.PT_arxivId)
    if doi:
        yield "doi", doi
    if arxiv:
        yield "eprint", arxiv
        yield "archiveprefix", "arXiv"
    url = reader.value(paper, v.SCHEMA_url)
    if url:
        yield "url", url.replace("{", "%7B").replace("}", "%7D")
    tasks = reader.labels(paper, v.PT_addresses)
    if tasks:
        yield "keywords", escape(", ".join(tasks))
    abstract = reader.value(paper, v.DCTERMS_abstract)
    if abstract and options.texts:
        yield "abstract", escape(abstract)
