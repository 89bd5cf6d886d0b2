"""Earnings that the budgets expect from the awards of a plan: windows with a negative cost rate, and price floors that share in
a price above the strike. Such awards are charged nothing, and the earnings pay for nothing."""

from collections import defaultdict
from math import fsum

from models.case import Case
from models.plan import Plan
from optimizer.reports.formatting import few_more, money
from optimizer.reports.language import tr

MOST = 4
"""Programmes that are named; the tables list every award."""


def expected_receipts(case: Case, plan: Plan) -> list[str]:
    """One sentence; nothing where no award is expected to earn."""
    by_programme: dict[str, list[float]] = defaultdict(list)
    for financed in plan.projects:
        for award in financed.awards:
            if award.expected_receipt_m:
                by_programme[award.programme].append(award.expected_receipt_m)
    if not by_programme:
        return []
    sums = {name: fsum(amounts) for name, amounts in by_programme.items()}
    most = sorted(sums, key=lambda name: (-sums[name], name))
    named = few_more([tr("{name} {amount}", name=name, amount=money(sums[name])) for name in most], MOST)
    total = money(fsum(sums.values()), case.settings.base_currency)
    return [
        tr(
            "Expected receipts: {total} ({programmes}); the budgets are charged 0 for these awards, and nothing is paid from it.",
            total=total,
            programmes=named,
        )
    ]
