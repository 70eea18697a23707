"""RFC 4287 as RELAX NG: what its Appendix B says of the elements that our feeds have, and of no others."""

from __future__ import annotations

from typing import Final

from lxml import etree


def _element(name: str, *content: str) -> str:
    return f'<element name="{name}">{"".join(content) or "<empty/>"}</element>'


def _attribute(name: str, content: str) -> str:
    return f'<attribute name="{name}">{content}</attribute>'


def _several(of: str) -> str:
    return f"<zeroOrMore>{of}</zeroOrMore>"


def _maybe(of: str) -> str:
    return f"<optional>{of}</optional>"


IRI: Final = '<data type="anyURI"><param name="pattern">[A-Za-z][A-Za-z0-9+.\\-]*:\\S+</param></data>'  # absolute
DATE: Final = '<data type="dateTime"><param name="pattern">.+T.+(Z|[+\\-]\\d\\d:\\d\\d)</param></data>'
SAID: Final = '<data type="string"><param name="minLength">1</param></data>'
TEXT: Final = _maybe(_attribute("type", "<choice><value>text</value><value>html</value></choice>")) + "<text/>"
MEDIA: Final = '<data type="string"><param name="pattern">.+/.+</param></data>'
LINK: Final = _element(
    "link",
    _attribute("href", IRI),
    _maybe(_attribute("rel", "<choice><value>alternate</value><value>self</value></choice>")),
    _maybe(_attribute("type", MEDIA)),
)
AUTHOR: Final = _element("author", _element("name", SAID))
COMMON: Final = (
    _element("id", IRI) + _element("title", TEXT) + _element("updated", DATE) + _several(AUTHOR) + _several(LINK)
)
ENTRY: Final = _element("entry", "<interleave>", COMMON, _maybe(_element("summary", TEXT)), "</interleave>")
FEED: Final = _element(
    "feed",
    *("<interleave>", COMMON, _maybe(_element("subtitle", TEXT)), _maybe(_element("generator", SAID))),
    *(_several(ENTRY), "</interleave>"),
)
_GRAMMAR: Final = (
    '<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom" '
    f'datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"><start>{FEED}</start></grammar>'
)
_ATOM: Final = {"a": "http://www.w3.org/2005/Atom"}


def check_feed(document: bytes) -> None:
    """Fails, with what is wrong, unless the document keeps the grammar and the rules that RFC 4287 has in words."""
    schema = etree.RelaxNG(etree.fromstring(_GRAMMAR))
    root = etree.fromstring(document)
    assert schema.validate(root), schema.error_log
    # 4.1.1: authors of the feed, or of every entry.  4.1.2: an alternate link where there is no content.
    entries = root.xpath("a:entry", namespaces=_ATOM)
    assert root.xpath("a:author", namespaces=_ATOM) or all(one.xpath("a:author", namespaces=_ATOM) for one in entries)
    for one in entries:
        assert one.xpath("a:link[not(@rel) or @rel='alternate']", namespaces=_ATOM)
    # No two alternate links of one type and language; no two entries of one id and time.
    for one in (root, *entries):
        types = one.xpath("a:link[not(@rel) or @rel='alternate']/@type", namespaces=_ATOM)
        assert len(types) == len(set(types))
    stamps = [(one.findtext("a:id", None, _ATOM), one.findtext("a:updated", None, _ATOM)) for one in entries]
    assert len(stamps) == len(set(stamps))
