"""Every restriction of a case that a planner could relax, and the case with some of them relaxed."""

import math
from collections.abc import Iterable

from models.case import Case
from models.families import FAMILIES
from models.market import priced_shares
from models.measures import data_measure, is_data_measure, matches
from models.schema import Programme, Project, Rule
from models.sets import Fund, Sets
from models.terms import need
from optimizer.analysis.infeasibility.report import Repaired, Restriction


def restrictions(sets: Sets) -> tuple[Restriction, ...]:
    """Every restriction of a case, in canonical order: money, rules, projects."""
    case = sets.case
    return (
        *_money(sets),
        *(Restriction(kind="rule", subject=r.rule) for r in case.rules if r.hard and r.aggregate != "each"),
        *(Restriction(kind="each", subject=r.rule) for r in case.rules if r.aggregate == "each"),
        *_projects(case),
        *(Restriction(kind="country", subject=c) for c in sorted(_off_list(case))),
        *_links(case),
        *_settings(sets),
        *_market(sets),
    )


def _money(sets: Sets) -> Iterable[Restriction]:
    if sets.case.settings.total_budget_m is not None:
        yield Restriction(kind="total_budget", subject="")
    for fund in sets.funds:
        if fund.total is not None:
            yield Restriction(kind="total", subject=fund.name)
        if fund.total_face is not None:
            yield Restriction(kind="total_face", subject=fund.name)
        for year in sets.years if fund.envelopes is not None else ():
            yield Restriction(kind="envelope", subject=fund.name, year=year)


def _projects(case: Case) -> Iterable[Restriction]:
    for p in case.projects:
        if p.status == "committed":
            yield Restriction(kind="committed", subject=p.id)
        elif p.status == "barred" and liftable(case, p):
            yield Restriction(kind="barred", subject=p.id)


def _off_list(case: Case) -> set[str]:
    settings = case.settings
    return {
        p.country
        for p in case.projects
        if p.country not in settings.countries and p.status != "underway" and liftable(case, p)
    }


def _links(case: Case) -> Iterable[Restriction]:
    pairs = {
        (kind, *sorted((p.id, j))) for p in case.projects for kind in ("excludes", "together") for j in getattr(p, kind)
    }
    for p in case.projects:
        for alternatives in dict.fromkeys(p.requires):
            yield Restriction(kind="requires", subject=p.id, others=alternatives)
    for kind, i, j in sorted(pairs):
        yield Restriction.model_validate({"kind": kind, "subject": i, "others": (j,)})
    for name in sorted({p.group for p in case.projects if p.group}):
        yield Restriction(kind="group", subject=name)


def _settings(sets: Sets) -> Iterable[Restriction]:
    """Limits of the settings sheet, and the projects whose own row states another."""
    for p in sets.case.projects if sets.has_programmes else ():
        if p.max_programmes is not None:
            yield Restriction(kind="max_programmes", subject=p.id)
    for key in sorted({family.setting for family in FAMILIES.values()} - {""}):
        if getattr(sets.case.settings, key) is not None:
            yield Restriction(kind="setting", subject=key)


def _market(sets: Sets) -> Iterable[Restriction]:
    """Restrictions that decide whether the projects with a gap pay."""
    lacking = gap_projects(sets)
    for p in lacking:
        yield Restriction(kind="opex", subject=p.id)
    for owner in dict.fromkeys("" if p.hurdle_rate is None else p.id for p in lacking):
        yield Restriction(kind="hurdle_rate", subject=owner)
    for material in sorted({m for p in lacking for m in priced_shares(sets.case, p)}):
        yield Restriction(kind="price", subject=material)


def gap_projects(sets: Sets) -> tuple[Project, ...]:
    """Candidates that a gap keeps from some year or some awards, or makes dearer where no programmes are given."""
    market = sets.viability

    def lacks(p: Project, year: int) -> bool:
        dearer = not sets.has_programmes and market.gaps[p.id, year] > need(p)
        return dearer or not market.can_pay(p, year)

    return tuple(p for p in market.projects if market.binds(p) or any(lacks(p, u) for u in sets.windows[p.id]))


HIGHEST_PRICE = 10.0
"""Multiple of a price path up to which a repair is looked for."""


def furthest(r: Restriction) -> float:
    """The value of a restriction of the market that helps most."""
    return HIGHEST_PRICE if r.kind == "price" else 0.0


def moved_by(sets: Sets, r: Restriction) -> tuple[Project, ...]:
    """The projects with a gap that a restriction of the market moves."""
    lacking = gap_projects(sets)
    if r.kind == "hurdle_rate":
        return tuple(p for p in lacking if r.subject == ("" if p.hurdle_rate is None else p.id))
    if r.kind == "price":
        return tuple(p for p in lacking if r.subject in priced_shares(sets.case, p))
    return tuple(p for p in lacking if p.id == r.subject)


def liftable(case: Case, project: Project) -> bool:
    """Whether a barred project could be a candidate: not of an excluded country, no number missing that a rule needs."""
    if project.country in case.settings.excluded_countries or project.status == "underway":
        return False
    freed = project.model_copy(update={"status": "candidate"}) if project.status == "barred" else project
    measures = {name for r in case.rules if r.aggregate != "each" for name in _numbers(r, freed)}
    return all(data_measure(case, freed, n) is not None for n in measures if is_data_measure(case, n))


def _numbers(rule: Rule, project: Project) -> set[str]:
    """Data measures that a rule reads of a project."""
    names = {rule.measure} if matches(rule.picks, project) or rule.aggregate == "share" else set()
    if names and rule.aggregate == "ratio" and rule.per:
        names.add(rule.per)
    if names and rule.aggregate == "average":
        names.add(rule.weight or "capex")
    return names


def reasons_barred(case: Case, project: Project) -> tuple[Restriction, ...]:
    """Everything that bars a project."""
    reasons: list[Restriction] = []
    if project.status == "barred":
        reasons.append(Restriction(kind="barred", subject=project.id))
    if project.country not in case.settings.countries:
        reasons.append(Restriction(kind="country", subject=project.country))
    freed = project.model_copy(update={"status": "candidate"}) if project.status == "barred" else project
    for rule in case.rules:
        if rule.aggregate == "each" and matches(rule.picks, freed) and not meets(case, freed, rule, rule.value):
            reasons.append(Restriction(kind="each", subject=rule.rule))
    return tuple(reasons)


def meets(case: Case, project: Project, rule: Rule, limit: float) -> bool:
    """Whether a project meets an `each` rule with this limit; a missing value does not."""
    value = data_measure(case, project, rule.measure)
    return value is not None and (value >= limit if rule.sense == ">=" else value <= limit)


def lifted(case: Case) -> Case:
    """The case with every project a candidate that could be one: no `each` rule, no barred status, more countries."""
    freed = {p.id: p for p in case.projects if liftable(case, p)}
    projects = [
        p.model_copy(update={"status": "candidate" if p.id in freed and p.status == "barred" else p.status})
        for p in case.projects
    ]
    barred = [p for p in case.projects if p.id not in freed and p.status != "underway"]
    countries = {*case.settings.countries, *(p.country for p in freed.values())}
    shut = {p.id for p in barred if reasons_barred(case, p)}
    return case.with_(
        projects=tuple(p.model_copy(update={"status": "barred"}) if p.id in shut else p for p in projects),
        settings=case.settings.model_copy(update={"countries": tuple(sorted(countries))}),
        rules=tuple(r for r in case.rules if r.aggregate != "each"),
    )


def rule_of(case: Case, restriction: Restriction) -> Rule:
    """The row of a rule."""
    return next(r for r in case.rules if r.rule == restriction.subject)


def fund_of(sets: Sets, restriction: Restriction) -> Fund:
    """The limits of a programme or fund."""
    return next(f for f in sets.funds if f.name == restriction.subject)


def limit_now(sets: Sets, restriction: Restriction) -> float | None:
    """The number that a restriction limits by, in the case's unit; None where it has none. Of a price a multiple: 1."""
    match restriction.kind:
        case "total_budget":
            return sets.case.settings.total_budget_m
        case "total":
            return fund_of(sets, restriction).total
        case "total_face":
            return fund_of(sets, restriction).total_face
        case "envelope":
            return (fund_of(sets, restriction).envelopes or {}).get(restriction.year or 0)
        case "rule" | "each":
            return rule_of(sets.case, restriction).value
    return _market_now(sets, restriction)


def _market_now(sets: Sets, r: Restriction) -> float | None:
    if r.kind == "opex":
        return sets.by_id[r.subject].opex_per_t
    if r.kind == "hurdle_rate":
        return sets.by_id[r.subject].hurdle_rate if r.subject else sets.case.settings.hurdle_rate
    return 1.0 if r.kind == "price" else None


def holders(sets: Sets, r: Restriction, new: float | None) -> tuple[Programme, ...]:
    """Programmes whose row holds a limit of a fund."""
    members = fund_of(sets, r).programmes
    if r.kind == "envelope":
        given = [p for p in members if r.year in p.envelopes] or [p for p in members if p.envelopes]
        return (given[-1],)
    limits = [(limit, p) for p in members if (limit := getattr(p, f"{r.kind}_m")) is not None]
    ordered = sorted(limits, key=lambda pair: pair[0])
    return tuple(p for limit, p in ordered if limit < (math.inf if new is None else new)) or (ordered[0][1],)


# -- the case with changes ---------------------------------------------------------------------------------------------


def repaired(case: Case, changes: Iterable[Repaired]) -> Case:
    """The case after these changes."""
    for change in changes:
        case = _changed(case, change)
    return case


def _changed(case: Case, change: Repaired) -> Case:
    r = change.restriction
    match r.kind:
        case "total_budget":
            return case.with_(settings=case.settings.model_copy(update={"total_budget_m": change.limit}))
        case "setting":
            return case.with_(settings=case.settings.model_copy(update={r.subject: None}))
        case "country":
            countries = (*case.settings.countries, r.subject)
            return case.with_(settings=case.settings.model_copy(update={"countries": countries}))
        case "envelope" | "total" | "total_face":
            return _more_money(case, change)
        case "rule" | "each":
            return _other_rule(case, change)
        case "opex" | "hurdle_rate" | "price":
            return with_market(case, r, change.limit)
    return case.with_(projects=tuple(_freed(p, r, max(1, len(case.programmes))) for p in case.projects))


def with_market(case: Case, r: Restriction, value: float | None) -> Case:
    """The case with another operating cost, hurdle rate or multiple of a price path."""
    if r.kind == "price":
        times = 1.0 if value is None else value
        rows = (
            p.model_copy(update={"years": {t: v * times for t, v in p.years.items()}}) if p.material == r.subject else p
            for p in case.prices
        )
        return case.with_(prices=tuple(rows))
    if not r.subject:
        return case.with_(settings=case.settings.model_copy(update={"hurdle_rate": value}))
    update = {"opex_per_t" if r.kind == "opex" else "hurdle_rate": value}
    return case.with_(projects=tuple(p.model_copy(update=update) if p.id == r.subject else p for p in case.projects))


def _more_money(case: Case, change: Repaired) -> Case:
    r, limit = change.restriction, change.limit
    cells = {p.id for p in holders(Sets(case), r, limit)}
    rows = []
    for p in case.programmes:
        updates: dict[str, object] = {}
        if p.id in cells and r.year is not None:
            updates = {"envelopes": {**p.envelopes, r.year: limit}}
        elif p.id in cells:
            updates = {f"{r.kind}_m": limit}
        rows.append(p.model_copy(update=updates))
    return case.with_(programmes=tuple(rows))


def _other_rule(case: Case, change: Repaired) -> Case:
    name, value = change.restriction.subject, change.new
    if value is None:
        return case.with_(rules=tuple(r for r in case.rules if r.rule != name))
    return case.with_(rules=tuple(r.model_copy(update={"value": value}) if r.rule == name else r for r in case.rules))


def _freed(p: Project, r: Restriction, everyone: int) -> Project:
    """A project without a restriction; `everyone`: the number of programmes, as a limit on them that binds nobody."""
    match r.kind:
        case "committed" | "barred":
            return p.model_copy(update={"status": "candidate"}) if p.id == r.subject else p
        case "requires":
            rest = tuple(a for a in p.requires if a != r.others)
            return p.model_copy(update={"requires": rest}) if p.id == r.subject else p
        case "excludes" | "together":
            pair = {r.subject, *r.others}
            rest = tuple(j for j in getattr(p, r.kind) if {p.id, j} != pair)
            return p.model_copy(update={r.kind: rest})
        case "group":
            return p.model_copy(update={"group": None}) if p.group == r.subject else p
        case "max_programmes":
            return p.model_copy(update={"max_programmes": everyone}) if p.id == r.subject else p
    raise NotImplementedError(f"optimizer/analysis/infeasibility/restrictions.py: {r.kind}")
