"""The least amount by which a rule's row is missed if projects are added to a plan, with the awards that suit it best."""

from collections.abc import Iterable
from decimal import Decimal

from models.audit import market
from models.audit.amounts import MissingNumberError
from models.audit.exact import ONE, TOLERANCE, ZERO, exact
from models.audit.financing import eligible
from models.audit.ledger import Ledger
from models.audit.projects import cap, need
from models.audit.rules import LinearRow, row
from models.plan import Award, Financed
from models.schema import AWARD_MEASURES, Programme, Project, Rule


def best_missing(ledger: Ledger, rule: Rule, bundle: tuple[Project, ...], year: int) -> Decimal:
    """By how much the row is missed with the awards that are best for it, between need and capital cost; 0 if it holds within
    the tolerance. The row is linear in the decisions, so that its parts are added up.

    0 also for rules that are not examined: rules of joint finance, whose row is not linear in the awards, and rules over a missing
    number.
    """
    if "joint" in (rule.measure, rule.per):
        return ZERO
    try:
        with_plan, nothing = row(ledger, rule), row(ledger.alone(()), rule)
        left = with_plan.left + sum((_best(ledger, rule, one, year, nothing.left) for one in bundle), ZERO)
    except MissingNumberError:
        return ZERO
    missing = with_plan.right - left if rule.sense == ">=" else left - with_plan.right
    slack = TOLERANCE / 2 * max(ONE, abs(exact(rule.value)), abs(left))
    return missing if missing > slack else ZERO


def _best(ledger: Ledger, rule: Rule, project: Project, year: int, nothing: Decimal) -> Decimal:
    """Amount that a project adds to the left-hand side."""
    alone = _decided(ledger, rule, project, year).left - nothing
    if not {str(rule.measure), str(rule.per)}.intersection(AWARD_MEASURES):
        return alone
    able = [one for one in ledger.case.programmes if eligible(ledger, one, project)]
    effects = [(_decided(ledger, rule, project, year, one).left - nothing - alone, cap(one, project)) for one in able]
    return alone + _spread(effects, need(project), market.room(project), wants_more=rule.sense == ">=")


def decision_row(project: Project, year: int, awards: tuple[Award, ...] = ()) -> Financed:
    """The row of a plan for a project that is decided in a year without any money."""
    return Financed(
        id=project.id, fid_year=year, need_m=0.0, public_m=0.0, contingent_m=0.0, private_m=0.0, awards=awards
    )


def _spread(effects: Iterable[tuple[Decimal, Decimal]], least: Decimal, most: Decimal, *, wants_more: bool) -> Decimal:
    """The best sum of awards times their effects: awards that help up to `most`, and others only as far as `least` requires."""
    total = taken = ZERO
    for effect, limit in sorted(effects, key=lambda pair: pair[0], reverse=wants_more):
        helps = effect > 0 if wants_more else effect < 0
        amount = min(limit, max(ZERO, (most if helps else least) - taken))
        total, taken = total + effect * amount, taken + amount
    return total


def _decided(ledger: Ledger, rule: Rule, project: Project, year: int, programme: Programme | None = None) -> LinearRow:
    """The row of a plan of this project alone, with one million of face value of a programme."""
    awards = () if programme is None else (Award(programme=programme.id, year=year, face_m=1.0, cost_m=0.0),)
    one = decision_row(project, year, awards)
    return row(ledger.alone([one]), rule)
