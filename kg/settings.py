"""One table of settings: name, default, what it means. Command help and documentation read it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

DEFAULT_BASE_IRI = "https://w3id.org/papertriples/"
ONTOLOGY_IRI = "https://w3id.org/papertriples/ontology"
ONTOLOGY_NAMESPACE = ONTOLOGY_IRI + "#"
STORE_FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: its name, default and one line of help."""

    name: str
    default: object
    help: str


SETTINGS: tuple[Setting, ...] = (
    Setting("base_iri", DEFAULT_BASE_IRI, "IRI that every paper, concept and statement starts with."),
    Setting(
        "min_confidence",
        Decimal("0.5"),
        "Statements below this confidence are kept as pt:Statement, not asserted as triples.",
    ),
    Setting("jobs", 1, "Processes that extract side by side."),
    Setting("host", "127.0.0.1", "Address that the server listens on."),
    Setting("port", 8000, "Port that the server listens on."),
    Setting("workers", 2, "Processes that answer queries; each can be ended at its deadline."),
    Setting("timeout", 30.0, "Seconds that a query may take before it is ended."),
    Setting("max_rows", 1_000_000, "Rows that a SELECT may return over HTTP."),
)

DEFAULTS: dict[str, object] = {setting.name: setting.default for setting in SETTINGS}
