"""Composition of the ores of the chain: one per ore, so that no two concentrates are mixed into a third."""

from typing import NamedTuple

from .estimate import Estimate, recipe
from .facts import Text, assumptions, the_fact

HEAVY = ("SmEuGd", "Tb", "Dy", "Y", "Ho-Lu_and_other")
"""Elements of a mixed heavy concentrate, as `facts_recipes.csv` groups them."""
_COMPANY = {"NdPr": 0.10, "Dy": 0.15, "Tb": 0.15}
"""Range of a project's own shares, the one that `facts_recipes.csv` gives its assays: part of the value."""


class Ore(NamedTuple):
    """One ore type: t of each element's oxide in a tonne of TREO, and the plants that take its concentrate."""

    id: str
    name: str
    ndpr: Estimate
    dy: Estimate
    tb: Estimate
    heavy: Estimate
    """All that leaves a light plant as mixed heavy concentrate, Dy and Tb included."""
    plants: tuple[str, ...]
    why: str

    @property
    def concentrate(self) -> str:
        return f"conc_{self.id}"

    @property
    def mixed_heavy(self) -> str:
        return f"seg_{self.id}"


def ores() -> dict[str, Ore]:
    """Every ore of `assumptions/chain_ores.csv`; those with an assay first, because others lean on them."""
    rows = assumptions("chain_ores")
    by_name: dict[str, Ore] = {}
    for row in sorted(rows, key=lambda r: r["from"] != "recipes"):
        by_name[row["ore"]] = _assayed(row) if row["from"] == "recipes" else _company(row, by_name[row["alike"]])
    return {row["ore"]: by_name[row["ore"]] for row in rows}


def share(ore: str, element: str) -> Estimate:
    """An element's share of the TREO of an assayed ore."""
    return recipe(process="ore composition", input=ore, element=element)


def _assayed(row: Text) -> Ore:
    elements = {e: share(row["fact"], e) for e in ("NdPr", *HEAVY)}
    heavy = elements[HEAVY[0]]
    for element in HEAVY[1:]:
        heavy = heavy.plus(elements[element])
    return _ore(row, elements["NdPr"], elements["Dy"], elements["Tb"], heavy)


def _company(row: Text, alike: Ore) -> Ore:
    """A project's own shares; the rest of the heavy group is that of the ore it is most like."""
    fact = the_fact("projects", id=row["fact"])
    shares = {e: _of_project(fact, e, range_) for e, range_ in _COMPANY.items()}
    rest = alike.heavy.value - alike.dy.value - alike.tb.value
    others = Estimate(rest, 0.85 * rest, 1.15 * rest, (f"heavy group like {alike.name}: estimate",), "low")
    return _ore(row, shares["NdPr"], shares["Dy"], shares["Tb"], shares["Dy"].plus(shares["Tb"]).plus(others))


def _of_project(fact: Text, element: str, range_: float) -> Estimate:
    value = float(fact[f"{element.lower()}_share"])
    source = f"share of {element} of {fact['id']}, facts_projects: {fact['basis']}"
    return Estimate(value, value * (1 - range_), value * (1 + range_), (source,), fact["confidence"])


def _ore(row: Text, ndpr: Estimate, dy: Estimate, tb: Estimate, heavy: Estimate) -> Ore:
    plants = tuple(part.strip() for part in row["plants"].split(";"))
    return Ore(row["ore"], row["name"], ndpr, dy, tb, heavy, plants, row["why"])
