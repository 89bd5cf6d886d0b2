"""Prices, viability and price floors: data that they need, and terms that are hardly meant."""

from models.checks.findings import Findings, listed
from models.checks.programmes import only_offtake
from models.instruments import instrument_of
from models.market import debt_rate, has_viability, price_path, priced_shares
from models.numbers import as_typed as number
from models.schema import Price, Programme, Project
from models.sets import Sets
from models.text import Text

HIGH_RATE = 0.25
"""Rate above which a warning is given: 8 % is written 0.08."""
FLOOR = ("strike_per_t", "material", "upside_share")


def check(findings: Findings, sets: Sets) -> None:
    """Faults and warnings of `prices`, of the columns that read them, and of the terms of programmes."""
    _paths(findings)
    must_pay = [i for i in sets.candidates if has_viability(sets.case, i)]
    for i in must_pay:
        _priced(findings, sets, i)
    for p in sets.case.programmes:
        _floor(findings, sets, p)
        if must_pay:
            _whole_contract(findings, p)
        _terms(findings, p, [i for i in must_pay if sets.may_finance(p, i) or _by_place(p, i)])
    _rates(findings)
    _switched(findings, sets, must_pay)


def _by_place(p: Programme, i: Project) -> bool:
    return (not p.countries or i.country in p.countries) and (not p.stages or i.stage in p.stages)


def _paths(findings: Findings) -> None:
    case = findings.case
    known = {m for p in case.projects for m in p.shares} | {*case.settings.stages}
    known |= {p.material for p in case.programmes if p.material} | {row.material for row in case.demand if row.material}
    seen: dict[str, Price] = {}
    for row in case.prices:
        if row.material in seen:
            findings.fault(
                row,
                "material",
                f"{row.material} has a price already ({findings.cell(seen[row.material], 'material')}): merge the rows",
            )
        seen.setdefault(row.material, row)
        if not row.years:
            findings.fault(row, "material", f"{row.material} has no price in any year: fill at least one year column")
        if row.material not in known:
            hint = findings.suggest(row.material, known)
            findings.warn(
                row,
                "material",
                Text(
                    "no project has a share of {material}, and no stage has this name{hint}: the price is not used",
                    material=row.material,
                    hint=hint,
                ),
            )


def _priced(findings: Findings, sets: Sets, i: Project) -> None:
    if not priced_shares(sets.case, i):
        held = [m for m, share in sorted(i.shares.items()) if share > 0]
        missing = f"{listed(held)} or of {i.stage}" if held else i.stage
        findings.fault(
            i,
            "opex_per_t",
            f"{i.id} states its operating cost, and there is no price of {missing}: add a row to `prices`",
        )


def _floor(findings: Findings, sets: Sets, p: Programme) -> None:
    """A price floor: only for offtake, with one way to state its cost, and with a price to compare with."""
    if p.instrument != "offtake":
        only_offtake(findings, p, [column for column in FLOOR if getattr(p, column)])
        return
    if p.strike_per_t is None:
        if p.upside_share:
            column = "upside_share"
            unused = Text("{name} has no strike_per_t: its {column} is not used", name=p.id, column=column)
            findings.warn(p, column, unused)
        return
    if p.price_gap_per_t is not None:
        findings.fault(
            p,
            "price_gap_per_t",
            f"{p.id} states a strike too: keep strike_per_t (priced as an option) or price_gap_per_t, and empty the other",
        )
    stages = {i.stage for i in sets.candidates if _by_place(p, i)} if p.material is None else {p.material}
    for name in sorted(stages):
        if price_path(sets.case, name) is None:
            findings.fault(
                p, "strike_per_t", f"{p.id} guarantees a price of {name}, and `prices` has no row of it: add one"
            )


def _whole_contract(findings: Findings, p: Programme) -> None:
    """A contract whose largest face is all of a project's capital cost leaves no room for other support."""
    if p.instrument == "offtake" and p.max_share >= 1 and (p.strike_per_t is not None or p.price_gap_per_t is not None):
        findings.warn(
            p,
            "max_share",
            Text(
                "{name} may cover all of a project's capital cost: beside other support a full contract needs max_share below 1",
                name=p.id,
            ),
        )


def _terms(findings: Findings, p: Programme, projects: list[Project]) -> None:
    if p.tenor_years is not None and p.grace_years is not None and p.tenor_years <= p.grace_years:
        findings.fault(
            p,
            "tenor_years",
            f"{p.id} must be repaid within {p.tenor_years} years and has {p.grace_years} years of grace: make the tenor longer",
        )
    if not projects:
        return
    for column in instrument_of(p).needs_terms:
        if getattr(p, column) is None:
            findings.fault(
                p,
                column,
                f"{p.id} may finance {projects[0].id}, whose viability is checked: fill {column}, or its worth is not known",
            )
    if p.rate is not None and p.instrument in ("loan", "guarantee"):
        least = min(debt_rate(findings.case, i) for i in projects)
        if p.rate >= least:
            findings.warn(
                p,
                "rate",
                Text(
                    "{name} charges {rate} % and market debt {least} %: it has no worth for a project",
                    name=p.id,
                    rate=number(100 * p.rate),
                    least=number(100 * least),
                ),
            )
    late = [i.id for i in projects if not instrument_of(p).serves(p, i, findings.case)]
    if late and p.instrument in ("loan", "guarantee"):
        findings.warn(
            p,
            "tenor_years",
            Text("{name} ends before repayment of {names} begins: not eligible", name=p.id, names=listed(late)),
        )


def _rates(findings: Findings) -> None:
    for p in findings.case.programmes:
        if p.rate is not None and p.rate > HIGH_RATE:
            findings.warn(
                p,
                "rate",
                Text("{rate} % a year in real terms is very high: 8 % is written 0.08", rate=number(100 * p.rate)),
            )
        if p.cost_rate is not None and p.cost_rate < 0:
            findings.warn(
                p,
                "cost_rate",
                Text(
                    "{name} expects to earn {cost_rate} % of its face value: the budget is charged 0, the gain is reported",
                    name=p.id,
                    cost_rate=number(-100 * p.cost_rate),
                ),
            )
    for i in findings.case.projects:
        if i.hurdle_rate is not None and i.hurdle_rate > HIGH_RATE:
            findings.warn(
                i,
                "hurdle_rate",
                Text(
                    "{hurdle_rate} % a year in real terms is very high: 12 % is written 0.12",
                    hurdle_rate=number(100 * i.hurdle_rate),
                ),
            )
    for key in ("hurdle_rate", "debt_rate", "money_discount_rate"):
        value = getattr(findings.case.settings, key)
        if value is not None and value > HIGH_RATE:
            findings.setting_warn(
                key,
                Text("{value} % a year in real terms is very high: 12 % is written 0.12", value=number(100 * value)),
            )


def _switched(findings: Findings, sets: Sets, must_pay: list[Project]) -> None:
    """Settings and columns that switch viability on, or make it void."""
    stating = [i for i in sets.candidates if i.opex_per_t is not None]
    if stating and not must_pay:
        findings.warn(
            stating[0],
            "opex_per_t",
            Text(
                "{n} projects state an operating cost and there is no hurdle rate: viability is off; give the setting hurdle_rate",
                n=len(stating),
            ),
        )
    if must_pay and not any(i.private_share or i.requested_m is not None for i in must_pay):
        findings.warn(
            must_pay[0],
            "private_share",
            Text(
                "private_share is empty for every project whose viability is checked: support already pays all of it, prices change nothing"
            ),
        )
