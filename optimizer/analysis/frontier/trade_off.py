"""Trade-offs: the same case with other values of one rule, solved at a few budgets. Nothing is proved between the points,
except for price levels.

`esg`: floor of the average ESG score. `country`, `stage`: the largest share of capital cost in one country or stage. Any
rule of the workbook by its name: its own value, moved. `price`: the level of all price paths, as a multiple of them.
`aversion`: the weight of the CVaR against the mean, under risk = cvar.

A higher price never lowers the cash of a project. Where support is worth the same at every price (grants, loans,
guarantees), a plan of one price level stands at every higher one: between two levels the best value then lies between the
value at the lower and the bound at the higher (`price_boxes`), and further levels are solved where the two lie furthest
apart (`refined`). Stakes of equity and price floors are worth less as prices
rise: with them nothing is proved between the levels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from models.case import Case
from models.market import has_viability
from models.measures import data_measure
from models.nearest import did_you_mean, nearest
from models.schema import Rule, Where
from optimizer.analysis.frontier.certified import Frontier, TradeOff
from optimizer.errors import Refusal

COLUMNS = 5
"""Budgets of the table."""
PRICE = "price level, times the price path"
AVERSION = "aversion to risk, weight of the CVaR"
AVERSIONS = (0.0, 0.25, 0.5, 0.75, 1.0)
LEVELS = (0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5)
MORE_ROUNDS, MORE_AT_ONCE, NARROWEST = 6, 2, 0.01
"""Rounds of further price levels, levels of one round, and the width between two levels from which none is put between."""
SHARES = (1.0, 0.8, 0.6, 0.5, 0.4)
PARTS = (0.5, 0.75, 1.0, 1.25, 1.5)


@dataclass(frozen=True)
class Variant:
    """The case under one value of the rule."""

    value: float
    case: Case


@dataclass(frozen=True)
class Variants:
    """A rule, in words, and the case under each of its values."""

    rule: str
    of: tuple[Variant, ...]


def variants(case: Case, against: str) -> Variants:
    """The cases to compare. Raises Refusal where there is no such rule."""
    named = {r.rule.casefold(): r for r in case.rules}
    name = against.casefold()
    if name in named:
        rule = named[name]
        if rule.aggregate == "each":
            raise Refusal(
                "usage", f"--against {against}: a rule on each project bars it; give a rule on a sum or a share"
            )
        return Variants(rule.rule, tuple(Variant(v, _moved(case, rule, v)) for v in _around(rule)))
    if name == "price":
        return Variants(PRICE, tuple(Variant(v, _priced(case, v)) for v in LEVELS))
    if name == "esg":
        return Variants("average ESG score, at least", tuple(Variant(v, _esg(case, v)) for v in _scores(case)))
    if name in ("country", "stage"):
        words = f"largest share of capital cost in one {name}, at most"
        return Variants(words, tuple(Variant(v, _shares(case, name, v)) for v in SHARES))
    if name == "aversion":
        return Variants(AVERSION, tuple(Variant(v, _averse(case, v)) for v in AVERSIONS))
    known = ["esg", "country", "stage", "price", "aversion", *(r.rule for r in case.rules)]
    cure = did_you_mean(nearest(against, known)) or f": {', '.join(known)}"
    raise Refusal("usage", f"--against {against}: there is no such rule{cure}")


@dataclass(frozen=True)
class PriceBox:
    """Between two price levels, at one budget: the best value lies from `low` to `high`; None: not known."""

    from_level: float
    to_level: float
    budget_m: float
    low: float | None
    high: float | None


def price_boxes(case: Case, table: TradeOff) -> tuple[PriceBox, ...]:
    """Bounds between the price levels of a table; empty if the axis is not a price or nothing is proved."""
    if table.rule != PRICE or not rises_with_price(case):
        return ()
    boxes = []
    for b, budget in enumerate(table.budgets_m):
        lows = list(accumulate((row[b][0] for row in table.cells), _larger))
        highs = list(accumulate((row[b][1] for row in reversed(table.cells)), _smaller))[::-1]
        levels = pairwise(zip(table.values, lows, highs, strict=True))
        boxes += [PriceBox(a, z, budget, low, high) for (a, low, _), (z, _, high) in levels]
    return tuple(boxes)


def refined(case: Case, table: TradeOff, ask: Callable[[Sequence[Variant]], TradeOff], tolerance: float) -> TradeOff:
    """A table of price levels with further levels where the best value is least known; other tables as they are.

    `ask` solves the cases of some levels at the budgets of the table; `tolerance`: height of a box, in the objective's unit,
    that is good enough.
    """
    for _ in range(MORE_ROUNDS):
        levels = _between(price_boxes(case, table), tolerance)
        more = ask([Variant(v, _priced(case, v)) for v in levels]) if levels else None
        if more is None or all(cell == (None, None) for row in more.cells for cell in row):
            break
        rows = sorted([*zip(table.values, table.cells, strict=True), *zip(more.values, more.cells, strict=True)])
        table = TradeOff(table.rule, tuple(v for v, _ in rows), table.budgets_m, tuple(cells for _, cells in rows))
    return table


def _between(boxes: Sequence[PriceBox], tolerance: float) -> list[float]:
    """The middles of the widest spans between two levels whose tallest box is too tall."""
    wide = {
        (b.from_level, b.to_level): b.to_level - b.from_level
        for b in boxes
        if b.high is not None and b.high - (b.low or 0.0) > tolerance and b.to_level - b.from_level > NARROWEST
    }
    return sorted((a + z) / 2 for a, z in sorted(wide, key=lambda span: (-wide[span], span))[:MORE_AT_ONCE])


def rises_with_price(case: Case) -> bool:
    """Whether a plan is feasible at every higher price level: no support is worth less to a project as prices rise."""
    must_pay = any(has_viability(case, p) for p in case.projects)
    falls = any(g.strike_per_t is not None or (must_pay and g.instrument == "equity") for g in case.programmes)
    return not falls


def _larger(a: float | None, b: float | None) -> float | None:
    """The better of two values: a plan of a lower level is feasible at the higher one too."""
    return b if a is None else a if b is None else max(a, b)


def _smaller(a: float | None, b: float | None) -> float | None:
    """The better of two bounds, from the highest level down: a bound at a higher level holds at every lower one too."""
    return b if a is None else a if b is None else min(a, b)


def columns(frontier: Frontier) -> tuple[float, ...]:
    """Budgets of the table, evenly over the range."""
    wide = frontier.to_m - frontier.from_m
    return tuple(round(frontier.from_m + wide * n / (COLUMNS - 1), 2) for n in range(COLUMNS))


def _priced(case: Case, level: float) -> Case:
    """The case with every price path multiplied."""
    if not case.prices:
        raise Refusal("usage", "--against price: the workbook has no prices")
    paths = (row.model_copy(update={"years": {y: v * level for y, v in row.years.items()}}) for row in case.prices)
    return case.with_(prices=tuple(paths))


def _averse(case: Case, aversion: float) -> Case:
    """The case with another weight of the CVaR."""
    if case.settings.risk != "cvar":
        raise Refusal(
            "usage", f"--against aversion: it weighs the CVaR, and risk is {case.settings.risk}: add --set risk=cvar"
        )
    return case.with_(settings=case.settings.model_copy(update={"aversion": aversion}))


def _around(rule: Rule) -> tuple[float, ...]:
    return tuple(sorted({rule.value * part for part in PARTS})) if rule.value else (0.0,)


def _moved(case: Case, rule: Rule, value: float) -> Case:
    rules = tuple(r.model_copy(update={"value": value}) if r.rule == rule.rule else r for r in case.rules)
    return case.with_(rules=rules)


def _scores(case: Case) -> tuple[float, ...]:
    known = sorted(s for p in case.projects if (s := data_measure(case, p, "esg")) is not None)
    if not known:
        raise Refusal("usage", "--against esg: the projects have no esg_e, esg_s, esg_g")
    low, high = known[0], known[-1]
    return tuple(round(low + (high - low) * n / 5, 1) for n in range(5))


def _esg(case: Case, value: float) -> Case:
    alike = (r for r in case.rules if (r.measure, r.aggregate, r.sense) == ("esg", "average", ">=") and not r.where)
    given = next(alike, None)
    if given is not None:
        return _moved(case, given, value)
    scored = {p.id for p in case.projects if data_measure(case, p, "esg") is not None}
    lacking = [p.id for p in case.projects if p.id not in scored and p.status in ("candidate", "committed")]
    if lacking:
        raise Refusal("usage", f"--against esg: {lacking[0]} has no ESG score")
    rule = Rule(row=0, rule="average ESG (explored)", measure="esg", aggregate="average", sense=">=", value=value)
    return case.with_(rules=(*case.rules, rule))


def _shares(case: Case, kind: str, value: float) -> Case:
    names = sorted({getattr(p, kind) for p in case.projects})
    rules = tuple(
        Rule(
            row=0,
            rule=f"share of {name} (explored)",
            measure="capex",
            aggregate="share",
            where=f"{kind}={name}",
            picks=_picks(kind, name),
            sense="<=",
            value=value,
        )
        for name in names
    )
    return case.with_(rules=(*case.rules, *rules))


def _picks(kind: str, name: str) -> Where:
    from models.where import known_columns, parse

    return parse(f"{kind}={name}", known_columns({}))
