"""Text, spans -> safe HTML in which the spans are marked in place.

Texts, names and addresses come from papers, so from anybody: each piece is escaped before it is joined.
Spans may touch, overlap, nest or repeat. Elements never nest: where spans overlap, the text is cut at their ends
and each piece belongs to the shortest span that covers it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of text, in code points, and how it is shown: a link where ``href`` is given, else a mark."""

    start: int
    end: int
    css: str  # the classes of the element
    title: str = ""
    href: str | None = None


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
    for start, end in zip(borders, borders[1:], strict=False):
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
    if span.href is None:
        return Markup('<mark class="{}"{}>{}</mark>').format(span.css, title, text)
    return Markup('<a class="{}"{} href="{}">{}</a>').format(span.css, title, span.href, text)
