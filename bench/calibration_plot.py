"""Bins of a calibration -> an SVG: how often mentions are right, by how sure the extractor is of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

SIDE, MARGIN = 300, 46
COLOURS = ("#0b6e99", "#b3541e")
LEAST = 10  # mentions in a bin that is drawn


def plot(bins_of: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """``bins_of``: for each model its bins as ``kg.evaluate`` gives them."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE + 2 * MARGIN} {SIDE + 2 * MARGIN}" '
        'font-family="sans-serif" font-size="12" role="img">',
        "<title>Share of right mentions by confidence</title>",
        f'<rect width="{SIDE + 2 * MARGIN}" height="{SIDE + 2 * MARGIN}" fill="#ffffff"/>',
        f'<path d="M{place(0, 0)}L{place(1, 1)}" stroke="#767676" stroke-dasharray="4 4"/>',
        f'<path d="M{place(0, 1)}L{place(0, 0)}L{place(1, 0)}" fill="none" stroke="#333333"/>',
    ]
    for step in range(0, 11, 2):
        share = step / 10
        x, y = place(share, 0).split()
        parts.append(f'<text x="{x}" y="{SIDE + MARGIN + 18}" text-anchor="middle">{share:.1f}</text>')
        x, y = place(0, share).split()
        parts.append(f'<text x="{MARGIN - 8}" y="{float(y) + 4:.1f}" text-anchor="end">{share:.1f}</text>')
    middle = MARGIN + SIDE / 2
    parts.append(f'<text x="{middle}" y="{SIDE + 2 * MARGIN - 8}" text-anchor="middle">confidence</text>')
    turned = f'transform="translate(14 {middle}) rotate(-90)" text-anchor="middle"'
    parts.append(f"<text {turned}>share that is right</text>")
    for number, (name, bins) in enumerate(bins_of.items()):
        colour = COLOURS[number % len(COLOURS)]
        points = [place(one["score"], one["right"]) for one in bins if one["predicted"] >= LEAST]
        parts.append(f'<path d="M{"L".join(points)}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for point in points:
            x, y = point.split()
            parts.append(f'<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"/>')
        parts.append(f'<text x="{MARGIN + 12}" y="{MARGIN + 16 * (number + 1)}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def place(score: float, share: float) -> str:
    """Where a point stands in the drawing."""
    return f"{MARGIN + SIDE * score:.1f} {MARGIN + SIDE * (1 - share):.1f}"
