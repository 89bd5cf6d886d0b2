"""Settings of risk that contradict each other, lack data, or need what is not modelled."""

from collections.abc import Callable, Iterator

from models.case import Case
from models.checks.findings import Findings, setting_cell
from models.faults import Diagnostic
from models.numbers import as_typed as number
from models.scenario_sets import soft_on_deliveries
from models.scenarios import scenarios
from models.schema import Rule
from models.sets import Sets
from models.states import review_year
from models.text import Text
from models.written_draws import most_draws, why_written_out

Claim = tuple[str, str]
"""Setting and message."""
_UNAIDED = (
    "risk = failures is not modelled with the objective capacity where projects go ahead without support, as {} does: what "
    "fails can then add capacity; set objective to coverage, or empty `unaided_fid`"
)


def check(findings: Findings, _sets: Sets) -> None:
    """Note every fault of the settings of risk."""
    for key, message in claims(findings.case):
        findings.setting_fault(key, message)
    _without_effect(findings)


def faults(case: Case) -> list[Diagnostic]:
    """The faults of the settings of risk, for a case that was made in code."""
    return [Diagnostic(cell=setting_cell(case, key), column=key, message=message) for key, message in claims(case)]


def claims(case: Case) -> list[Claim]:
    """Every fault as setting and message; no fault if only the case as planned counts."""
    if case.settings.risk == "none":
        return []
    return [claim for of_one in _FAULTS for claim in of_one(case)]


def _without_effect(findings: Findings) -> None:
    """Warn of settings that the measure does not read."""
    s, stated = findings.case.settings, findings.case.provenance
    read = {"cvar": ("alpha", "aversion"), "failures": ("failures", "failures_by")}.get(s.risk, ())
    others = {"alpha": "cvar", "aversion": "cvar", "failures": "failures", "failures_by": "failures"}
    for key, risk in others.items():
        if key not in read and stated.get(key, "default") != "default":
            findings.setting_warn(
                key,
                Text(
                    "{key} changes nothing: it belongs to risk = {other}, and risk is {risk}",
                    key=key,
                    other=risk,
                    risk=s.risk,
                ),
            )
    if s.draws and s.risk == "none":
        findings.setting_warn(
            "draws", Text("draws changes nothing: it belongs to risk = expected, cvar or worst, and risk is none")
        )
    if stated.get("review_year", "default") != "default" and s.risk != "none" and review_year(s) is None:
        why = Text("no decision falls after {year}", year=min(s.last_fid_year, s.last_year))
        if s.risk == "failures":
            why = Text("risk = failures plans for the workbook as planned")
        findings.setting_warn("review_year", Text("review_year changes nothing: {why}", why=why))
    if s.value_of_information and (s.draws or s.risk in ("none", "failures")):
        findings.setting_warn(
            "value_of_information",
            Text(
                "value_of_information changes nothing: it is worked out over named scenarios, under risk ="
                " expected, cvar, worst or regret with draws = 0; risk is {risk}, draws {draws}",
                risk=s.risk,
                draws=s.draws,
            ),
        )


def _nothing_uncertain(case: Case) -> Iterator[Claim]:
    s = case.settings
    if s.risk == "failures":
        return
    if not s.draws and not case.scenarios:
        yield (
            "risk",
            f"risk = {s.risk} needs scenarios: fill the sheet `scenarios`, or set draws and fill the sheet `risks`",
        )
    if s.draws and not case.risks and not any(w.probability > 0 and w.rows for w in scenarios(case.scenarios)):
        yield "draws", "nothing can be drawn: fill the sheet `risks`, or give scenarios a probability"


def _alpha(case: Case) -> Iterator[Claim]:
    if case.settings.risk == "cvar" and case.settings.alpha >= 1:
        yield (
            "alpha",
            f"{number(case.settings.alpha)} leaves no probability to average over: write less than 1, as in 0.9",
        )


def _measure_of_draws(case: Case) -> Iterator[Claim]:
    s = case.settings
    if s.draws and s.risk == "failures":
        yield "draws", "draws do not enter risk = failures, which plans for the worst set: set draws to 0"
    if s.draws and s.risk == "regret":
        yield "draws", "risk = regret compares named scenarios with the best plan of each: set draws to 0"


def _cut_budgets(case: Case) -> Iterator[Claim]:
    """Only decisions after a review can react to a budget cut."""
    s = case.settings
    rows = [r for r in case.scenarios if r.parameter == "budget"] if s.risk != "failures" else []
    if not rows:
        return
    cut = min(rows, key=lambda r: r.from_year or s.first_year)
    since, review = cut.from_year or s.first_year, review_year(s)
    problem = (
        f'scenario "{cut.scenario}" changes a budget from {since} on, which only decisions after a review can answer'
    )
    if review is None or review > since:
        yield "review_year", f"{problem}: set review_year to {_reviews(case, since)}"


def _reviews(case: Case, since: int) -> str:
    """The review years that can react to a budget change in a year, and the option that sets the last of them."""
    s = case.settings
    last = min(since, s.last_fid_year, s.last_year)
    years = f"a year from {s.first_year} to {last}" if last > s.first_year else str(last)
    return f"{years} (--review-year {last})"


def _not_modelled(case: Case) -> Iterator[Claim]:
    s = case.settings
    unaided = next((p.id for p in case.projects if p.unaided_fid is not None), None)
    if unaided is not None and s.risk == "failures" and s.objective == "capacity":
        yield "risk", _UNAIDED.format(unaided)


def _many_draws(case: Case) -> Iterator[Claim]:
    """Draws that are written out one by one, and are too many for that."""
    draws, why = case.settings.draws, why_written_out(case)
    if draws and why is not None and draws > (most := most_draws(case)):
        yield "draws", f"{draws} draws {why} are written out one by one, at most {most} of them: set draws to {most}"


def _soft_rules(case: Case) -> Iterator[Claim]:
    s = case.settings
    soft = soft_on_deliveries(case)
    if s.risk == "failures" and (row := next((r for r in soft if r.aggregate != "sum" or r.sense != ">="), None)):
        yield "risk", _made_hard(row, "risk = failures, as it can gain where a project fails")


def _made_hard(rule: Rule, why: str) -> str:
    return (
        f"the soft rule {rule.rule} counts deliveries, which is not modelled with {why}: make it hard, or leave it out"
    )


_FAULTS: tuple[Callable[[Case], Iterator[Claim]], ...] = (
    _nothing_uncertain, _alpha, _measure_of_draws, _cut_budgets, _not_modelled, _many_draws, _soft_rules,
)  # fmt: skip
