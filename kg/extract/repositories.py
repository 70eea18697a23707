"""Sentence -> RepositoryMention: addresses of code, models, data and project pages, and whose they are.

Addresses come as typed: in LaTeX braces, doubled ("https://x/y{https://x/y}"), with trailing dots, behind a tie.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.identifiers import normalise_repository
from kg.records import FieldName, RepositoryMention, Sentence

_ADDRESS = re.compile(
    r"(?:https?\s?:\s?//\s?|(?<![\w./@-])(?:www\.|(?:github|gitlab|bitbucket|huggingface|zenodo"
    r"|osf)\.(?:com|org|co|io)/))"
    r"[^\s{}<>\"'`,;|~\\^]+(?:\\[_%#&~][^\s{}<>\"'`,;|~\\^]*)*",
    re.IGNORECASE,
)
_BARE_PAGE = re.compile(r"(?<![\w./@-])[a-z0-9-]{2,40}\.github\.io(?:/[\w./-]*)?", re.IGNORECASE)
_MAX_URL = 500

_OWN = re.compile(
    r"\b(?:available|released?|releasing|open-?\s?sourced?|open-?sourcing|publicly|published|provided|accessible|public"
    r"|accessed|downloaded|shared)\b"
    r"|\bour (?:\w+[ -]){0,3}(?:codes?|models?|data(?:sets?)?|implementations?|project|demo"
    r"|repository|software|weights|toolkit"
    r"|library|benchmarks?|source|website|page|corpus|results)\b"
    r"|\bprojects?(?: web)?[ -]?(?:page|site|website)?\b|\bcodes?\b[^.]{0,60}\b(?:at|here|from|in"
    r"|on)\b|\bfound (?:at|in|on|here)\b"
    r"|\bwe (?:\w+ ){0,2}(?:release|publish|provide|share|open-?source|make|host)\b|\b(?:code"
    r"|data|demo|models?|source)\s*:",
    re.IGNORECASE,
)
_CITED = re.compile(
    r"\b(?:we|is|are|was|were) (?:\w+ )?(?:use|used|using|based on|build on|built on|built upon"
    r"|follow|adopt|borrow\w*|adapt\w*|extend)\b"
    r"|\btracked in\b|(?<!can be )(?<!may be )\b(?:taken|obtained|downloaded|derived|collected"
    r"|crawled) from\b|\brelated works?\b"
    r"|\bchallenge (?:homepage|website|page)\b|\bhomepage\b|\bthird[- ]party\b|\bofficial (?:code"
    r"|implementation|repository) of\b",
    re.IGNORECASE,
)
_SHOWN = re.compile(  # what may be seen there, not what is kept there
    r"\b(?:demos?|demonstration|videos?|screencast|leaderboard|server|website|web[- ](?:\w+ )?(?:site|app\w*|interface"
    r"|service|system|based)|online|playground|live|dictionary|blog\w*|slides?|system)\b",
    re.IGNORECASE,
)
_KEPT = re.compile(
    r"\b(?:codes?|data(?:sets?)?|corpus|corpora|repository|weights|checkpoints|implementation|source)\b", re.IGNORECASE
)
_CLAUSE = re.compile(r"[.;](?=\s)|,?\s(?:and|while|whereas)\s")
SCORES = {"said": 0.97, "last": 0.85, "cited": 0.9}


def find_repositories(sentences: Sequence[Sentence]) -> tuple[RepositoryMention, ...]:
    """The repositories and project pages that the sentences name; each address once, by its surest place.

    >>> text = "The code is available at https://github.com/ann/deep-net.git{https://github.com/ann/deep-net}."
    >>> [(r.url, r.own) for r in find_repositories([Sentence("abstract", 0, len(text), text)])]
    [('https://github.com/ann/deep-net', True)]
    >>> text = "We use the implementation of github.com/bob/base for all runs."
    >>> [(r.url, r.own) for r in find_repositories([Sentence("abstract", 0, len(text), text)])]
    [('https://github.com/bob/base', False)]
    """
    best: dict[str, RepositoryMention] = {}
    last: dict[FieldName, Sentence] = {one.field: one for one in sentences if one.field != "title"}
    for sentence in sentences:
        for found in _in_sentence(sentence, last.get(sentence.field) is sentence):
            known = best.get(found.url)
            if known is None or (found.own, found.score) > (known.own, known.score):
                best[found.url] = found
    return tuple(sorted(best.values(), key=lambda one: (one.field, one.start, one.end)))


def _in_sentence(sentence: Sentence, is_last: bool) -> Iterator[RepositoryMention]:
    text = sentence.text
    if "." not in text or ("/" not in text and "github.io" not in text):
        return
    spans = [found.span() for found in _ADDRESS.finditer(text)]
    if not spans:
        spans = [found.span() for found in _BARE_PAGE.finditer(text)]
    for start, end in spans:
        end = min(end, start + _MAX_URL)
        while end > start and text[end - 1] in ".,;:!?)]}\"'":
            if text[end - 1] == ")" and "(" in text[start:end]:
                break
            end -= 1
        url = re.sub(r"\s", "", text[start:end]).replace("\\", "")
        repository = normalise_repository(url)
        if repository is None:
            continue
        own, score = _is_own(text, start, end, is_last)
        if own and repository.kind == "other" and _is_shown(text[max(0, start - 160) : start]):
            own, score = False, SCORES["cited"]
        yield RepositoryMention(
            sentence.field, sentence.start + start, sentence.start + end, repository.url, own, score, repository.kind
        )


def _is_own(text: str, start: int, end: int, is_last: bool) -> tuple[bool, float]:
    """Whether the words around an address say that it is the paper's own."""
    before = text[max(0, start - 240) : start]
    clause = _CLAUSE.split(before)[-1]
    after = text[end : end + 80]
    if _CITED.search(clause):
        return False, SCORES["cited"]
    if _OWN.search(clause) or _OWN.search(before) or _OWN.search(after):
        return True, SCORES["said"]
    if is_last and not after.strip(" .}){]"):
        return True, SCORES["last"]
    return False, SCORES["cited"]


def _is_shown(before: str) -> bool:
    """Whether an address that is no repository's shows something, a demo or a video, rather than keeps it."""
    clause = _CLAUSE.split(before)[-1]
    return _SHOWN.search(clause) is not None and _KEPT.search(clause) is None
