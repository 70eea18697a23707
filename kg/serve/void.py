"""``/void`` and ``/.well-known/void``: what the graph holds and where it can be had; ``/dumps/``: files of all of it.

Counting a large version takes seconds: it is done once a version, beside the requests, and whoever asks meanwhile waits
for it, up to the deadline of a query.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
from flask import Blueprint, Response, abort, render_template, request, send_from_directory
from pyoxigraph import Quad, RdfFormat

from kg.export import FORMATS as EXPORTS
from kg.export.dumps import FORMS
from kg.export.void import PREFIXES, Access, Contents, File, contents_of, description
from kg.graph.vocabulary import compress
from kg.query.formats import Format, formats_for
from kg.serve.answers import HTML, choose_format
from kg.serve.context import Context
from kg.serve.pages_links import Links
from kg.serve.problems import ProblemDetails, answer

_SUMS = "SHA256SUMS"
_MEDIA_TYPES = {EXPORTS[form].suffixes[0]: media_type for form, media_type in FORMS.items()}
_DATASETS = (RdfFormat.N_QUADS, RdfFormat.TRIG)


class Described:
    """The contents of the version that is served, counted once by a thread of its own."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._changed = threading.Condition()
        self._known: Contents | None = None
        self._counting = False

    def get(self, version: int, seconds: float) -> Contents | None:
        """What the version holds (or a newer one, should there be one by then); None where counting takes longer."""
        with self._changed:
            if not self._fits(version) and not self._counting:
                self._counting = True
                threading.Thread(target=self._count, name="counting for /void", daemon=True).start()
            self._changed.wait_for(lambda: self._fits(version) or not self._counting, seconds)
            return self._known if self._fits(version) else None

    def _fits(self, version: int) -> bool:
        return self._known is not None and self._known.version >= version

    def _count(self) -> None:
        known: Contents | None = None
        try:
            with self._context.snapshot() as store:
                known = contents_of(store)
        finally:
            with self._changed:
                self._known, self._counting = known or self._known, False
                self._changed.notify_all()


def blueprint(context: Context) -> Blueprint:
    """The routes of the description, and of the files that it names."""
    pages = Blueprint("void", __name__)
    described = Described(context)
    folder = context.settings.path("dumps")

    @pages.get("/void")
    @pages.get("/.well-known/void")
    def void() -> Response:
        chosen = choose_format("CONSTRUCT", html=True)
        if isinstance(chosen, Response):
            return chosen
        with context.snapshot() as store:
            version, links = store.version, Links(store.base_iri, request.script_root)
        contents = described.get(version, context.settings.number("timeout"))
        if contents is None:
            return answer(ProblemDetails(503, "counting", "the graph is still being counted; ask again in a while"))
        form, media_type = chosen
        access = _access(context, folder)
        if form is None:
            page = render_template(
                "void.html",
                contents=contents,
                access=access,
                first=[links.thing(iri, compress(iri)) for _, iri in contents.first],
                compress=compress,
                formats=formats_for("graph"),
            )
            response = Response(page, mimetype=HTML)
        else:
            kept = f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
            response = Response(_written(contents, access, form), content_type=kept)
        response.vary.add("Accept")
        response.headers["Content-Location"] = f"{request.script_root}/void"
        return response

    @pages.get("/dumps/<name>")
    def dump(name: str) -> Response:
        if folder is None or name not in _sums(folder):
            abort(404, description=f"There is no file {name}.")
        return send_from_directory(folder.resolve(), name, as_attachment=True)

    return pages


def _access(context: Context, folder: Path | None) -> Access:
    root = request.url_root  # with a slash at its end
    files = list(_files(folder, root)) if folder is not None else []
    return Access(f"{root}sparql", root, files, context.settings.text("licence") or None)


def _files(folder: Path, root: str) -> Iterator[File]:
    sums = _sums(folder)
    for name in sorted(sums):
        media_type = _MEDIA_TYPES.get("." + name.removesuffix(".gz").rpartition(".")[2])
        if media_type is not None and name.endswith(".gz"):
            yield File(f"{root}dumps/{name}", name, media_type, (folder / name).stat().st_size, sums[name])


def _sums(folder: Path) -> dict[str, str]:
    """The files of a dump with their digests; none where there is no dump (yet)."""
    try:
        lines = (folder / _SUMS).read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines) if (folder / name).is_file()}


def _written(contents: Contents, access: Access, form: Format) -> bytes:
    assert form.graph is not None
    triples = description(contents, access)
    if form.graph in _DATASETS:
        return pyoxigraph.serialize((Quad(*one) for one in triples), format=form.graph, prefixes=PREFIXES) or b""
    return pyoxigraph.serialize(triples, format=form.graph, prefixes=PREFIXES) or b""
