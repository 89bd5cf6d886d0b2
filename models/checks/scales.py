"""Warn of valid but implausible numbers: scores on another scale, ramps that count years, very high rates."""

from collections.abc import Iterable

from models.checks.findings import Findings
from models.checks.prices import HIGH_RATE
from models.numbers import as_typed as number
from models.schema import Project
from models.sets import Sets
from models.text import Text

FEWEST = 2
"""Least number of projects for a warning about a column."""
SMALL_RAMP = 20.0
"""Per cent of nameplate below which the last step of a ramp looks like a number of years."""
LARGE_FACTOR = 5.0
"""Factor of a scenario or an overrun above which per cent are likely meant."""
SMALL_OVERRUN = 0.5
"""Median factor on capital cost below which a share is likely meant."""
LARGE_SIGMA = 2.0
"""Standard deviation of a logarithm above which per cent are likely meant."""
LOW_PRICE = 300.0
"""US dollars per tonne below which a price is likely per kilogram: cerium oxide, the cheapest, costs about 1,000 (USGS)."""
_FACTORS = ("capacity", "capex", "demand", "existing", "budget", "price")
_SCORES = ("esg_e", "esg_s", "esg_g")
_OTHER_SCALES = (1.0, 5.0, 10.0)
"""Upper ends of other scales for scores than 0 to 100."""


def check(findings: Findings, _sets: Sets) -> None:
    """Warnings only: nothing here is corrected."""
    projects = [p for p in findings.case.projects if p.status != "barred"]
    for column in _SCORES:
        _scores(findings, projects, column)
    for p in projects:
        _ramp(findings, p)
    _rates(findings)
    _factors(findings)
    _prices(findings)


def _scores(findings: Findings, projects: Iterable[Project], column: str) -> None:
    scored = [(score, p) for p in projects if (score := getattr(p, column)) is not None]
    best = max((score for score, _ in scored), default=0.0)
    if len(scored) >= FEWEST and 0 < best <= _OTHER_SCALES[-1]:
        top = next(scale for scale in _OTHER_SCALES if best <= scale)
        message = Text(
            "no score of the column is above {best}, and scores run from 0 to 100: is the scale 0 to {top} here? Multiply it"
            " (or scale it in a sheet `columns`)",
            best=number(best), top=number(top),
        )  # fmt: skip
        findings.warn(min((p for _, p in scored), key=lambda p: p.row), column, message)


def _ramp(findings: Findings, p: Project) -> None:
    if max(p.ramp) < SMALL_RAMP:
        message = Text(
            "output never passes {ramp} % of nameplate: is that a number of years? Write the per cent of each year after the"
            " build, 40; 70; 100",
            ramp=number(max(p.ramp)),
        )
        findings.warn(p, "ramp", message)
    elif any(later < earlier for earlier, later in zip(p.ramp, p.ramp[1:], strict=False)):
        findings.warn(
            p, "ramp", Text("the ramp falls: its steps are the output of the years after the build, in their order")
        )


def _rates(findings: Findings) -> None:
    value = findings.case.settings.discount_rate
    if value > HIGH_RATE:
        findings.setting_warn(
            "discount_rate", Text("{value} % a year is very high: 3 % is written 0.03", value=number(100 * value))
        )
    for row in findings.case.fx:
        if abs(row.inflation) > HIGH_RATE:
            findings.warn(
                row,
                "inflation",
                Text(
                    "{inflation} % a year is very high: 2.5 % is written 0.025", inflation=number(100 * row.inflation)
                ),
            )


def _factors(findings: Findings) -> None:
    for row in findings.case.scenarios:
        if row.parameter in _FACTORS and row.value > LARGE_FACTOR:
            message = Text(
                "the factor multiplies {parameter} by {factor}: 20 % more is written 1.2",
                parameter=row.parameter, factor=number(row.value),
            )  # fmt: skip
            findings.warn(row, "value", message)
    for risk in findings.case.risks:
        if risk.overrun > LARGE_FACTOR or 0 < risk.overrun < SMALL_OVERRUN:
            message = Text(
                "the factor multiplies capital cost by {factor}: 20 % more is written 1.2", factor=number(risk.overrun)
            )
            findings.warn(risk, "overrun", message)
        if risk.overrun_sigma > LARGE_SIGMA:
            message = Text(
                "{sigma} is a very wide spread of a logarithm: 10 % is written 0.1", sigma=number(risk.overrun_sigma)
            )
            findings.warn(risk, "overrun_sigma", message)


def _prices(findings: Findings) -> None:
    if findings.case.settings.base_currency != "USD":
        return
    for price in findings.case.prices:
        best = max(price.years.values(), default=0.0)
        if 0 < best < LOW_PRICE:
            message = Text(
                "no price is above {best} USD per t: is it per kg here? Write 2026 (USD/kg) as the header",
                best=number(best),
            )
            findings.warn(price, str(min(price.years)), message)
