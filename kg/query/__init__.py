"""Store -> answers: recipes with typed parameters, the policy on queries from outside, results in every format."""

from kg.query.formats import FORMATS
from kg.query.policy import check_query, query_kind
from kg.query.recipes import Recipe, Recipes, load_recipes
from kg.query.results import run_query
from kg.query.shelf import recipes_with

__all__ = [
    "FORMATS",
    "Recipe",
    "Recipes",
    "check_query",
    "load_recipes",
    "query_kind",
    "recipes_with",
    "run_query",
]
