"""The audit of viability: support is worth at least the gap, and no more than all of a project is sold."""

from collections.abc import Iterator
from decimal import Decimal

from models.audit import market
from models.audit.exact import ONE, ZERO, Finding, at_most, equal, exact, must, say
from models.audit.financing import eligible
from models.audit.instruments import gain, worth
from models.audit.ledger import Given, Ledger
from models.audit.projects import cap, need
from models.schema import Programme, Project

HALF_CENT = Decimal("5e-9")
"""In millions."""


def closes(ledger: Ledger) -> Iterator[Finding]:
    """The worth of the awards of each project against its gap, and the stakes sold."""
    for name, row in ledger.financed.items():
        project = ledger.projects[name]
        if market.hurdle(ledger, project) is None:
            continue
        missing = market.gap(ledger, project, row.fid_year)
        if not ledger.case.programmes:
            room = market.room(project)
            yield at_most(
                missing,
                room,
                f"{name} lacks {say(missing)} M at these prices and has room for {say(room)} M",
                [missing],
            )
            continue
        values = [(worth(ledger, a.programme, project, row.fid_year), a.face) for a in ledger.awards[name]]
        brought = sum((value * face for value, face in values), ZERO)
        # Awards are whole cents, so the worth of a contract that is many times its face value is known to as many cents.
        brought += sum((value for value, _ in values), ZERO) * HALF_CENT
        sentence = f"{name}: the support is worth {say(brought)} M, the market leaves {say(missing)} M missing"
        yield at_most(missing, brought, sentence, [missing])
        yield from _stakes(ledger, project, ledger.awards[name])


def _stakes(ledger: Ledger, project: Project, awards: list[Given]) -> Iterator[Finding]:
    sold = ZERO
    for given in awards:
        if given.programme.instrument == "equity" and given.face:
            whole = market.stake(ledger, given.programme, project, given.year)
            yield must(whole > 0, f"{project.id}, {given.programme.id}: there is no cash to take a stake in")
            sold += given.face / whole if whole > 0 else ZERO
    yield at_most(sold, ONE, f"{project.id}: {say(sold)} of the project are sold as equity", [sold])


def stated(ledger: Ledger) -> Iterator[Finding]:
    """The stated gap, bankable capital, value without support, clearing price and worth; expected receipts."""
    for name, row in ledger.financed.items():
        project, year = ledger.projects[name], row.fid_year
        for given in ledger.awards[name]:
            expected = gain(ledger, given.programme, project, year) * given.face
            yield equal(
                given.stated.expected_receipt_m or 0.0, expected, f"{name}: the expected receipt in M", [given.face]
            )
        if market.hurdle(ledger, project) is None:
            yield must(row.gap_m is None, f"{name} states a gap and need not be viable")
            continue
        for given in ledger.awards[name]:
            brought = worth(ledger, given.programme, project, year) * given.face
            yield equal(given.stated.worth_m or 0.0, brought, f"{name}: the worth of an award in M", [given.face])
        capital = [exact(project.capex_m), market.bankable(ledger, project, year)]
        yield from _numbers(ledger, name, capital)


def _numbers(ledger: Ledger, name: str, base: list[Decimal]) -> Iterator[Finding]:
    row, project = ledger.financed[name], ledger.projects[name]
    if row.gap_m is None or row.bankable_m is None or row.npv_m is None or row.worth_m is None:
        yield must(False, f"{name} must be viable, and its gap or value is not stated")
        return
    year, rate = row.fid_year, market.hurdle(ledger, project) or ZERO
    missing, served = market.gap(ledger, project, year), market.bankable(ledger, project, year)
    spent = market.spending(ledger, project, rate)
    lacking = exact(project.capex_m) - exact(project.secured_m)
    yield equal(row.gap_m, missing, f"{name}: the gap in M", base)
    yield equal(row.bankable_m, served, f"{name}: bankable capital in M", base)
    yield equal(row.npv_m, spent * (served - lacking), f"{name}: the value without support in M", base)
    brought = sum((worth(ledger, a.programme, project, year) * a.face for a in ledger.awards[name]), ZERO)
    if not ledger.case.programmes:
        brought = max(need(project), missing)
    yield equal(row.worth_m, brought, f"{name}: the worth of its support in M", base)
    if row.clears_at is not None:
        # At the clearing price the cash, with prices scaled, serves exactly the capital that is missing.
        cash = market.worth_today(market.cash(ledger, project, year), rate)
        still = market.worth_today(market.cash(ledger, project, year, prices=exact(row.clears_at)), rate)
        yield equal(float(still), spent * lacking, f"{name}: cash at the clearing price in M", [*base, cash])


def can_pay(ledger: Ledger, project: Project, year: int) -> bool:
    """Whether the programmes could close a project's gap, whatever their budgets: an upper bound."""
    missing, left = market.gap(ledger, project, year), market.room(project)
    if missing <= 0:
        return True
    if not ledger.case.programmes:
        return missing <= left
    brought = ZERO
    for value, face in sorted(((worth(ledger, p, project, year), _most(ledger, p, project, year))
                               for p in ledger.case.programmes if eligible(ledger, p, project)), reverse=True):  # fmt: skip
        taken = min(left, face)
        brought, left = brought + taken * value, left - taken
    return missing <= brought * (ONE + Decimal("1e-9"))


def _most(ledger: Ledger, programme: Programme, project: Project, year: int) -> Decimal:
    face = cap(programme, project)
    if programme.instrument != "equity":
        return face
    return min(face, max(ZERO, market.stake(ledger, programme, project, year)))
