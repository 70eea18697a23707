"""Recipes with values for their parameters, the names among these as the store spells them."""

from __future__ import annotations

from collections.abc import Mapping

from kg.query.recipes import Recipe
from kg.serve.context import Context


def bind(context: Context, recipe: Recipe, given: Mapping[str, str], *, ahead: bool = False) -> str:
    """The query of a recipe; raises ParameterError as :meth:`kg.query.Recipe.bind` does."""
    with context.snapshot() as store:
        return recipe.bind(given, ahead=ahead, names=store.names_alike)
