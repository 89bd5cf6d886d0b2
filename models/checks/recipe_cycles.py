"""Recipes that together make material from nothing.

A combination of recipes, each of which uses something, that leaves no material short and gains one without supply would feed a
chain for ever. Primary production (a mine's recipe, which uses nothing) does not count. By Stiemke's lemma there is no such
combination if and only if every material can be given a content above 0 that no recipe increases.
"""

from collections.abc import Mapping
from fractions import Fraction

Recipes = Mapping[str, Mapping[str, float]]
"""Name -> material -> tonnes made (> 0) or used (< 0) per tonne run."""


def from_nothing(recipes: Recipes) -> dict[str, Fraction]:
    """Recipe -> part of a combination that makes material from nothing; empty if there is none. Exact.

    >>> sorted(from_nothing({"press": {"alloy": -1, "magnet": 0.9, "swarf": 0.3}, "melt": {"swarf": -1, "alloy": 1}}))
    []
    >>> sorted(from_nothing({"press": {"alloy": -1, "swarf": 1.2}, "melt": {"swarf": -1, "alloy": 1}, "mine": {"ore": 1}}))
    ['melt', 'press']
    """
    left = _fed_by_each_other(recipes)
    names = sorted(left)
    materials = sorted({m for name in names for m in left[name]})
    net = [[Fraction(repr(float(left[name].get(m, 0)))) for name in names] for m in materials]
    gain = [sum((row[n] for row in net), Fraction(0)) for n in range(len(names))]
    # Largest total gain of a tonne of runs that leaves no material short.
    limits = [*([-part for part in row] for row in net), [Fraction(1)] * len(names)]
    best = _most(gain, limits, [*(Fraction(0) for _ in net), Fraction(1)])
    if sum(g * part for g, part in zip(gain, best, strict=True)) <= 0:
        return {}
    return {name: part for name, part in zip(names, best, strict=True) if part}


def _fed_by_each_other(recipes: Recipes) -> dict[str, Mapping[str, float]]:
    """Recipes that use something, and only what others of them make."""
    left = {name: row for name, row in recipes.items() if any(tonnes < 0 for tonnes in row.values())}
    while True:
        net = {m for row in left.values() for m, tonnes in row.items() if tonnes > 0}
        fed = {n: row for n, row in left.items() if all(m in net for m, tonnes in row.items() if tonnes < 0)}
        if len(fed) == len(left):
            return left
        left = fed


def _most(gain: list[Fraction], rows: list[list[Fraction]], limits: list[Fraction]) -> list[Fraction]:
    """x >= 0 that makes `gain x` largest with `rows x <= limits`, limits >= 0, by the simplex method with Bland's rule
    (1977), which cannot cycle."""
    n, zero = len(gain), Fraction(0)
    table = [
        [*row, *(Fraction(k == i) for k in range(len(rows))), limit]
        for i, (row, limit) in enumerate(zip(rows, limits, strict=True))
    ]
    price = [*gain, *(zero for _ in rows), zero]
    basis = list(range(n, n + len(rows)))
    while (enter := next((j for j, p in enumerate(price[:-1]) if p > 0), None)) is not None:
        ratios = [(row[-1] / row[enter], basis[i], i) for i, row in enumerate(table) if row[enter] > 0]
        leave = min(ratios)[2]
        basis[leave] = enter
        pivot = table[leave] = [a / table[leave][enter] for a in table[leave]]
        for i, row in enumerate(table):
            if i != leave and row[enter]:
                table[i] = [a - row[enter] * b for a, b in zip(row, pivot, strict=True)]
        price = [a - price[enter] * b for a, b in zip(price, pivot, strict=True)]
    x = dict(zip(basis, (row[-1] for row in table), strict=True))
    return [x.get(j, zero) for j in range(n)]
