"""gzip for clients that accept it, in a stream: nothing is held back but what the compressor holds."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from flask import Flask, Response, request

from kg.serve.negotiation import accepts_coding
from kg.serve.watching import close_with

SMALLEST: Final = 1024  # bytes; less is not worth it
_LEVEL: Final = 4
_TYPES: Final = ("text/", "application/json", "application/problem+json", "application/xml", "image/svg+xml")
_ENDS: Final = ("+json", "+xml", "/n-triples", "/n-quads", "/trig", "/ld+json")
_GZIP: Final = 16 + zlib.MAX_WBITS


def register(app: Flask) -> None:
    """Compress the app's answers where the client accepts it."""

    @app.after_request
    def _compressed(response: Response) -> Response:
        if not _compressible(response.mimetype) or "Content-Encoding" in response.headers:
            return response
        response.vary.add("Accept-Encoding")
        length = response.content_length
        if (
            not accepts_coding(request.headers.get("Accept-Encoding"), "gzip")
            or response.status_code in (204, 206, 304)
            or (length is not None and length < SMALLEST)
        ):
            return response
        response.direct_passthrough = False
        if request.method != "HEAD":
            close_with(response)
            response.response = _gzip(response.iter_encoded())
        response.headers.pop("Content-Length", None)
        response.headers["Content-Encoding"] = "gzip"
        return response


def _compressible(media_type: str | None) -> bool:
    return media_type is not None and (media_type.startswith(_TYPES) or media_type.endswith(_ENDS))


def _gzip(pieces: Iterable[bytes]) -> Iterator[bytes]:
    squeeze = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    for piece in pieces:
        out = squeeze.compress(piece)
        if out:
            yield out
    yield squeeze.flush()
