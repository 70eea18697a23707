"""Reading, Tagged -> Role: what the network says of a concept's roles, and how it is weighed with the rules.

Rules see the build of a sentence and the place in the argument, the network sees the whole text; both are weighed by
a logistic regression for each role and model, fitted on development papers (``train/weigh_roles.py``).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping, Sequence

from kg.extract.doubts import doubtful
from kg.extract.reading import Reading
from kg.extract.tagger import Tagged
from kg.records import ROLE_RANGES, Role, RoleName

Weights = tuple[float, ...]  # constant, where no rule speaks, of the rules, of the network
LEAST = 0.02  # a probability that is not known is taken for this


def learnt_roles(reading: Reading, tagged: Tagged) -> dict[tuple[int, RoleName], tuple[float, int]]:
    """(concept, role) -> (probability, mention): the surest mention of each concept speaks for it."""
    best: dict[tuple[int, RoleName], tuple[float, int]] = {}
    for number, mention in enumerate(reading.mentions):
        chances = tagged.roles(reading.line_of[number], (*reading.span(number), mention.type))
        for role, chance in chances.items():
            key = (reading.concept_of[number], role)
            if mention.type in ROLE_RANGES[role] and (key not in best or chance > best[key][0]):
                best[key] = (chance, number)
    return best


def weighed(
    reading: Reading,
    ruled: Sequence[Role],
    learnt: Mapping[tuple[int, RoleName], tuple[float, int]],
    weights: Mapping[RoleName, Weights],
) -> list[Role]:
    """The roles with both opinions weighed; what neither finds likely is left out."""
    by_rule: dict[tuple[int, RoleName], Role] = {}
    for role in ruled:
        key = (reading.concept_of[role.mention], role.role)
        if key not in by_rule or role.score > by_rule[key].score:
            by_rule[key] = role
    doubted = doubtful(reading, {concept for concept, role in by_rule if role == "introduces"})
    found = []
    for key in sorted({*by_rule, *learnt}):
        rule, (chance, mention) = by_rule.get(key), learnt.get(key, (0.0, -1))
        if rule is None and key[1] == "introduces" and key[0] in doubted:
            continue
        score = weigh(weights[key[1]], rule.score if rule else 0.0, chance)
        if rule and key[1] == "introduces":  # a name that the text defines as the paper's own stands by itself
            score = max(score, rule.score)
        if score > 0.1:
            found.append(Role(rule.mention if rule else mention, key[1], round(score, 4)))
    return found


def weigh(weights: Weights, rule: float, chance: float) -> float:
    """The probability of a role from what the rules and the network say of it."""
    return 1.0 / (1.0 + math.exp(-sum(map(operator.mul, weights, opinions(rule, chance)))))


def opinions(rule: float, chance: float) -> Weights:
    """What the weights multiply; ``rule`` is 0 where no rule speaks."""
    return (1.0, float(rule == 0.0), _logit(rule) if rule else 0.0, _logit(chance))


def _logit(chance: float) -> float:
    chance = min(1.0 - LEAST, max(LEAST, chance))
    return math.log(chance / (1.0 - chance))
