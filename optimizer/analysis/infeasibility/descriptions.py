"""Restrictions and changes in words, with their cells."""

from models.case import Case
from models.money import Exchange
from models.numbers import every_digit
from models.rule_words import asks
from models.schema import Project, Rule
from models.sets import Sets
from optimizer.analysis.infeasibility.report import MARKET, MONEY, Kind, Restriction
from optimizer.analysis.infeasibility.restrictions import holders, moved_by, rule_of, with_market

MOST_GAPS = 3
"""Number of projects that a change names as those whose gap it closes."""


def one_of(ids: tuple[str, ...]) -> str:
    return " or ".join(ids)


# -- changes --------------------------------------------------------------------------------------------------------


def order(sets: Sets, r: Restriction, old: float | None, new: float | None) -> str:
    """The change as an instruction to the planner, with the numbers as in the cell."""
    if r.kind in MONEY and old is not None and new is not None:
        moved = f"from {every_digit(old)} to {every_digit(new)}"
        return f"raise {_money_name(r)} by {every_digit(round(new - old, 10))} {unit(sets, r)}, {moved}"
    if r.kind in MONEY:
        return f"lift the limit of {_money_name(r)}"
    if r.kind in ("rule", "each"):
        rule = rule_of(sets.case, r)
        if new is None:
            return f"drop rule '{r.subject}'"
        return f"{'lower' if rule.sense == '>=' else 'raise'} '{r.subject}' from {every_digit(rule.value)} to {every_digit(new)}"
    if r.kind in MARKET:
        return _market_order(sets, r, old, new)
    return _freeing(r)


def _market_order(sets: Sets, r: Restriction, old: float | None, new: float | None) -> str:
    """The change that makes a project pay, and the gap that remains."""
    if old is None or new is None:
        return {"opex": f"lower the operating cost of {r.subject}", "price": f"raise the price of {r.subject}"}.get(
            r.kind, f"lower the hurdle rate{_of(r)}"
        )
    after = Sets(with_market(sets.case, r, new * factor(sets, r)))
    gaps = "; ".join(_gap_moves(sets, after, p) for p in moved_by(sets, r)[:MOST_GAPS])
    if r.kind == "price":
        return f"raise the price of {r.subject} by {every_digit(round(100 * (new - old), 10))} % in every year ({gaps})"
    by, moved = every_digit(round(old - new, 10)), f"from {every_digit(old)} to {every_digit(new)}"
    if r.kind == "hurdle_rate":
        return f"lower the hurdle rate{_of(r)} {moved} ({gaps})"
    return f"lower the operating cost of {r.subject} by {by} {unit(sets, r)}, {moved} ({gaps})"


def _gap_moves(sets: Sets, after: Sets, project: Project) -> str:
    """The least gap of a project over its decision years, before and after a change."""
    now, then = (least_gap(s, project) for s in (sets, after))
    money = sets.case.settings.base_currency
    return f"gap of {project.id} down by {every_digit(round(now - then, 2))} to {every_digit(round(then, 2))} M {money}"


def least_gap(sets: Sets, project: Project) -> float:
    """The least gap of a candidate over its decision years, millions; 0 where it has none."""
    return min((sets.viability.gaps[project.id, u] for u in sets.windows[project.id]), default=0.0)


def _of(r: Restriction) -> str:
    return f" of {r.subject}" if r.subject else ""


_FREEING: dict[Kind, str] = {
    "committed": "free {subject} (now committed)",
    "barred": "lift the barring of {subject}",
    "country": "add {subject} to the countries that may be financed",
    "requires": "let {subject} go ahead without {others}",
    "excludes": "let {subject} and {others} be financed side by side",
    "together": "decide {subject} and {others} apart instead of together",
    "max_programmes": "let any number of programmes support {subject}",
    "setting": "leave the setting {subject} empty, for no limit",
    "group": "let more than one project of group {subject} be financed",
}
"""Kind of a restriction without a number to move -> what to do."""


def _freeing(r: Restriction) -> str:
    return _FREEING[r.kind].format(subject=r.subject, others=one_of(r.others))


def _money_name(r: Restriction) -> str:
    return {
        "total_budget": "the total budget",
        "total": f"the total of {r.subject}",
        "total_face": f"the face-value total of {r.subject}",
        "envelope": f"{r.subject} {r.year}",
    }[r.kind]


def unit(sets: Sets, r: Restriction) -> str:
    """Unit of a money cell: millions of its own currency, or that currency per tonne. Empty for other cells."""
    if r.kind == "opex":
        return f"{sets.by_id[r.subject].currency or sets.case.settings.base_currency} per t"
    if r.kind not in MONEY:
        return ""
    programme = None if r.kind == "total_budget" else holders(sets, r, None)[0]
    return f"M {(programme.currency if programme else None) or sets.case.settings.base_currency}"


def factor(sets: Sets, r: Restriction) -> float:
    """Value in the case = value in the cell * factor: the cell's own currency and prices."""
    settings = sets.case.settings
    exchange = Exchange.of(settings.base_currency, settings.price_year, sets.case.fx)
    if r.kind == "opex":
        return exchange.factor(sets.by_id[r.subject].currency, sets.by_id[r.subject].price_year)
    if r.kind not in MONEY or r.kind == "total_budget":
        return 1.0
    programme = holders(sets, r, None)[0]
    year = r.year if r.kind == "envelope" and programme.money == "nominal" else programme.price_year
    return exchange.factor(programme.currency, year)


# -- restrictions -------------------------------------------------------------------------------------------------------


def statement(sets: Sets, r: Restriction, limit: float | None) -> str:
    """A restriction in words."""
    if r.kind in MONEY:
        return f"{_money_name(r)} is {every_digit(round((limit or 0.0) / factor(sets, r), 6))} {unit(sets, r)}"
    if r.kind in ("rule", "each"):
        return rule_in_words(rule_of(sets.case, r))
    if r.kind in MARKET:
        return _market_statement(sets, r, limit)
    return {
        "committed": f"{r.subject} is committed: it must be financed",
        "barred": f"{r.subject} is barred",
        "country": f"{r.subject} is not among the countries that may be financed",
        "requires": f"{r.subject} requires {one_of(r.others)}",
        "excludes": f"{r.subject} and {one_of(r.others)} exclude each other",
        "together": f"{r.subject} and {one_of(r.others)} are decided together",
        "max_programmes": f"at most {_own_limit(sets, r)} programmes may support {r.subject}",
        "setting": f"the setting {r.subject} is {_own_limit(sets, r)}",
        "group": f"of group {r.subject} only one may be financed",
    }[r.kind]


def _market_statement(sets: Sets, r: Restriction, limit: float | None) -> str:
    money = sets.case.settings.base_currency
    if r.kind == "opex":
        number = every_digit(round((limit or 0.0) / factor(sets, r), 6))
        missing = every_digit(round(least_gap(sets, sets.by_id[r.subject]), 2))
        return f"{r.subject} must pay: with an operating cost of {number} {unit(sets, r)} the market leaves {missing} M {money} missing"
    if r.kind == "hurdle_rate":
        return f"the hurdle rate{_of(r)} is {every_digit(limit or 0.0)}"
    years = next(p.years for p in sets.case.prices if p.material == r.subject)
    first = min(years)
    return f"the price of {r.subject} is {years[first]:,.0f} {money} per t in {first}"


def _own_limit(sets: Sets, r: Restriction) -> object:
    """The limit in a project's own row or in a setting; None for other kinds of restrictions."""
    if r.kind == "setting":
        return getattr(sets.case.settings, r.subject)
    return sets.by_id[r.subject].max_programmes if r.kind == "max_programmes" else None


def rule_in_words(rule: Rule) -> str:
    """A rule by its name and its condition."""
    return f"rule '{rule.rule}' asks {asks(rule)}"


# -- cells -------------------------------------------------------------------------------------------------------------


def cells(sets: Sets, r: Restriction, new: float | None = None) -> tuple[str, ...]:
    """The cells that hold a restriction; of several totals of one fund those below `new` (in the case's unit), least first."""
    case = sets.case
    match r.kind:
        case "total_budget" | "country" | "setting":
            return (setting_place(case, column_of(r)),)
        case "envelope" | "total" | "total_face":
            column = str(r.year) if r.kind == "envelope" else f"{r.kind}_m"
            return tuple(case.cell("programmes", p.row, column) for p in holders(sets, r, new))
        case "rule" | "each":
            return (case.cell("rules", rule_of(case, r).row, "value"),)
        case "opex" | "hurdle_rate" | "price":
            return _market_cells(case, r)
        case "committed" | "barred" | "max_programmes":
            return (case.cell("projects", sets.by_id[r.subject].row, column_of(r)),)
        case "group":
            return tuple(case.cell("projects", p.row, "group") for p in case.projects if p.group == r.subject)
    pair = (r.subject, *(r.others if r.kind != "requires" else ()))
    named = [p for p in case.projects if p.id in pair and (r.kind == "requires" or {*getattr(p, r.kind)} & {*pair})]
    return tuple(case.cell("projects", p.row, r.kind) for p in named)


def _market_cells(case: Case, r: Restriction) -> tuple[str, ...]:
    if r.kind == "price":
        return tuple(
            case.cell("prices", p.row, str(t)) for p in case.prices if p.material == r.subject for t in sorted(p.years)
        )
    if not r.subject:
        return (setting_place(case, "hurdle_rate"),)
    return (case.cell("projects", next(p.row for p in case.projects if p.id == r.subject), column_of(r)),)


def setting_place(case: Case, key: str) -> str:
    """Where a setting's value came from: its cell, an option of the command line, or the sheet where it could stand."""
    source = case.provenance.get(key, "")
    return source if source.startswith("--") else case.setting_cell(key)


def column_of(r: Restriction) -> str:
    """The schema's name of the column or setting that a restriction stands in."""
    match r.kind:
        case "envelope":
            return str(r.year)
        case "total" | "total_face" | "total_budget":
            return f"{r.kind}_m"
        case "rule" | "each":
            return "value"
        case "committed" | "barred":
            return "status"
        case "country":
            return "countries"
        case "setting":
            return r.subject
        case "opex":
            return "opex_per_t"
    return r.kind
