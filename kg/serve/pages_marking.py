"""Text, spans -> safe HTML in which the spans are marked in place.

Texts, names and addresses come from papers, so from anybody: each piece is escaped before it is joined.
Spans may touch, overlap, nest or repeat. Elements never nest: where spans overlap, the text is cut at their ends
and each piece belongs to the shortest span that covers it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of text, in code points, and how it is shown: a link where it has an ``href``, else a mark."""

    start: int
    end: int
    css: str  # the classes of the element
    title: str = ""
    href: str = ""


def mark(text: str, spans: Iterable[Span]) -> Markup:
    """The text as HTML with its spans marked; what lies outside the text is cut off.

    >>> mark("BERT < x", [Span(0, 4, "mention method", "Method: BERT", "/method/bert")])
    Markup('<a class="mention method" title="Method: BERT" href="/method/bert">BERT</a> &lt; x')
    >>> mark("ImageNet classification", [Span(0, 23, "a"), Span(0, 8, "b")])
    Markup('<mark class="b">ImageNet</mark><mark class="a"> classification</mark>')
    >>> mark("short", [Span(-3, 99, "a"), Span(2, 2, "b")])
    Markup('<mark class="a">short</mark>')
    """
    kept = sorted({cut for span in spans if (cut := _cut(span, len(text))) is not None})
    borders = sorted({0, len(text), *(span.start for span in kept), *(span.end for span in kept)})
    pieces: list[tuple[Span | None, str]] = []
    for start, end in itertools.pairwise(borders):
        owner = _shortest(span for span in kept if span.start <= start and end <= span.end)
        if pieces and owner is not None and pieces[-1][0] == owner:
            pieces[-1] = (owner, pieces[-1][1] + text[start:end])
        else:
            pieces.append((owner, text[start:end]))
    return Markup("").join(_element(owner, piece) for owner, piece in pieces)


def _cut(span: Span, length: int) -> Span | None:
    start, end = max(span.start, 0), min(span.end, length)
    return Span(start, end, span.css, span.title, span.href) if start < end else None


def _shortest(spans: Iterable[Span]) -> Span | None:
    return min(spans, key=lambda span: (span.end - span.start, span), default=None)


def _element(span: Span | None, text: str) -> Markup:
    if span is None:
        return escape(text)
    title = Markup(' title="{}"').format(span.title) if span.title else Markup("")
    if not span.href:
        return Markup('<mark class="{}"{}>{}</mark>').format(span.css, title, text)
    return Markup('<a class="{}"{} href="{}">{}</a>').format(span.css, title, span.href, text)


def repeated(text: str, spans: Iterable[Span]) -> list[Span]:
    """The spans, and those places where the same name stands again in the same letters, unmarked so far.

    The graph keeps the sentences that say a statement, not each place where a name stands; readers expect all
    places to be marked. Names shorter than two letters, and parts of words and of
    addresses, are left alone.

    >>> [(one.start, one.end) for one in repeated("BERT, RoBERTa and BERT", [Span(0, 4, "m")])]
    [(0, 4), (18, 22)]
    """
    known = sorted(set(spans))
    taken = [(span.start, span.end) for span in known]
    found = list(known)
    named: dict[str, Span] = {}
    for span in known:
        if len(name := text[max(span.start, 0) : span.end].strip()) >= 2:
            named.setdefault(name, span)
    for name, span in sorted(named.items(), key=lambda entry: (-len(entry[0]), entry[0])):
        for match in re.finditer(rf"(?<![\w/.@-]){re.escape(name)}(?![\w/@-])", text):
            if all(match.end() <= start or end <= match.start() for start, end in taken):
                taken.append(match.span())
                found.append(Span(*match.span(), span.css, span.title, span.href))
    return sorted(found)
