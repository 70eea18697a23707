"""Units that papers write -> factors, so that 1.2 s and 1200 ms compare; names of splits -> one name each."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

# unit -> (what it measures, how many of the smallest unit of its row it is)
_UNITS: Final[dict[str, tuple[str, Decimal]]] = {
    name: (kind, Decimal(factor))
    for kind, row in {
        "time": {
            "ns nanosecond nanoseconds": "1",
            "us µs μs microsecond microseconds": "1E+3",
            "ms millisecond milliseconds": "1E+6",
            "s sec secs second seconds": "1E+9",
            "min mins minute minutes": "6E+10",
            "h hr hrs hour hours": "3.6E+12",
            "day days": "8.64E+13",
        },
        "length": {"mm": "1", "cm": "10", "m meter meters": "1000", "km": "1E+6"},
        "memory": {"kb": "1", "mb": "1E+3", "gb": "1E+6", "tb": "1E+9"},
        "rate": {"fps hz": "1"},
        "multiple": {"x × times": "1"},
        "level": {"db": "1"},
        "information": {"bit bits bpc bpd bpb": "1"},
        "pixels": {"px pixel pixels": "1"},
        "ångström": {"å ångström angstrom": "1"},
    }.items()
    for names, factor in row.items()
    for name in names.split()
}
# What a number without unit means: no other unit of these is in use.
_ALONE: Final = frozenset({"level", "information", "multiple", "rate"})

_SPLITS: Final[dict[str, str]] = {
    "valid": "val",
    "validation": "val",
    "train": "train",
    "training": "train",
    "testing": "test",
    "development": "dev",
    "mini val": "minival",
}
_SPLIT_AT_END: Final = re.compile(
    r"[\s(-](?P<split>mini[ -]?val|test[ -](?:dev|std|challenge|clean|other)|dev[ -](?:clean|other)|val|validation"
    r"|(?:test|dev|development)(?= set| split))"
    r"(?:20\d\d)?(?:[ -](?:set|split))?\)?$",
    re.IGNORECASE,
)


def in_usual_unit(value: Decimal, unit: str | None, usual: str | None) -> Decimal | None:
    """The value in the metric's usual unit; None where the units do not measure the same, or none is known.

    >>> in_usual_unit(Decimal("1.2"), "s", "ms"), in_usual_unit(Decimal("31.5"), None, "dB")
    (Decimal('1200'), Decimal('31.5'))
    >>> in_usual_unit(Decimal(3), None, "ms") is None, in_usual_unit(Decimal(3), "mm", "ms") is None
    (True, True)
    >>> in_usual_unit(Decimal("20.5"), None, None)  # a perplexity has no unit
    Decimal('20.5')
    """
    written = (unit or "").strip().lower()
    if usual is None:
        return None if written else value
    kind, base = _UNITS.get(usual.lower(), ("", Decimal(1)))
    if not written:
        return value if kind in _ALONE else None
    found = _UNITS.get(written)
    if found is None or found[0] != kind:
        return None
    return _plain((value * found[1] / base).quantize(Decimal("1E-9")))


def split_name(split: str) -> str:
    """A split under the name that all of its spellings share.

    >>> [split_name(one) for one in ("Validation set", "val", "test dev", "test-dev", "testA")]
    ['val', 'val', 'test-dev', 'test-dev', 'testa']
    """
    name = re.sub(r"[ -](?:set|split)$", "", " ".join(split.lower().split()))
    return _SPLITS.get(name, re.sub(r"^(test|dev)[ -](\w+)$", r"\1-\2", name))


def split_in_name(name: str) -> str | None:
    """The split that a dataset is named with.

    >>> split_in_name("COCO test-dev"), split_in_name("ADE20K validation set"), split_in_name("the Turing Test")
    ('test-dev', 'val', None)
    """
    found = _SPLIT_AT_END.search(name)
    return split_name(found["split"]) if found else None


def _plain(value: Decimal) -> Decimal:
    whole = value.to_integral_value()
    return Decimal(int(whole)) if value == whole else value.normalize()
