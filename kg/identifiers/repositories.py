"""Web addresses of code, models, data sets and projects, each in one normal form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult

from kg.identifiers.addresses import split_address, without_trailing_punctuation


@dataclass(frozen=True, slots=True)
class Repository:
    """Where code, a model, a dataset or a project lives. ``kind`` is as in :class:`kg.records.RepositoryMention`."""

    url: str
    host: str
    kind: str
    owner: str | None = None
    name: str | None = None


_MOST_CUTS = 10
_HOST = re.compile(r"(?:[\w-]+\.)+[\w-]{2,}")
_GIT_HOSTS = ("github.com", "bitbucket.org", "codeberg.org", "gitee.com", "git.sr.ht", "gist.github.com")
# fmt: off
_ARCHIVE_HOSTS = [
    "zenodo.org", "figshare.com", "osf.io", "archive.softwareheritage.org", "datadryad.org", "data.mendeley.com",
    "dataverse.harvard.edu", "codeocean.com",
]
# fmt: on
# fmt: off
_PAGE_HOSTS = [
    "github.io", "gitlab.io", "bitbucket.io", "netlify.app", "netlify.com", "vercel.app", "pages.dev", "web.app",
    "herokuapp.com", "readthedocs.io",
]
# fmt: on
# First parts of paths at GitHub and Hugging Face that are the sites' own, no owner's.
# fmt: off
_NO_OWNERS = frozenset((
    "topics", "orgs", "features", "about", "sponsors", "marketplace", "settings", "collections", "search", "login",
    "join", "explore", "trending", "contact", "pricing", "docs", "blog", "papers", "models", "posts", "learn", "tasks",
    "site", "apps", "notifications", "enterprise",

))
# fmt: on
# fmt: off
_GITLAB_STOP = frozenset((
    "-", "tree", "blob", "raw", "commit", "commits", "issues", "wikis", "merge_requests", "releases", "tags",
    "branches",

))
# fmt: on


def normalise_repository(url: str) -> Repository | None:
    """The repository or project page that a URL means, or None where the text is no web address.

    Code hosts: https, no ``www``, no ``.git``, no path below the repository; the host in lower case, owner and name
    as written. Trailing dots, slashes and the braces of LaTeX are cut.

    >>> normalise_repository("http://www.github.com/Owner/Some_Name.git/tree/main/src.").url
    'https://github.com/Owner/Some_Name'
    >>> normalise_repository("https://github.com/a/b{https://github.com/a/b}.").url
    'https://github.com/a/b'
    >>> normalise_repository("https://huggingface.co/datasets/owner/name/viewer").kind
    'dataset'
    >>> normalise_repository("our web site") is None
    True
    """
    repository = _repository(url)
    for _ in range(_MOST_CUTS):
        again = _repository(repository.url) if repository else None
        if again == repository:
            break
        repository = again  # what was cut laid bare another thing to cut, as in "/name/:#"
    return repository


def _repository(url: str) -> Repository | None:
    address = _web_address(url)
    parts = split_address(address) if address else None
    host = (parts.hostname or "").lower().removeprefix("www.").rstrip(".") if parts else ""
    if parts is None or not _HOST.fullmatch(host):
        return None
    segments = [one for one in parts.path.split("/") if one]
    if host == "raw.githubusercontent.com":
        host = "github.com"
    if host in _GIT_HOSTS:
        return _on_git_host(host, segments)
    if host == "gitlab.com" or host.startswith(("gitlab.", "git.")):
        return _on_gitlab(host, segments)
    if host in ("huggingface.co", "hf.co"):
        return _on_hugging_face(segments)
    if host == "sourceforge.net" and len(segments) > 1 and segments[0] in ("projects", "p"):
        return Repository(f"https://{host}/projects/{segments[1]}", host, "code", None, segments[1])
    if host == "kaggle.com" and len(segments) > 2 and segments[0] == "datasets":
        return Repository(f"https://{host}/{'/'.join(segments[:3])}", host, "dataset", segments[1], segments[2])
    zenodo = re.search(r"zenodo\.org/(?:api/)?(?:records?|deposit)/([0-9]+)|10\.5281/zenodo\.([0-9]+)", address or "")
    if zenodo:
        number = zenodo[1] or zenodo[2]
        return Repository(f"https://zenodo.org/records/{number}", "zenodo.org", "archive", None, number)
    return _elsewhere(parts, host, segments)


def _on_git_host(host: str, segments: list[str]) -> Repository:
    names = [_git_name(one) for one in segments[:2]]
    if len(names) == 2 and all(names) and names[0].lower() not in _NO_OWNERS:
        return Repository(f"https://{host}/{names[0]}/{names[1]}", host, "code", names[0], names[1])
    path = "".join("/" + one for one in segments)
    return Repository(f"https://{host}{path}", host, "other", names[0] if len(names) == 1 else None)


def _on_gitlab(host: str, segments: list[str]) -> Repository:
    stop = next((i for i, one in enumerate(segments) if i >= 2 and one in _GITLAB_STOP), len(segments))
    names = [_git_name(one) for one in segments[:stop]]
    if len(names) >= 2 and all(names):
        return Repository(f"https://{host}/{'/'.join(names)}", host, "code", "/".join(names[:-1]), names[-1])
    path = "".join("/" + one for one in segments)
    return Repository(f"https://{host}{path}", host, "other")


def _on_hugging_face(segments: list[str]) -> Repository:
    host = "huggingface.co"
    kind = {"datasets": "dataset", "spaces": "page"}.get(segments[0].lower() if segments else "", "model")
    names = segments if kind == "model" else segments[1:]
    start = [] if kind == "model" else [segments[0].lower()]
    below = {"tree", "blob", "resolve", "viewer", "discussions", "raw"}
    if len(names) >= 2 and names[1] not in below and names[0].lower() not in _NO_OWNERS:
        return Repository(f"https://{host}/{'/'.join([*start, *names[:2]])}", host, kind, names[0], names[1])
    if names and kind == "dataset":  # the first datasets had no owner
        return Repository(f"https://{host}/datasets/{names[0]}", host, kind, None, names[0])
    return Repository(f"https://{host}" + "".join("/" + one for one in segments), host, "other")


def _elsewhere(parts: SplitResult, host: str, segments: list[str]) -> Repository:
    page = host.endswith(tuple("." + one for one in _PAGE_HOSTS)) or host == "sites.google.com"
    archive = any(host == one or host.endswith("." + one) for one in _ARCHIVE_HOSTS)
    if segments and re.fullmatch(r"index\.html?", segments[-1]):
        segments = segments[:-1]
    scheme = "https" if page or archive else parts.scheme
    port = f":{parts.port}" if parts.port else ""
    query = f"?{parts.query}" if parts.query and not page else ""
    url = f"{scheme}://{host}{port}" + "".join("/" + one for one in segments) + query
    if not page:
        return Repository(url, host, "archive" if archive else "other")
    owner = None if host == "sites.google.com" else host.split(".")[0]
    return Repository(url, host, "page", owner, segments[0] if segments else host)


def _git_name(segment: str) -> str:
    """A path part as owner or repository name: what GitHub allows in it, without ``.git``."""
    match = re.match(r"[\w.-]+", segment)
    name = match[0].rstrip(".") if match else ""
    while name.lower().endswith(".git"):
        name = name[:-4].rstrip(".")
    return name


_WITHOUT_SCHEME = re.compile(
    r"(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|huggingface\.co|hf\.co|zenodo\.org|codeberg\.org"
    r"|[a-z0-9-]+\.github\.io|[a-z0-9-]+\.gitlab\.io|sites\.google\.com)(?:/|$)",
    re.IGNORECASE,
)


def _web_address(text: str) -> str | None:
    r"""The web address at the start of a text, without what LaTeX, brackets or a sentence's end left on it."""
    address = re.sub(r"^\\(?:url|href)\s*\{", "", text.strip().lstrip("<([{\"'"))
    address = re.sub(r"\\([_%#&~$])", r"\1", address)
    ssh = re.match(r"(?:ssh://)?git@([^/:\s]+)[:/](?=\S)", address)
    if ssh:
        address = f"https://{ssh[1]}/{address[ssh.end() :]}"
    address = re.sub(r"^git(?:\+https?)?://", "https://", address, flags=re.IGNORECASE)
    if _WITHOUT_SCHEME.match(address):
        address = "https://" + address
    match = re.match(r"https?://[^\s{}<>\"\\^`|]+", address, re.IGNORECASE)
    if match is None:
        return None
    # "https://a.b/chttps://a.b/c": two addresses that lost what stood between them
    twice = re.search(r"(?<=.)https?://", match[0][8:], re.IGNORECASE)
    address = match[0][: 8 + twice.start()] if twice else match[0]
    return without_trailing_punctuation(address)
