"""Headers of every answer: open for reads from any page (CORS), closed for everything else."""

from __future__ import annotations

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Cache-Status, Content-Type, ETag, Link, Location, Retry-After, Row-Limit, Truncated, WWW-Authenticate"
    ),
    "Cross-Origin-Resource-Policy": "cross-origin",
}
WRITTEN = ("graph_store", "updates", "curation")  # blueprints whose POST is no read: not for pages of others
_READS = "GET, HEAD, OPTIONS"
_DAY = 24 * 60 * 60


def register(app: Flask, *, with_tokens: bool = False) -> None:
    """Add the headers to every answer of the app; ``with_tokens``: pages of others may send a token of theirs."""
    sent = "Accept, Accept-Language, Content-Type" + (", Authorization" if with_tokens else "")

    @app.after_request
    def _add(response: Response) -> Response:
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        if request.method == "OPTIONS" and response.status_code < 300:
            allowed = response.headers.get("Allow", _READS)
            response.headers["Access-Control-Allow-Methods"] = _READS if request.blueprint in WRITTEN else allowed
            response.headers["Access-Control-Allow-Headers"] = sent
            response.headers["Access-Control-Max-Age"] = str(_DAY)
        return response
