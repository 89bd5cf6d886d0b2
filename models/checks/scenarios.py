"""Scenarios that contradict themselves, change nothing, or need data that the case lacks."""

from collections.abc import Callable, Iterator

from models.checks.findings import Findings
from models.numbers import as_typed as number
from models.scenario_prices import reads_prices
from models.scenarios import AS_PLANNED, SURE, named, remainder, touched
from models.schema import Programme, Scenario
from models.sets import Sets
from models.text import Text

Claim = tuple[str, str]
"""Column and message."""
_OF_OUTPUT = ("capacity", "demand", "existing", "budget", "fails")


def check(findings: Findings, sets: Sets) -> None:
    """Note what is wrong with the rows of `scenarios`, and how `solve` uses them."""
    case = findings.case
    for row in case.scenarios:
        claims = [claim for faults_of in _FAULTS for claim in faults_of(findings, row)]
        for column, message in claims:
            findings.fault(row, column, message)
        if not claims:
            _without_effect(findings, sets, row)
    _probabilities(findings)
    if case.scenarios:
        left = remainder(case.scenarios)
        n = len(named(case.scenarios))
        count = Text("1 scenario") if n == 1 else Text("{n} scenarios", n=n)
        if left:
            count = Text(
                "{scenarios}; the remaining probability of {left} is that of `{name}`",
                scenarios=count, left=number(round(left, 9)), name=Text(AS_PLANNED),
            )  # fmt: skip
        findings.sheet_warn("scenarios", Text("{scenarios}. {use}", scenarios=count, use=_use(case.settings.risk)))


def _use(risk: str) -> Text:
    if risk == "failures":
        return Text(
            "`solve` guards against failed projects (risk failures) and does not model them; `stress` evaluates them"
        )
    if risk == "none":
        return Text(
            "`solve` plans for the workbook as planned (risk none) and does not model them; `stress` evaluates them for a plan"
        )
    return Text("`solve` maximizes over them (risk {risk}); `stress` evaluates them for any plan", risk=risk)


def _probabilities(findings: Findings) -> None:
    rows = findings.case.scenarios
    for name, of_one in named(rows).items():
        stated = [r for r in of_one if r.probability is not None]
        for row in stated[1:]:
            if row.probability != stated[0].probability:
                first = findings.cell(stated[0], "probability")
                findings.fault(row, "probability", f"{name} has another probability at {first}: give it once")
    total = sum(max(r.probability or 0.0 for r in of_one) for of_one in named(rows).values())
    if total > 1 + SURE:
        last = next(r for r in reversed(rows) if r.probability)
        message = f"the probabilities of the scenarios add up to {number(round(total, 9))}: they are at most 1 together"
        findings.fault(last, "probability", message)


def _name(_found: Findings, row: Scenario) -> Iterator[Claim]:
    if row.scenario.casefold() == AS_PLANNED:
        yield "scenario", f"`{AS_PLANNED}` is the name of the unchanged workbook: choose another name"


def _value(_found: Findings, row: Scenario) -> Iterator[Claim]:
    value = row.value
    if row.parameter == "delay_years" and (value < 0 or not float(value).is_integer()):
        yield "value", f"{number(value)} is not a whole number of years: write 0, 1, 2 or more"
    elif row.parameter == "fails" and value != 1:
        yield "value", f"a project fails or does not: write 1, not {number(value)}, and name the projects in `where`"
    elif row.parameter == "demand" and value <= 0:
        yield "value", f"{number(value)} is no factor of demand: write a number above 0 (0.8 is a fall of 20 %)"
    elif value < 0:
        yield "value", f"{number(value)} is negative: write a factor of 0 or more (1.3 is 30 % more)"


def _years(_found: Findings, row: Scenario) -> Iterator[Claim]:
    if row.parameter == "fails" and row.to_year is not None:
        yield "to_year", "a project that fails does not come back: leave the cell empty, or use `capacity` with 0"
    elif row.from_year is not None and row.to_year is not None and row.to_year < row.from_year:
        yield "to_year", f"{row.to_year} lies before from_year ({row.from_year}): exchange them"


def _envelopes(findings: Findings, row: Scenario) -> Iterator[Claim]:
    if row.parameter != "budget":
        return
    without = [p.id for p in touched(findings.case, row) if isinstance(p, Programme) and not p.envelopes]
    if without:
        yield (
            "where",
            (
                f"{without[0]} has no envelope of any year that could be cut: fill its years in `programmes`, or name "
                "other programmes in `where`"
            ),
        )


_FAULTS: tuple[Callable[[Findings, Scenario], Iterator[Claim]], ...] = (_name, _value, _years, _envelopes)


def _without_effect(findings: Findings, sets: Sets, row: Scenario) -> None:
    """Warn of a row that changes nothing."""
    s = sets.case.settings
    if row.parameter == "price" and not reads_prices(sets.case):
        message = Text("no project must be viable and no programme has a strike_per_t: a price changes nothing")
        findings.warn(row, "parameter", message)
    elif not touched(findings.case, row):
        picked = {
            "demand": Text("row of `demand`"), "existing": Text("row of `existing`"), "budget": Text("programme"),
            "price": Text("row of `prices`"),
        }.get(row.parameter, Text("project"))  # fmt: skip
        if row.where:
            message = Text('"{where}" picks no {picked}: the row changes nothing', where=row.where, picked=picked)
            findings.warn(row, "where", message)
        else:
            findings.warn(row, "parameter", Text("there is no {picked}: the row changes nothing", picked=picked))
    elif row.parameter == "budget" and not any(_has_money(sets, row)):
        findings.warn(row, "value", Text("the programmes picked have no money in these years: the row changes nothing"))
    elif row.parameter in _OF_OUTPUT and row.from_year is not None and row.from_year > s.last_year:
        findings.warn(
            row,
            "from_year",
            Text(
                "{from_year} lies after the last year {last_year}: the row changes nothing",
                from_year=row.from_year,
                last_year=s.last_year,
            ),
        )
    elif row.parameter in _OF_OUTPUT and row.to_year is not None and row.to_year < s.first_year:
        findings.warn(
            row,
            "to_year",
            Text(
                "{to_year} lies before the first year {first_year}: the row changes nothing",
                to_year=row.to_year,
                first_year=s.first_year,
            ),
        )


def _has_money(sets: Sets, row: Scenario) -> Iterator[bool]:
    first, last = row.from_year or sets.years[0], row.to_year or sets.years[-1]
    for programme in touched(sets.case, row):
        if isinstance(programme, Programme):
            yield any(money for year, money in programme.envelopes.items() if first <= year <= last)
