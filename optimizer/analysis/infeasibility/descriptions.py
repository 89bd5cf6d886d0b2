"""Restrictions and changes in the planner's words, with their cells."""

from models.case import Case
from models.money import Exchange
from models.numbers import every_digit
from models.rule_words import asks
from models.schema import Rule
from models.sets import Sets
from optimizer.analysis.infeasibility.report import MONEY, Kind, Restriction
from optimizer.analysis.infeasibility.restrictions import holders, rule_of


def one_of(ids: tuple[str, ...]) -> str:
    return " or ".join(ids)


# -- what to do --------------------------------------------------------------------------------------------------------


def order(sets: Sets, r: Restriction, old: float | None, new: float | None) -> str:
    """What to do, as an order to the planner; the numbers as in the cell."""
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
    return _freeing(r)


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
    """Unit of a money cell: millions of its own currency. Empty for other cells."""
    if r.kind not in MONEY:
        return ""
    programme = None if r.kind == "total_budget" else holders(sets, r, None)[0]
    return f"M {(programme.currency if programme else None) or sets.case.settings.base_currency}"


def factor(sets: Sets, r: Restriction) -> float:
    """Value in the case = value in the cell * factor: the cell's own currency and prices."""
    if r.kind not in MONEY or r.kind == "total_budget":
        return 1.0
    programme = holders(sets, r, None)[0]
    year = r.year if r.kind == "envelope" and programme.money == "nominal" else programme.price_year
    settings = sets.case.settings
    return Exchange.of(settings.base_currency, settings.price_year, sets.case.fx).factor(programme.currency, year)


# -- what stands -------------------------------------------------------------------------------------------------------


def statement(sets: Sets, r: Restriction, limit: float | None) -> str:
    """A restriction as it stands."""
    if r.kind in MONEY:
        return f"{_money_name(r)} is {every_digit(round((limit or 0.0) / factor(sets, r), 6))} {unit(sets, r)}"
    if r.kind in ("rule", "each"):
        return rule_in_words(rule_of(sets.case, r))
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


def _own_limit(sets: Sets, r: Restriction) -> object:
    """The limit in a project's own row or in a setting; None for restrictions of other kinds."""
    if r.kind == "setting":
        return getattr(sets.case.settings, r.subject)
    return sets.by_id[r.subject].max_programmes if r.kind == "max_programmes" else None


def rule_in_words(rule: Rule) -> str:
    """A rule by its name, and what it asks."""
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
        case "committed" | "barred" | "max_programmes":
            return (case.cell("projects", sets.by_id[r.subject].row, column_of(r)),)
        case "group":
            return tuple(case.cell("projects", p.row, "group") for p in case.projects if p.group == r.subject)
    pair = (r.subject, *(r.others if r.kind != "requires" else ()))
    named = [p for p in case.projects if p.id in pair and (r.kind == "requires" or {*getattr(p, r.kind)} & {*pair})]
    return tuple(case.cell("projects", p.row, r.kind) for p in named)


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
    return r.kind
