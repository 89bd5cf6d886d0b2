"""The audit of deadweight: the part of a financed project that would have come without support."""

from collections.abc import Iterator
from decimal import Decimal

from models.audit import market
from models.audit.exact import ZERO, Finding, equal, exact, must
from models.audit.ledger import Ledger
from models.audit.projects import delivered


def stated(ledger: Ledger) -> Iterator[Finding]:
    """The stated deadweight of each financed project, in tonnes over the horizon and in millions of budget cost."""
    for name, row in ledger.financed.items():
        if name not in ledger.unaided:
            yield must(row.deadweight_t is None, f"{name} states a deadweight and never goes ahead without support")
            continue
        project, other = ledger.projects[name], ledger.unaided[name]
        with_support = [delivered(project, row.fid_year, year) for year in ledger.years]
        without = [delivered(project, other, year) for year in ledger.years]
        anyway = sum((min(pair) for pair in zip(with_support, without, strict=True)), ZERO)
        yield must(row.deadweight_t is not None, f"{name} goes ahead without support and no deadweight is stated")
        tonnes = exact(project.capacity_tpa) * anyway
        yield equal(row.deadweight_t or 0.0, tonnes, f"{name}: deadweight in t")
        whole = sum(with_support, ZERO)
        if whole == 0:
            yield must(row.deadweight_m is None, f"{name} delivers nothing and states a deadweight in M")
        else:
            part = _cost(ledger, name) * anyway / whole
            yield equal(row.deadweight_m or 0.0, part, f"{name}: deadweight in M", [_cost(ledger, name)])


def _cost(ledger: Ledger, name: str) -> Decimal:
    """Budget cost of a project's support."""
    if not ledger.case.programmes:
        return market.alone(ledger, ledger.projects[name], ledger.financed[name].fid_year)
    return sum((given.cost for given in ledger.awards[name]), ZERO)
