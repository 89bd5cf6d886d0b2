"""Restrictions and changes in the planner's words, with their cells."""

from models.case import Case
from models.money import Exchange
from models.numbers import every_digit
from models.rule_words import asks
from models.schema import Rule
from models.sets import Sets
from optimizer.analysis.infeasibility.report import MONEY, Restriction
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


def _freeing(r: Restriction) -> str:
    match r.kind:
        case "committed":
            return f"free {r.subject} (now committed)"
        case "barred":
            return f"lift the barring of {r.subject}"
        case "country":
            return f"add {r.subject} to the countries that may be financed"
        case "requires":
            return f"let {r.subject} go ahead without {one_of(r.others)}"
        case "excludes":
            return f"let {r.subject} and {r.others[0]} be financed side by side"
        case "together":
            return f"decide {r.subject} and {r.others[0]} apart instead of together"
        case "max_programmes":
            return f"let any number of programmes support {r.subject or 'a project'} (max_programmes)"
        case "group":
            return f"let more than one project of group {r.subject} be financed"
    raise NotImplementedError(f"optimizer/analysis/infeasibility/descriptions.py: {r.kind}")


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
        "max_programmes": f"at most {_hands(sets, r)} of the programmes may support {r.subject or 'a project'}",
        "group": f"of group {r.subject} only one may be financed",
    }[r.kind]


def _hands(sets: Sets, r: Restriction) -> int | None:
    """How many programmes a restriction allows; None where it is of another kind."""
    if r.kind != "max_programmes":
        return None
    return sets.most_programmes(sets.by_id[r.subject]) if r.subject else sets.case.settings.max_programmes


def rule_in_words(rule: Rule) -> str:
    """A rule by its name, and what it asks."""
    return f"rule '{rule.rule}' asks {asks(rule)}"


# -- cells -------------------------------------------------------------------------------------------------------------


def cells(sets: Sets, r: Restriction, new: float | None = None) -> tuple[str, ...]:
    """The cells that hold a restriction; of several totals of one fund those below `new` (in the case's unit), least first."""
    case = sets.case
    match r.kind:
        case "total_budget":
            return (setting_place(case, "total_budget_m"),)
        case "country":
            return (setting_place(case, "countries"),)
        case "envelope" | "total" | "total_face":
            column = str(r.year) if r.kind == "envelope" else f"{r.kind}_m"
            return tuple(case.cell("programmes", p.row, column) for p in holders(sets, r, new))
        case "rule" | "each":
            return (case.cell("rules", rule_of(case, r).row, "value"),)
        case "committed" | "barred":
            return (case.cell("projects", sets.by_id[r.subject].row, "status"),)
        case "max_programmes":
            own = case.cell("projects", sets.by_id[r.subject].row, r.kind) if r.subject else ""
            return (own or setting_place(case, r.kind),)
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
    return r.kind
