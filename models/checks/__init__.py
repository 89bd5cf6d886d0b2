"""Checks of a case that read more than one cell; they give faults and warnings.

Each file holds one idea; `check` runs them all in one pass, so that a planner sees every fault at once.
"""

from collections.abc import Set

from models.case import Case
from models.checks import (
    affordability,
    chain,
    committed_limits,
    coverage,
    evidence,
    exchange_rates,
    materials,
    money,
    places,
    plausibility,
    precedence,
    prices,
    programmes,
    references,
    risk,
    risks,
    rules,
    scales,
    scenarios,
    windows,
)
from models.checks.findings import Findings, setting_cell
from models.faults import Diagnostic
from models.sets import Sets

__all__ = ["budget_fault", "check", "risk_faults"]


def check(case: Case, unsure_rules: Set[int] = frozenset()) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """Faults and warnings of a case, each in the order of the workbook.

    `unsure_rules`: rows of rules with cells that could not be read; they are checked as written, but not applied.

    A case with a fault must not be solved, because the meaning of its rows is not defined. Warnings do not stop a solve. The manual
    lists all faults and warnings.
    """
    findings = Findings(case)
    references.check(findings)
    sound = rules.check(findings)
    # A faulty `each` rule would bar every project and bury its own fault under diagnostics on emptiness.
    sets = Sets(case.with_(rules=tuple(rule for rule in sound if rule.row not in unsure_rules)))
    rules.check_picks(findings, sets)
    for idea in (
        windows,
        precedence,
        committed_limits,
        money,
        places,
        exchange_rates,
        programmes,
        prices,
        coverage,
        materials,
        chain,
        plausibility,
        scales,
        scenarios,
        risks,
        evidence,
        risk,
        affordability,
    ):
        idea.check(findings, sets)
    return findings.in_order()


def risk_faults(case: Case) -> list[Diagnostic]:
    """The faults of a case's settings of risk."""
    return risk.faults(case)


def budget_fault(case: Case) -> Diagnostic | None:
    """The fault of a case without any budget; None if a limit, or `none`, is given."""
    s = case.settings
    stated = case.provenance.get("total_budget_m", "default") != "default"
    if case.programmes or s.total_budget_m is not None or stated:
        return None
    return Diagnostic(
        cell=setting_cell(case, "total_budget_m"),
        column="total_budget_m",
        message=(
            "there is no budget of any kind: fill a `programmes` sheet, give the setting total_budget_m in millions "
            f"of {s.base_currency} (or --budget), or write `none` to plan without a limit"
        ),
    )
