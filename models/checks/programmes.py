"""Programmes without a limit, with limits that disagree, or that can finance nobody."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from models.checks.findings import Findings, listed, millions
from models.numbers import as_typed as number
from models.schema import Programme, Project
from models.sets import Fund, Sets
from models.terms import award_cap, need
from models.text import Text

_OFFTAKE = ("price_gap_per_t", "offtake_years", "offtake_share")
_LIMITS = ("total_m", "total_face_m", "limit_on", "carry_over")


def check(findings: Findings, sets: Sets) -> None:
    """Faults and warnings of the `programmes` sheet."""
    funds: dict[str, list[Programme]] = defaultdict(list)
    candidates = _largest(sets)
    for p in findings.case.programmes:
        funds[f"fund {p.fund}" if p.fund else f"id {p.id}"].append(p)
        _offtake(findings, p)
        _rate(findings, p)
        _years(findings, sets, p)
        _eligible(findings, sets, candidates, p)
    for members in funds.values():
        _limits(findings, members)
        for other in members[1:]:
            _agree(findings, members, other)
    for fund in sets.funds:
        for p in fund.programmes:
            _ticket_of_fund(findings, p, fund)
    _donors(findings)
    _hands(findings, sets)


def _offtake(findings: Findings, p: Programme) -> None:
    given = [column for column in _OFFTAKE if getattr(p, column) is not None]
    if p.instrument != "offtake":
        only_offtake(findings, p, given)
    elif p.strike_per_t is not None:
        if p.cost_rate is not None:
            findings.warn(
                p, "cost_rate", Text("the budget cost of {name} comes from its strike: the rate is not used", name=p.id)
            )
    elif given or p.cost_rate is None:  # a plain cost rate may stand for the whole price gap
        if p.price_gap_per_t is None:
            cost = "its budget cost is the price gap on the tonnes that it takes; or give strike_per_t or cost_rate"
            findings.fault(p, "price_gap_per_t", f"an offtake programme needs price_gap_per_t: {cost}")
        if p.cost_rate is not None:
            findings.warn(
                p,
                "cost_rate",
                Text("the budget cost of {name} comes from price_gap_per_t: the rate is not used", name=p.id),
            )


def only_offtake(findings: Findings, programme: Programme, columns: Iterable[str]) -> None:
    """Warn of columns that are filled for a programme of another instrument, and that only offtake reads."""
    for column in columns:
        findings.warn(
            programme,
            column,
            Text(
                "only offtake has this column: not used by the {instrument} {name}",
                instrument=programme.instrument,
                name=programme.id,
            ),
        )


def _rate(findings: Findings, p: Programme) -> None:
    if p.instrument in ("loan", "guarantee"):
        if p.cost_rate is None:
            findings.warn(
                p,
                "cost_rate",
                Text(
                    "no cost rate: a {instrument} of {name} is charged in full, like a grant; give its credit-subsidy rate",
                    instrument=p.instrument,
                    name=p.id,
                ),
            )
        elif p.cost_rate > 1:
            findings.warn(
                p,
                "cost_rate",
                Text(
                    "{cost_rate} charges more than the face value: 12 % is written 0.12", cost_rate=number(p.cost_rate)
                ),
            )


def _years(findings: Findings, sets: Sets, p: Programme) -> None:
    outside = [y for y, money in sorted(p.envelopes.items()) if money and y not in sets.years]
    if outside and sets.years:
        s = findings.case.settings
        findings.warn(
            p,
            str(outside[0]),
            Text(
                "the money of {years} lies outside the horizon {first} to {last}: not used",
                years=listed(outside),
                first=s.first_year,
                last=s.last_year,
            ),
        )


# -- limits -----------------------------------------------------------------------------------------------------


def _has_limit(p: Programme) -> bool:
    return bool(p.envelopes) or p.total_m is not None or p.total_face_m is not None


def _has_face_limit(p: Programme) -> bool:
    return p.total_face_m is not None or (p.limit_on == "face" and (bool(p.envelopes) or p.total_m is not None))


def _limits(findings: Findings, members: Sequence[Programme]) -> None:
    """Every programme needs a limit, its own or its fund's; one that costs nothing needs one on face value."""
    limited, on_face = any(map(_has_limit, members)), any(map(_has_face_limit, members))
    for p in members:
        if not limited and not p.uncapped:
            findings.fault(
                p,
                findings.first_present(
                    p, (*(str(y) for y in range(1900, 2200)), "total_m", "total_face_m", "uncapped", "id")
                ),
                f"{p.id} has no limit: give a column per year, total_m or total_face_m, or write uncapped = yes if it "
                "really has none",
            )
        elif limited and p.uncapped:
            findings.warn(
                p, "uncapped", Text("uncapped is yes for {name}, but it has limits: the limits hold", name=p.id)
            )
        if (
            p.cost_rate is not None
            and p.cost_rate <= 0
            and p.price_gap_per_t is None
            and p.strike_per_t is None
            and not on_face
        ):
            findings.fault(
                p,
                "cost_rate",
                f"{p.id} costs the budget nothing, so a limit on budget cost never binds: give total_face_m, or "
                "limit_on = face, or its true rate",
            )
        elif p.instrument == "offtake" and not on_face and not _offtake_costs(p):
            findings.warn(
                p,
                "price_gap_per_t",
                Text("{name} costs the budget nothing and has no limit on face value: give total_face_m", name=p.id),
            )


def _offtake_costs(p: Programme) -> bool:
    """Whether a contract may cost the budget anything; empty years and share mean the whole life and all tonnes."""
    given = [getattr(p, column) for column in _OFFTAKE]
    return p.cost_rate is not None or p.strike_per_t is not None or all(v is None or v > 0 for v in given)


def _agree(findings: Findings, members: Sequence[Programme], other: Programme) -> None:
    """Members of a fund share its limits, so that their rows must agree."""
    for column in _LIMITS:
        first = next((m for m in members if getattr(m, column) is not None), other)
        a, b = getattr(first, column), getattr(other, column)
        if b is not None and not _same(a, b):
            words = f"{_shown(findings, other, b)}, and {first.id} says {_shown(findings, first, a)}"
            _disagree(findings, first, other, column, words)
    first = next((m for m in members if m.envelopes), other)
    if other.envelopes:
        for year in sorted(first.envelopes.keys() | other.envelopes.keys()):
            a, b = first.envelopes.get(year, 0.0), other.envelopes.get(year, 0.0)
            if not _same(a, b):
                words = f"{_shown(findings, other, b)} in {year}, and {first.id} says {_shown(findings, first, a)}"
                _disagree(findings, first, other, str(year), words)


def _disagree(findings: Findings, first: Programme, other: Programme, column: str, words: str) -> None:
    findings.fault(
        other,
        column,
        f"{other.id} shares the limits of fund {other.fund}: it says {words} ({findings.cell(first, column)}); write the"
        " same in every row of the fund, or leave all but one row empty",
    )


def _same(a: object, b: object) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - b) <= 1e-9 * max(1.0, abs(a))
    return a == b


def _shown(findings: Findings, p: Programme, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return millions(findings, p, value) if isinstance(value, int | float) else str(value)


# -- whom it can finance ----------------------------------------------------------------------------------------


def _largest(sets: Sets) -> list[Project]:
    """For each country and stage the candidate with the largest capital cost, which may get the largest award."""
    largest: dict[tuple[str, str], Project] = {}
    for i in sets.candidates:
        known = largest.setdefault((i.country, i.stage), i)
        if i.capex_m > known.capex_m:
            largest[i.country, i.stage] = i
    return list(largest.values())


def _eligible(findings: Findings, sets: Sets, candidates: Sequence[Project], p: Programme) -> None:
    eligible = [i for i in candidates if sets.may_finance(p, i)]
    able = [i for i in eligible if award_cap(i, p) > 0]
    if not able:
        why = Text("max_share or max_ticket_m is 0") if eligible else Text("by country, stage and status")
        findings.warn(
            p, "id", Text("no candidate is eligible for {name} ({why}): it finances nothing", name=p.id, why=why)
        )
    if p.min_ticket_m is None:
        return
    if p.max_ticket_m is not None and p.min_ticket_m > p.max_ticket_m:
        findings.fault(
            p,
            "min_ticket_m",
            f"{millions(findings, p, p.min_ticket_m)} is above max_ticket_m {millions(findings, p, p.max_ticket_m)}"
            f" ({findings.cell(p, 'max_ticket_m')}): correct one of them",
        )
    else:
        _ticket(findings, p, able)


def _ticket(findings: Findings, p: Programme, able: Sequence[Project]) -> None:
    ticket = p.min_ticket_m or 0.0
    largest = max(able, key=lambda i: award_cap(i, p), default=None)
    if largest is not None and ticket > award_cap(largest, p) * (1 + 1e-9):
        findings.fault(
            p,
            "min_ticket_m",
            f"{millions(findings, p, ticket)} is above what {p.id} may give to any eligible project: at most"
            f" {millions(findings, p, award_cap(largest, p))} (max_share {number(p.max_share)} of {largest.id},"
            f" {number(largest.capex_m)} million at {findings.cell(largest, 'capex_m')}{_at(findings, p, 'max_share')});"
            " lower it or raise max_share",
        )


def _at(findings: Findings, p: Programme, column: str) -> str:
    """`; programmes!F4` if the sheet has the column."""
    cell = findings.cell(p, column)
    return "" if ":" in cell or "," in cell else f"; {cell}"


def _ticket_of_fund(findings: Findings, p: Programme, fund: Fund) -> None:
    """A minimum ticket must fit the limits of the programme and its fund, unless they close it."""
    most = _most_face(findings, p, fund)
    if most == 0:
        findings.warn(p, "id", Text("the limits of {name} are 0: it finances nothing", name=p.id))
    elif p.min_ticket_m is not None and most is not None and p.min_ticket_m > most * (1 + 1e-9):
        allowed = f"{millions(findings, p, most)}, all that its limits allow for one award"
        message = f"{millions(findings, p, p.min_ticket_m)} is above {allowed}: lower it or raise the limits"
        findings.fault(p, "min_ticket_m", message)


def _most_face(findings: Findings, p: Programme, fund: Fund) -> float | None:
    """Most face value of one award within the limits; None if they give none."""
    rate = 1.0 if fund.on_face or p.cost_rate is None else p.cost_rate
    limits = [fund.total]
    if fund.envelopes and findings.case.settings.budget_basis == "commitment":
        limits.append((sum if fund.carry_over else max)(fund.envelopes.values()))
    if rate <= 0 or (p.instrument == "offtake" and not fund.on_face):
        limits = []
    faces = [fund.total_face, *(limit / rate for limit in limits if limit is not None)]
    return min((face for face in faces if face is not None), default=None)


def _donors(findings: Findings) -> None:
    if any("joint" in (r.measure, r.per) for r in findings.case.rules):
        if findings.case.settings.joint_min_share <= 0:
            findings.setting_fault("joint_min_share", "0 would count every project as joint: give a share above 0")
        for p in findings.case.programmes:
            if not p.donor:
                findings.warn(
                    p,
                    "donor",
                    Text(
                        "a rule asks for joint financing and {name} names no donor: its awards do not count for that",
                        name=p.id,
                    ),
                )


def _hands(findings: Findings, sets: Sets) -> None:
    """Limits on the programmes of a project: not used without programmes, or too few for its need."""
    for p in sets.candidates:
        limit = sets.most_programmes(p)
        column = "max_programmes"
        if p.max_programmes is not None and not sets.has_programmes:
            findings.warn(p, column, Text("there is no programmes sheet: the limit is not used"))
        elif limit is not None and limit < len(sets.eligible[p.id]):
            caps = sorted((award_cap(p, g) for g in sets.eligible[p.id]), reverse=True)
            if sum(caps[:limit]) < need(p) * (1 - 1e-9) <= sum(caps):
                message = Text(
                    "{name} needs {need}, and {programmes} can give at most {most}: raise it",
                    name=p.id, need=millions(findings, p, need(p)), most=millions(findings, p, sum(caps[:limit])),
                    programmes=Text("1 programme") if limit == 1 else Text("{n} programmes", n=limit),
                )  # fmt: skip
                findings.warn(p, column, message)
