"""Style sheets and scripts: one style sheet made of one file a component, addresses that change with the content.

An address with the digest of what it holds may be kept for ever; a page of a later version names another.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, request

STATIC: Final = Path(__file__).parent / "static"
STYLE: Final = STATIC / "style"
# What the rest builds on comes first, paper last; the components between them by name.
_FIRST: Final = ("tokens", "layout", "text")
_LAST: Final = ("print",)
_FOR_EVER: Final = "public, max-age=31536000, immutable"


def blueprint() -> Blueprint:
    """The route ``/style.css`` and the template function ``asset``."""
    parts = Blueprint("assets", __name__)
    parts.app_template_global("asset")(asset)

    @parts.get("/style.css")
    def style() -> Response:
        response = Response(style_sheet(), content_type="text/css; charset=utf-8")
        response.set_etag(digest_of("style.css"))
        response.make_conditional(request)
        return response

    @parts.after_app_request
    def _kept(response: Response) -> Response:
        name = _asset_asked()
        if name is not None and response.status_code in (200, 304) and request.args.get("v") == digest_of(name):
            response.headers["Cache-Control"] = _FOR_EVER
        return response

    return parts


def _asset_asked() -> str | None:
    if request.endpoint == "static":
        return str((request.view_args or {})["filename"])
    return "style.css" if (request.endpoint or "").endswith("assets.style") else None


def asset(name: str) -> str:
    """The address of a file under ``static``, or of ``style.css``, with its digest."""
    place = "style.css" if name == "style.css" else f"static/{name}"
    return f"{request.script_root}/{place}?v={digest_of(name)}"


@functools.cache
def style_sheet() -> bytes:
    """All components, one after the other."""
    parts = sorted(STYLE.glob("*.css"), key=lambda path: (_place(path.stem), path.stem))
    return b"\n".join(path.read_bytes() for path in parts)


def _place(stem: str) -> int:
    if stem in _FIRST:
        return _FIRST.index(stem)
    return len(_FIRST) + (stem in _LAST)


@functools.cache
def digest_of(name: str) -> str:
    """The first letters of the digest of a file under ``static``, or of ``style.css``.

    >>> len(digest_of("style.css")), digest_of("icon.svg") == digest_of("style.css")
    (12, False)
    """
    content = style_sheet() if name == "style.css" else (STATIC / name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:12]
