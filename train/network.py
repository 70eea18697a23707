"""The network: an encoder, and heads that score spans, pairs of spans, and the roles that spans play.

Spans (after Yu et al. 2020 and SpERT, Eberts and Ulges 2020): every run of up to ``WIDEST`` words gets one score a
type, from the states of its first and last piece and its width. The types are independent of each other, so a set that
does not annotate a type leaves that type out of the loss and teaches nothing about it.

Pairs: the two ends of both spans, what stands between them, their types and distance. All of it is sums of
projections of the one encoding, so relations need no second pass, and can be asked for any spans afterwards.

Roles: what the paper does with the thing that a span names; the surest place of a thing speaks for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from encoder import Encoder
from torch import Tensor, nn

from kg.extract.heads import DISTANCES, RELATIONS
from kg.extract.pieces import SHAPES, WIDEST
from kg.records import CONCEPT_TYPES, ROLE_NAMES

TYPES, ROLES = CONCEPT_TYPES, ROLE_NAMES
SPAN_WIDTH = 192
PAIR_WIDTH = 160
ROLE_WIDTH = 128


@dataclass(frozen=True)
class Encoded:
    """What the network makes of a row of windows; rows are padded to the longest."""

    spans: Tensor  # (rows, words, WIDEST, types): scores before the sigmoid
    pairs: Tensor  # (rows, words, 5 * PAIR_WIDTH)
    roles: Tensor  # (rows, words, 2 * ROLE_WIDTH)


class Network(nn.Module):
    """``types`` beyond the first four belong to single sets and serve training alone."""

    def __init__(self, encoder: Encoder, types: int, dropout: float = 0.2) -> None:
        super().__init__()
        width = encoder.base.width
        self.encoder = encoder
        self.shapes = nn.Embedding(SHAPES, width)
        nn.init.zeros_(self.shapes.weight)
        self.dropout = nn.Dropout(dropout)
        self.starts = nn.Linear(width, SPAN_WIDTH)
        self.ends = nn.Linear(width, SPAN_WIDTH)
        self.widths = nn.Embedding(WIDEST, SPAN_WIDTH)
        self.span_norm = nn.LayerNorm(SPAN_WIDTH)
        self.span_types = nn.Linear(SPAN_WIDTH, types)
        nn.init.constant_(self.span_types.bias, -4.0)
        self.pair_parts = nn.Linear(width, 5 * PAIR_WIDTH)
        self.pair_types = nn.Embedding(len(TYPES) ** 2, PAIR_WIDTH)
        self.distances = nn.Embedding(DISTANCES, PAIR_WIDTH)
        self.nothing_between = nn.Parameter(torch.zeros(PAIR_WIDTH))
        self.pair_norm = nn.LayerNorm(PAIR_WIDTH)
        self.relations = nn.Linear(PAIR_WIDTH, len(RELATIONS))
        self.role_parts = nn.Linear(width, 2 * ROLE_WIDTH)
        self.role_types = nn.Embedding(len(TYPES), ROLE_WIDTH)
        self.role_norm = nn.LayerNorm(ROLE_WIDTH)
        self.roles = nn.Linear(ROLE_WIDTH, len(ROLES))
        nn.init.constant_(self.roles.bias, -1.5)
        for embedding in (self.widths, self.pair_types, self.distances, self.role_types):
            nn.init.normal_(embedding.weight, std=0.02)

    def vectors(self, pieces: Tensor, shapes: Tensor) -> Tensor:
        """What goes into the encoder: looked up outside the exported graph."""
        return self.encoder.words(pieces) + self.shapes(shapes)

    def forward(self, vectors: Tensor, first: Tensor, last: Tensor, mask: Tensor | None = None) -> Encoded:
        """``vectors``: (rows, pieces, width); ``first``, ``last``: (rows, words), the pieces of each word's ends."""
        states = self.dropout(self.encoder(vectors, mask))
        firsts, lasts = _taken(states, first), _taken(states, last)
        starts, ends = self.starts(firsts), self.ends(lasts)
        words = first.shape[1]
        reach = torch.arange(words, device=first.device)[:, None] + torch.arange(WIDEST, device=first.device)[None, :]
        ends = ends[:, reach.clamp(max=words - 1)]
        hidden = self.span_norm(starts[:, :, None] + ends + self.widths.weight[None, None])
        spans = self.span_types(self.dropout(nn.functional.gelu(hidden)))
        weight, bias = self.pair_parts.weight, self.pair_parts.bias
        cut = 3 * PAIR_WIDTH  # head's start, tail's start, what stands between: from the first piece; the ends' last
        pairs = torch.cat(
            [
                nn.functional.linear(firsts, weight[:cut], bias[:cut]),
                nn.functional.linear(lasts, weight[cut:], bias[cut:]),
            ],
            dim=-1,
        )
        weight, bias = self.role_parts.weight, self.role_parts.bias
        roles = torch.cat(
            [
                nn.functional.linear(firsts, weight[:ROLE_WIDTH], bias[:ROLE_WIDTH]),
                nn.functional.linear(lasts, weight[ROLE_WIDTH:], bias[ROLE_WIDTH:]),
            ],
            dim=-1,
        )
        return Encoded(spans, pairs, roles)

    def play(self, parts: Tensor, mentions: list[tuple[int, int, int]]) -> Tensor:
        """Scores of the roles of mentions (first word, end, type); ``parts``: (words, 2 * ROLE_WIDTH) of one window."""
        first, end, types = torch.tensor(mentions, device=parts.device).T
        hidden = parts[first, :ROLE_WIDTH] + parts[end - 1, ROLE_WIDTH:] + self.role_types(types)
        scores: Tensor = self.roles(self.dropout(nn.functional.gelu(self.role_norm(hidden))))
        return scores

    def relate(self, pairs: Tensor, candidates: list[tuple[int, int, int, int, int, int]]) -> Tensor:
        """Scores of the relations of candidates in one window; ``pairs``: (words, 5 * PAIR_WIDTH).

        A candidate is (head's first word, its end, tail's first word, its end, types, distance).
        """
        head_start, tail_start, middle, head_end, tail_end = pairs.split(PAIR_WIDTH, dim=-1)
        head, head_last, tail, tail_last, types, distances = torch.tensor(candidates, device=pairs.device).T
        between = []
        for a, b, c, d, _, _ in candidates:
            low, high = (b, c) if a < c else (d, a)
            between.append(middle[low:high].amax(0) if low < high else self.nothing_between.to(middle.dtype))
        hidden = (
            head_start[head]
            + head_end[head_last - 1]
            + tail_start[tail]
            + tail_end[tail_last - 1]
            + torch.stack(between)
            + self.pair_types(types)
            + self.distances(distances)
        )
        scores: Tensor = self.relations(self.dropout(nn.functional.gelu(self.pair_norm(hidden))))
        return scores


def _taken(states: Tensor, places: Tensor) -> Tensor:
    """The states at the places of each row."""
    return states.gather(1, places[:, :, None].expand(-1, -1, states.shape[-1]))
