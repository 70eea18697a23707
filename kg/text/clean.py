"""Stored literal -> CleanText: LaTeX, HTML and odd Unicode out, with the way back to the literal's offsets.

Titles and abstracts come with ``\\textbf{..}``, ``$X^2$``, ``<i>..</i>``, ``&amp;``, ligatures and curly quotes. The
tagger and the matcher want plain words; the evidence wants offsets into what is stored. :func:`clean` gives both:
one pass over the literal writes the plain characters down, each with the span of the literal that it came from.
Unicode is normalised to NFKC (https://www.unicode.org/reports/tr15/), one base character with its marks at a time,
so that a change of length stays local.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

from kg.text.latex import ACCENTS, FONT_SWITCHES, SPACES, SYMBOLS, WITHOUT_ARGUMENT

_MAX_GROUP = 400  # characters that a pair of dollars or braces may be apart: keeps the scan linear

_HTML_NAMES = (
    r"(?:a|abbr|alternatives|annotation|b|bold|br|cite|code|div|em|formula|h[1-6]|hr|i|img|inf|italic|li|math|m[a-z]+"
    r"|ol|p|pre|q|roman|s|sc|scp|sec|section|semantics|small|span|strike|strong|sub|sup|table|tbody|td|tex-math|th"
    r"|title|tr|tt|u|ul|underline|fixed-case|inline-formula|(?:jats|mml|m|xhtml):[a-zA-Z0-9-]+)"
)
_ATTRIBUTE = r"""\s+[\w:-]+\s*=\s*(?:"[^"<>]{0,300}"|'[^'<>]{0,300}')"""
_HTML_TAG = rf"</?{_HTML_NAMES}(?:{_ATTRIBUTE}){{0,9}}\s*/?>"
_BLOCK_TAG = re.compile(r"</?(?:jats:)?(?:br|div|h[1-6]|hr|li|ol|p|sec|section|table|td|th|title|tr|ul)\b")
_MARKUP = re.compile(
    rf"(?P<tag>{_HTML_TAG})"
    r"|(?P<entity>&(?:[a-zA-Z][a-zA-Z0-9]{1,30}|\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6});)"
    r"|(?P<url>https?://[^\s{}$<>\\]+)"
    r"|(?P<command>\\(?:[a-zA-Z]{1,40}\*?|[^a-zA-Z\s]|\s))"
    r"|(?P<dollar>\$\$?)"
    r"|(?P<brace>[{}])"
    r"|(?P<tie>(?<=[\w.,)\]}])~(?=[\w\\$({\[]))"
)
_UNUSUAL = re.compile(r"[^ -~]")
_ACCENTED = re.compile(r"\{(?:\\([ij])|([^\W\d_]))\}|\\([ij])(?![a-zA-Z])|([^\W\d_])")
_NEEDS_SCAN = re.compile(r"[\\${}&<~]")

_TABLE: dict[int, str] = {
    **dict.fromkeys([*range(0x2010, 0x2014), 0x2212, 0xFE63, 0xFF0D], "-"),  # hyphens, en dash, minus
    **dict.fromkeys([*range(0x2018, 0x201C), 0x2032, 0x02BC], "'"),
    **dict.fromkeys([*range(0x201C, 0x2020), 0x2033, 0xAB, 0xBB], '"'),
    # what shows nothing: soft hyphen, zero width, direction, variation selectors, byte order mark
    **dict.fromkeys([0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF], ""),
    **dict.fromkeys([*range(0x2061, 0x2065), *range(0x2066, 0x206A), *range(0xFE00, 0xFE10)], ""),
    **dict.fromkeys(map(ord, "™®©"), ""),
    **{ord(raised): "^" + digit for raised, digit in zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True)},
}


@dataclass(frozen=True, slots=True)
class CleanText:
    """A cleaned text. ``starts[i]``, ``ends[i]``: the span of the literal that character ``i`` came from.

    ``starts`` and ``ends`` are empty where nothing changed. ``pairs`` are the (start, end) of opening and of closing
    markup that was left out, as ``(open_start, open_end, close_start, close_end)``.
    """

    text: str
    original: str
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    pairs: tuple[tuple[int, int, int, int], ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the text differs from the literal."""
        return self.text is not self.original

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the literal for a span of the cleaned text; an empty span gives an empty one.

        Widened so that no brace, dollar or tag is cut off from its partner.

        >>> cleaned = clean(r"the $\\textit{X}^2$-Net")
        >>> cleaned.text
        'the X^2-Net'
        >>> start, end = cleaned.span(4, 11)
        >>> cleaned.original[start:end]
        '$\\\\textit{X}^2$-Net'
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"span ({start}, {end}) is not within a text of {len(self.text)} characters")
        if not self.starts:
            return (start, end) if not self.changed else (0, 0)
        if start == end:
            place = self.starts[start] if start < len(self.starts) else self.ends[-1]
            return (place, place)
        first, last = self.starts[start], self.ends[end - 1]
        widened = True
        while widened:
            widened = False
            for open_start, _, close_start, close_end in self.pairs:
                opened = first <= open_start < last
                closed = first <= close_start < last
                if opened and not closed and last < close_end:
                    last, widened = close_end, True
                elif closed and not opened and open_start < first:
                    first, widened = open_start, True
        return (first, last)


def clean(text: str) -> CleanText:
    r"""A literal without LaTeX and HTML markup, in NFKC with plain quotes and hyphens. Whitespace is not collapsed,
    every kind of blank but the line feed is one space.

    >>> clean(r"e${X}$plainable \textbf{nets} gain 5\% on Poincar\'e").text
    'eXplainable nets gain 5% on Poincaré'
    >>> clean("costs $5 to $10 & a < b, not <human, action>").text
    'costs $5 to $10 & a < b, not <human, action>'
    """
    if _NEEDS_SCAN.search(text):
        cleaned = _Scan(text).run()
    elif text.isascii() and text.isprintable():
        return CleanText(text, text)
    else:
        cleaned = _Writer(text)
        cleaned.put_plain(0, len(text))
    return cleaned.finish()


def plain(text: str) -> str:
    r"""A readable one-line text: cleaned, whitespace collapsed, nothing at the ends.

    >>> plain("$\\textit{X}^2$-DFD:\n A framework")
    'X^2-DFD: A framework'
    >>> plain("\x00 \u200b")
    ''
    """
    return " ".join(clean(text).text.split())


class _Writer:
    """Collects cleaned characters with where they came from."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.out: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.pairs: list[tuple[int, int, int, int]] = []

    def put(self, characters: str, start: int, end: int) -> None:
        for character in characters:
            self.out.append(character)
            self.starts.append(start)
            self.ends.append(end)

    def put_plain(self, start: int, end: int) -> None:
        """Text without markup: runs of printable ASCII as they are, the rest character by character."""
        text, place = self.text, start
        while place < end:
            found = _UNUSUAL.search(text, place, end)
            stop = found.start() if found else end
            if found and stop > place and unicodedata.combining(text[stop]):
                stop -= 1  # the marks belong to the letter before them
            if stop > place:
                self.out.append(text[place:stop])
                self.starts.extend(range(place, stop))
                self.ends.extend(range(place + 1, stop + 1))
                place = stop
            if place < end:
                place = self._put_cluster(place, end)

    def _put_cluster(self, start: int, end: int) -> int:
        text, stop = self.text, start + 1
        # at most 30 marks on a letter, as the Stream-Safe Text Process of UAX 15 has it
        while stop < end and stop - start <= 30 and unicodedata.combining(text[stop]):
            stop += 1
        self.put(_normal(text[start:stop]), start, stop)
        return stop

    def finish(self) -> CleanText:
        text = "".join(self.out)
        if text == self.text:
            return CleanText(self.text, self.text)
        return CleanText(text, self.text, tuple(self.starts), tuple(self.ends), tuple(sorted(self.pairs)))


def _normal(cluster: str) -> str:
    first = cluster[0]
    if first == "\n":
        return "\n"
    if first.isspace() or unicodedata.category(first) == "Cc":
        return " "
    if unicodedata.category(first) == "Cs":
        return "\ufffd"
    mapped = _TABLE.get(ord(first))
    if mapped is not None:
        return mapped + unicodedata.normalize("NFKC", cluster[1:]) if mapped else ""
    normal = unicodedata.normalize("NFKC", cluster).translate(_TABLE)
    return "".join(" " if character.isspace() else character for character in normal)


class _Scan(_Writer):
    """The pass over a literal with markup."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.partners = _partners(text)
        self.closing: dict[int, tuple[int, int]] = {}  # offset of closing markup -> span of its opening
        self.tags: list[tuple[str, int, int]] = []

    def run(self) -> _Writer:
        text, place = self.text, 0
        while place < len(text):
            found = _MARKUP.search(text, place)
            if found is None:
                self.put_plain(place, len(text))
                break
            self.put_plain(place, found.start())
            place = getattr(self, f"_{found.lastgroup}")(found)
        return self

    def _tag(self, found: re.Match[str]) -> int:
        if _BLOCK_TAG.match(found.group()):
            self.put(" ", *found.span())
            return found.end()
        name = found.group().strip("</>").split()[0]
        if found.group().startswith("</"):
            if self.tags and self.tags[-1][0] == name:
                _, start, end = self.tags.pop()
                self.pairs.append((start, end, *found.span()))
        elif not found.group().endswith("/>"):
            self.tags.append((name, *found.span()))
        return found.end()

    def _entity(self, found: re.Match[str]) -> int:
        decoded = html.unescape(found.group())
        if decoded == found.group():
            self.put_plain(*found.span())
        else:
            self.put("".join(map(_normal, decoded)), *found.span())
        return found.end()

    def _url(self, found: re.Match[str]) -> int:
        self.put_plain(*found.span())
        return found.end()

    def _tie(self, found: re.Match[str]) -> int:
        self.put(" ", *found.span())
        return found.end()

    def _dollar(self, found: re.Match[str]) -> int:
        return self._delimiter(*found.span())

    def _brace(self, found: re.Match[str]) -> int:
        return self._delimiter(*found.span())

    def _delimiter(self, start: int, end: int) -> int:
        """Leaves out a dollar or brace that has a partner; a lone one is text."""
        opening = self.closing.pop(start, None)
        if opening is not None:
            self.pairs.append((*opening, start, end))
            return end
        partner = self.partners.get(start)
        if partner is None:
            self.put_plain(start, end)
        elif partner >= 0:
            self.closing[partner] = (start, end)
        return end

    def _command(self, found: re.Match[str]) -> int:
        text, start, end = self.text, found.start(), found.end()
        name = found.group()[1:]
        if name in ACCENTS:
            done = self._accent(name, start, end)
            if done is not None:
                return done
        if name in SPACES:
            self.put(SPACES[name], start, end)
            return end
        if not name[0].isalpha():
            if name not in "()[]":
                self.put_plain(start + 1, end)
            return end
        partner = self.partners.get(end, -1) if text[end : end + 1] == "{" else -1
        if name in SYMBOLS:
            self.put(SYMBOLS[name], start, end)
            return end
        if partner < 0:
            if name in FONT_SWITCHES:
                return end + 1 if text[end : end + 1] == " " else end
            self.put_plain(start + 1, end)  # an author's own macro: its name is the best word we have
            return end
        if name.rstrip("*") in WITHOUT_ARGUMENT:
            return partner + 1
        if partner == end + 1:  # \ours{}
            self.put_plain(start + 1, end)
            return partner + 1
        if name == "footnote":
            self.put(" ", start, end)
        self.closing[partner] = (start, end + 1)
        return end + 1

    def _accent(self, name: str, start: int, end: int) -> int | None:
        r"""``\'e``, ``\'{e}``, ``\c c``, ``\"{\i}``: the letter with its mark; None where there is none."""
        after = end + 1 if name.isalpha() and self.text[end : end + 1] == " " else end
        found = _ACCENTED.match(self.text, after)
        if found is None:
            return None
        letter = next(group for group in found.groups() if group)
        composed = unicodedata.normalize("NFC", letter + ACCENTS[name])
        if len(composed) > 1:
            return None
        self.put(composed, start, found.end())
        return found.end()


def _closes_formula(inside: str, after: str) -> bool:
    return (
        bool(inside) and not inside[-1].isspace() and (not after.isdigit() or any(sign in inside for sign in "\\^_{"))
    )


def _partners(text: str) -> dict[int, int]:
    """For each opening brace or dollar with a partner, where that stands.

    Dollars as in Pandoc's ``tex_math_dollars``: no blank inside next to them, no digit after the closing one, so
    that amounts of money stay.
    """
    partners: dict[int, int] = {}
    braces: list[int] = []
    dollar: int | None = None
    place = 0
    while place < len(text):
        character = text[place]
        if character == "\\":
            place += 2
            continue
        if character == "{":
            braces.append(place)
        elif character == "}" and braces:
            opened = braces.pop()
            if place - opened <= _MAX_GROUP:
                partners[opened] = place
        elif character == "$":
            width = 2 if text[place : place + 2] == "$$" else 1
            after = text[place + width : place + width + 1]
            if dollar is not None and place - dollar > _MAX_GROUP:
                dollar = None
            if dollar is not None and _closes_formula(text[dollar + 1 : place], after):
                partners[dollar] = place
                dollar = None
            elif after and not after.isspace():
                dollar = place
            place += width
            continue
        place += 1
    return partners
