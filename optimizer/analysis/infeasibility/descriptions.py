"""Restrictions and changes in words, with their cells."""

from models.case import Case
from models.money import Exchange
from models.numbers import every_digit
from models.rule_words import asks
from models.schema import Project, Rule
from models.sets import Sets
from models.text import Text, clauses, joined_or
from optimizer.analysis.infeasibility.report import MARKET, MONEY, Kind, Restriction
from optimizer.analysis.infeasibility.restrictions import holders, moved_by, rule_of, with_market

MOST_GAPS = 3
"""Number of projects that a change names as those whose gap it closes."""


# -- changes --------------------------------------------------------------------------------------------------------


def order(sets: Sets, r: Restriction, old: float | None, new: float | None) -> Text:
    """The change as an instruction to the planner, with the numbers as in the cell."""
    if r.kind in MONEY:
        return _money_order(sets, r, old, new)
    if r.kind in ("rule", "each"):
        return _rule_order(rule_of(sets.case, r), new)
    if r.kind in MARKET:
        return _market_order(sets, r, old, new)
    return _freeing(r)


def _money_order(sets: Sets, r: Restriction, old: float | None, new: float | None) -> Text:
    if old is None or new is None:
        return Text("lift the limit of {limit}", limit=_limit_name(r))
    return Text(
        "raise {limit} by {by} {unit}, from {old} to {new}",
        limit=_limit_name(r), by=every_digit(round(new - old, 10)), unit=unit(sets, r), old=every_digit(old),
        new=every_digit(new),
    )  # fmt: skip


def _rule_order(rule: Rule, new: float | None) -> Text:
    if new is None:
        return Text("drop rule '{rule}'", rule=rule.rule)
    old, to = every_digit(rule.value), every_digit(new)
    if rule.sense == ">=":
        return Text("lower '{rule}' from {old} to {new}", rule=rule.rule, old=old, new=to)
    return Text("raise '{rule}' from {old} to {new}", rule=rule.rule, old=old, new=to)


def _market_order(sets: Sets, r: Restriction, old: float | None, new: float | None) -> Text:
    """The change that makes a project pay, and the gap that remains."""
    limit = _limit_name(r)
    if old is None or new is None:
        return Text("raise {limit}", limit=limit) if r.kind == "price" else Text("lower {limit}", limit=limit)
    after = Sets(with_market(sets.case, r, new * factor(sets, r)))
    gaps = clauses(_gap_moves(sets, after, p) for p in moved_by(sets, r)[:MOST_GAPS])
    if r.kind == "price":
        by = every_digit(round(100 * (new - old), 10))
        return Text("raise {limit} by {by} % in every year ({gaps})", limit=limit, by=by, gaps=gaps)
    was, to = every_digit(old), every_digit(new)
    if r.kind == "hurdle_rate":
        return Text("lower {limit} from {old} to {new} ({gaps})", limit=limit, old=was, new=to, gaps=gaps)
    return Text(
        "lower {limit} by {by} {unit}, from {old} to {new} ({gaps})",
        limit=limit, by=every_digit(round(old - new, 10)), unit=unit(sets, r), old=was, new=to, gaps=gaps,
    )  # fmt: skip


def _gap_moves(sets: Sets, after: Sets, project: Project) -> Text:
    """The least gap of a project over its decision years, before and after a change."""
    now, then = (least_gap(s, project) for s in (sets, after))
    return Text(
        "gap of {name} down by {by} to {left} M {currency}",
        name=project.id, by=every_digit(round(now - then, 2)), left=every_digit(round(then, 2)),
        currency=sets.case.settings.base_currency,
    )  # fmt: skip


def least_gap(sets: Sets, project: Project) -> float:
    """The least gap of a candidate over its decision years, millions; 0 where it has none."""
    return min((sets.viability.gaps[project.id, u] for u in sets.windows[project.id]), default=0.0)


def _freeing(r: Restriction) -> Text:
    """The repair of a restriction that has no number to change."""
    name, others = r.subject, joined_or(r.others) if r.others else ""
    by_kind: dict[Kind, Text] = {
        "committed": Text("free {name} (now committed)", name=name),
        "barred": Text("lift the barring of {name}", name=name),
        "country": Text("add {country} to the countries that may be financed", country=name),
        "requires": Text("let {name} go ahead without {others}", name=name, others=others),
        "excludes": Text("let {name} and {others} be financed side by side", name=name, others=others),
        "together": Text("decide {name} and {others} apart instead of together", name=name, others=others),
        "max_programmes": Text("let any number of programmes support {name}", name=name),
        "setting": Text("leave the setting {setting} empty, for no limit", setting=name),
        "group": Text("let more than one project of group {group} be financed", group=name),
    }
    return by_kind[r.kind]


def _limit_name(r: Restriction) -> Text:
    """A restriction that is a number, by its name."""
    name = r.subject
    match r.kind:
        case "total_budget":
            return Text("the total budget")
        case "total":
            return Text("the total of {name}", name=name)
        case "total_face":
            return Text("the face-value total of {name}", name=name)
        case "opex":
            return Text("the operating cost of {name}", name=name)
        case "price":
            return Text("the price of {material}", material=name)
        case "hurdle_rate":
            return Text("the hurdle rate of {name}", name=name) if name else Text("the hurdle rate")
    return Text("{name} {year}", name=name, year=r.year or 0)


def unit(sets: Sets, r: Restriction) -> str:
    """Unit of a money cell: millions of its own currency, or that currency per tonne. Empty for other cells."""
    base = sets.case.settings.base_currency
    if r.kind == "opex":
        return Text("{currency} per t", currency=sets.by_id[r.subject].currency or base)
    if r.kind not in MONEY:
        return ""
    programme = None if r.kind == "total_budget" else holders(sets, r, None)[0]
    return Text("M {currency}", currency=(programme.currency if programme else None) or base)


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


def statement(sets: Sets, r: Restriction, limit: float | None) -> Text:
    """A restriction in words."""
    if r.kind in MONEY:
        amount = every_digit(round((limit or 0.0) / factor(sets, r), 6))
        return Text("{limit} is {amount} {unit}", limit=_limit_name(r), amount=amount, unit=unit(sets, r))
    if r.kind in ("rule", "each"):
        return rule_in_words(rule_of(sets.case, r))
    if r.kind in MARKET:
        return _market_statement(sets, r, limit)
    if r.kind == "max_programmes":
        return _most_programmes(sets, r.subject)
    name, others = r.subject, joined_or(r.others) if r.others else ""
    by_kind: dict[Kind, Text] = {
        "committed": Text("{name} is committed: it must be financed", name=name),
        "barred": Text("{name} is barred", name=name),
        "country": Text("{country} is not among the countries that may be financed", country=name),
        "requires": Text("{name} requires {others}", name=name, others=others),
        "excludes": Text("{name} and {others} exclude each other", name=name, others=others),
        "together": Text("{name} and {others} are decided together", name=name, others=others),
        "group": Text("of group {group} only one may be financed", group=name),
    }
    if r.kind == "setting":
        return Text("the setting {setting} is {value}", setting=name, value=str(getattr(sets.case.settings, name)))
    return by_kind[r.kind]


def _market_statement(sets: Sets, r: Restriction, limit: float | None) -> Text:
    money = sets.case.settings.base_currency
    if r.kind == "opex":
        return Text(
            "{name} must pay: with an operating cost of {number} {unit} at market prices it lacks {missing} M {currency}",
            name=r.subject, number=every_digit(round((limit or 0.0) / factor(sets, r), 6)), unit=unit(sets, r),
            missing=every_digit(round(least_gap(sets, sets.by_id[r.subject]), 2)), currency=money,
        )  # fmt: skip
    if r.kind == "hurdle_rate":
        return Text("{limit} is {rate}", limit=_limit_name(r), rate=every_digit(limit or 0.0))
    years = next(p.years for p in sets.case.prices if p.material == r.subject)
    first = min(years)
    return Text(
        "{limit} is {price} {currency} per t in {year}",
        limit=_limit_name(r), price=every_digit(round(years[first])), currency=money, year=first,
    )  # fmt: skip


def _most_programmes(sets: Sets, name: str) -> Text:
    """The limit in a project's own row on the number of programmes that support it."""
    most = sets.by_id[name].max_programmes or 0
    if most == 1:
        return Text("at most one programme may support {name}", name=name)
    return Text("at most {n} programmes may support {name}", n=most, name=name)


def rule_in_words(rule: Rule) -> Text:
    """A rule by its name and its condition."""
    return Text("rule '{rule}' asks {what}", rule=rule.rule, what=asks(rule))


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
    """Origin of a setting's value: its cell, an option of the command line, or the sheet that could give it."""
    source = case.provenance.get(key, "")
    return source if source.startswith("--") else case.setting_cell(key)


def column_of(r: Restriction) -> str:
    """Name in the schema of the column or setting that gives a restriction."""
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
