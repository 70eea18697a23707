"""The seed catalogue: well-known names with their keys, labels and aliases (``seeds/catalogue``).

One file a type, tab-separated, with a header: ``key label aliases broader id``, for datasets also ``tasks``, for
metrics ``higher_is_better fraction unit``; aliases, broader keys and tasks are parted by ``|``. Only
:func:`load_catalogue` does IO.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from kg.errors import PapertriplesError
from kg.records import ConceptType
from kg.resolve.normal_forms import matching_form, normal_form
from kg.resources import resource_folder

FILES: dict[ConceptType, str] = {
    "Task": "tasks.tsv",
    "Method": "methods.tsv",
    "Dataset": "datasets.tsv",
    "Metric": "metrics.tsv",
}
COLUMNS = ("key", "label", "aliases", "broader", "id")
DATASET_COLUMNS = (*COLUMNS, "tasks")
METRIC_COLUMNS = (*COLUMNS, "higher_is_better", "fraction", "unit")

_COLUMNS_OF: dict[ConceptType, tuple[str, ...]] = {"Dataset": DATASET_COLUMNS, "Metric": METRIC_COLUMNS}
_KEY = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*")
_FLAGS = {"yes": True, "no": False, "": None}


class CatalogueError(PapertriplesError):
    """A row of the catalogue is not right; the message names file and line."""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A well-known name. ``id`` stays when key or label change."""

    key: str
    type: ConceptType
    label: str
    id: str
    aliases: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    higher_is_better: bool | None = None
    fraction: bool | None = None
    unit: str | None = None
    tasks: tuple[str, ...] = ()  # of a dataset: keys of the tasks that methods are measured for on it

    def names(self) -> tuple[str, ...]:
        """Everything that it is called: label, key, aliases."""
        return (self.label, self.key, *self.aliases)


@dataclass(frozen=True)
class Catalogue:
    """All entries, sorted by type and key; ``digest`` is over the text that they were read from."""

    entries: tuple[CatalogueEntry, ...] = ()
    digest: str = ""
    _by_key: dict[tuple[ConceptType, str], CatalogueEntry] = field(default_factory=dict, repr=False, compare=False)
    _by_form: dict[tuple[ConceptType, str], CatalogueEntry] = field(default_factory=dict, repr=False, compare=False)

    def entry(self, type: ConceptType, key: str) -> CatalogueEntry | None:
        """The entry with this key."""
        return self._by_key.get((type, key))

    def find(self, type: ConceptType, form: str) -> CatalogueEntry | None:
        """The entry that has this matching form (see normal_forms.py) among its names."""
        return self._by_form.get((type, form))

    def without(self, gone: Collection[tuple[ConceptType, str]]) -> Catalogue:
        """The catalogue without some entries, by type and key; none is above another any more, or its task."""
        kept = tuple(
            replace(
                entry,
                broader=tuple(key for key in entry.broader if (entry.type, key) not in gone),
                tasks=tuple(key for key in entry.tasks if ("Task", key) not in gone),
            )
            for entry in self.entries
            if (entry.type, entry.key) not in gone
        )
        by_key = {(entry.type, entry.key): entry for entry in kept}
        by_form = {
            form: by_key[entry.type, entry.key]
            for form, entry in self._by_form.items()
            if (entry.type, entry.key) in by_key
        }
        return Catalogue(kept, self.digest, by_key, by_form)


def load_catalogue() -> Catalogue:
    """The catalogue that ships with papertriples. Raises CatalogueError, FileNotFoundError."""
    folder = resource_folder("seeds") / "catalogue"
    return _shipped(tuple((type, (folder / name).read_text(encoding="utf-8")) for type, name in FILES.items()))


@lru_cache(maxsize=1)  # a build reads it, its links do, and so does each correction
def _shipped(texts: tuple[tuple[ConceptType, str], ...]) -> Catalogue:
    return parse_catalogue(dict(texts))


def parse_catalogue(texts: Mapping[ConceptType, str]) -> Catalogue:
    r"""The catalogue in the texts of its files. Raises CatalogueError where a row is wrong or two rows clash.

    >>> header = "key\tlabel\taliases\tbroader\tid\n"
    >>> tasks = parse_catalogue({"Task": header + "image captioning\tImage Captioning\tcaptioning of images\t\tt1\n"})
    >>> tasks.find("Task", "captioningofimage").label
    'Image Captioning'
    >>> parse_catalogue({"Task": header + "Image\tImage\t\t\tt1\n"})
    Traceback (most recent call last):
    kg.resolve.catalogue.CatalogueError: tasks.tsv:2: key: found 'Image', expected lower-case letters, digits and spaces
    """
    entries: list[CatalogueEntry] = []
    by_key: dict[tuple[ConceptType, str], CatalogueEntry] = {}
    by_form: dict[tuple[ConceptType, str], CatalogueEntry] = {}
    ids: set[str] = set()
    for type in sorted(texts):
        for where, entry in _rows(type, texts[type]):
            if (type, entry.key) in by_key or entry.id in ids:
                raise CatalogueError(f"{where}: key or id: found {entry.key!r}, {entry.id!r} again, expected new ones")
            by_key[type, entry.key] = entry
            ids.add(entry.id)
            for name in entry.names():
                form = matching_form(normal_form(name, type))
                held = by_form.setdefault((type, form), entry)
                if not form or held is not entry:
                    raise CatalogueError(
                        f"{where}: aliases: found {name!r}, which is a name of {held.key!r}, too; expected names of one"
                    )
            entries.append(entry)
    _check_broader(entries, by_key)
    for entry in entries:
        for task in entry.tasks:
            if ("Task", task) not in by_key:
                raise CatalogueError(f"{FILES['Dataset']}: {entry.key!r}: tasks: {task!r} is no key of {FILES['Task']}")
    digest = hashlib.sha256("\0".join(texts[type] for type in sorted(texts)).encode()).hexdigest()
    entries.sort(key=lambda entry: (entry.type, entry.key))
    return Catalogue(tuple(entries), digest, by_key, by_form)


def _rows(type: ConceptType, text: str) -> Iterable[tuple[str, CatalogueEntry]]:
    columns = _COLUMNS_OF.get(type, COLUMNS)
    lines = text.split("\n")
    if tuple(lines[0].split("\t")) != columns:
        raise CatalogueError(f"{FILES[type]}:1: header: found {lines[0]!r}, expected {' '.join(columns)!r} with tabs")
    for number, line in enumerate(lines[1:], 2):
        if not line:
            continue
        where, cells = f"{FILES[type]}:{number}", line.split("\t")
        if len(cells) != len(columns):
            raise CatalogueError(f"{where}: found {len(cells)} cells, expected {len(columns)}")
        cell = dict(zip(columns, (cell.strip() for cell in cells), strict=True))
        if not _KEY.fullmatch(cell["key"]):
            raise CatalogueError(f"{where}: key: found {cell['key']!r}, expected lower-case letters, digits and spaces")
        if not cell["label"] or not cell["id"]:
            raise CatalogueError(f"{where}: label, id: found nothing, expected both")
        flags = [cell.get(name, "") for name in ("higher_is_better", "fraction")]
        if any(flag not in _FLAGS for flag in flags):
            raise CatalogueError(f"{where}: found {flags!r}, expected 'yes', 'no' or nothing")
        yield (
            where,
            CatalogueEntry(
                key=cell["key"],
                type=type,
                label=cell["label"],
                id=cell["id"],
                aliases=_parted(cell["aliases"]),
                broader=_parted(cell["broader"]),
                higher_is_better=_FLAGS[flags[0]],
                fraction=_FLAGS[flags[1]],
                unit=cell.get("unit") or None,
                tasks=_parted(cell.get("tasks", "")),
            ),
        )


def _parted(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())


def _check_broader(entries: Iterable[CatalogueEntry], by_key: Mapping[tuple[ConceptType, str], CatalogueEntry]) -> None:
    """Broader keys exist, and nobody is broader than itself, over however many steps."""
    for entry in entries:
        reached: set[str] = set()
        ahead = list(entry.broader)
        while ahead:
            key = ahead.pop()
            above = by_key.get((entry.type, key))
            if above is None or key == entry.key:
                fault = "is no key" if above is None else "is narrower than itself"
                raise CatalogueError(f"{FILES[entry.type]}: {entry.key!r}: broader: {key!r} {fault}")
            if key not in reached:
                reached.add(key)
                ahead.extend(above.broader)
