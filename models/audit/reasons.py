"""Check of the stated reasons for leaving projects out, from the case and the plan.

"Added alone" means that a project, with all that go together with it, is decided in one year beside a plan that stays
as it is. What the chain would deliver then is another linear program, which is not repeated: there it is only checked
that the project's process runs at its full capacity in a year in which the project would deliver (for `outbid` and
`rule leaves no room`), or that it never does (for `adds nothing`: a capacity that does not bind is worth nothing).
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from models.audit import selection_limits
from models.audit.additions import Additions
from models.audit.amounts import datum
from models.audit.exact import ZERO, exact
from models.audit.financing import eligible
from models.audit.ledger import Ledger
from models.audit.picks import picks
from models.audit.projects import cap, need
from models.audit.room import best_missing, decision_row
from models.audit.unspent import Purse
from models.audit.viability import can_pay
from models.plan import NotFinanced
from models.schema import Project, Rule

BARS = ("barred", "off the country list", "fails rule")
GAIN = Decimal("5e-7")
"""Gains of the objective up to this count as none."""
LENIENCE = Decimal("1e-9")
"""Tolerance around it, because the plan was computed in floating point."""
Bundle = tuple[Project, ...]


def bars(ledger: Ledger, project: Project) -> dict[str, str]:
    """Reasons for which a project cannot be financed in any plan: reason -> in words."""
    reasons = {}
    if project.status == "barred":
        reasons["barred"] = "barred"
    if project.country not in ledger.case.settings.countries:
        reasons["off the country list"] = f"{project.country} is not in `countries`"
    failed = [rule.rule for rule in ledger.case.rules if fails(ledger, rule, project)]
    if failed:
        reasons["fails rule"] = f"fails {', '.join(failed)}"
    return reasons


def fails(ledger: Ledger, rule: Rule, project: Project) -> bool:
    """Whether a project does not meet an `each` rule; a missing value does not meet it."""
    if rule.aggregate != "each" or not picks(rule, project):
        return False
    value = datum(ledger, rule.measure, project)
    return value is None or (value < exact(rule.value) if rule.sense == ">=" else value > exact(rule.value))


@dataclass(frozen=True)
class Reasons:
    """The checks of one plan's reasons."""

    ledger: Ledger

    def is_true(self, row: NotFinanced) -> bool:
        """Whether the stated reason is true; a barred project has no other reason."""
        project = self.ledger.projects[row.id]
        barred = bars(self.ledger, project)
        if barred or row.reason in BARS:
            return row.reason in barred
        if row.reason not in self._checks:
            return row.reason == "not worked out"
        return self._checks[row.reason](project, row)

    @cached_property
    def _checks(self) -> dict[str, Callable[[Project, NotFinanced], bool]]:
        return {
            "no eligible programme": self._no_programme,
            "needs another": self._needs_another,
            "excluded by another": self._excluded,
            "does not fit the horizon": self._late,
            "nothing is financed that it could follow": lambda project, _: not self._following(self._bundle(project)),
            "programmes closed in its years or too small": self._too_small,
            "does not pay at these prices": self._does_not_pay,
            "adds nothing": self._adds_nothing,
            "rule leaves no room": self._no_room,
            "limit leaves no room": self._limited,
            "outbid": self._outbid,
        }

    # -- links and windows ---------------------------------------------------------------------------------------

    def _no_programme(self, project: Project, _: NotFinanced) -> bool:
        programmes = self.ledger.case.programmes
        able = any(eligible(self.ledger, one, project) and cap(one, project) > 0 for one in programmes)
        return bool(programmes) and not able and need(project) > 0

    def _needs_another(self, project: Project, _: NotFinanced) -> bool:
        clauses = (*project.requires, *((other,) for other in self._partners.get(project.id, ())))
        there = self.ledger.present | self.ledger.unaided.keys()
        return any(there.isdisjoint(clause) for clause in clauses)

    def _excluded(self, project: Project, _: NotFinanced) -> bool:
        return not self.ledger.present.isdisjoint(rivals(self.ledger, project))

    def _late(self, project: Project, _: NotFinanced) -> bool:
        window = self.ledger.window(project)
        return not window or window[0] + project.build_years > self.ledger.case.settings.last_year

    @cached_property
    def _partners(self) -> dict[str, set[str]]:
        """Project -> those that go together with it, whichever of the two names the other."""
        pairs: dict[str, set[str]] = {}
        for project in self.ledger.case.projects:
            for other in project.together:
                pairs.setdefault(project.id, set()).add(other)
                pairs.setdefault(other, set()).add(project.id)
        return pairs

    def _bundle(self, project: Project) -> Bundle:
        """The project and all that go together with it; an underway partner puts no condition."""
        names, more = {project.id}, {project.id}
        while more:
            more = (
                set().union(*(self._partners.get(name, set()) for name in more)) - names - self.ledger.underway.keys()
            )
            names |= more
        return tuple(self.ledger.projects[name] for name in sorted(names) if name in self.ledger.projects)

    def _following(self, bundle: Bundle) -> list[int]:
        """Years in the windows of all, in which what they require is underway or decided."""
        years = set(self.ledger.window(bundle[0])).intersection(*(self.ledger.window(project) for project in bundle))
        return sorted(year for year in years if self._met(bundle, year))

    def _met(self, bundle: Bundle, year: int) -> bool:
        clauses = [clause for project in bundle for clause in project.requires]
        if not clauses:
            return True
        members = {project.id for project in bundle}
        return all(any(one in members or self.ledger.stands(one, year) for one in clause) for clause in clauses)

    # -- money, gains and rules ----------------------------------------------------------------------------------

    @cached_property
    def _unspent(self) -> Purse:
        return Purse(self.ledger)

    @cached_property
    def _everything(self) -> Purse:
        return Purse(self.ledger.alone(()))

    @cached_property
    def _additions(self) -> Additions:
        return Additions(self.ledger)

    def _paying(self, bundle: Bundle) -> list[int]:
        """Years in which support could close the gap of each of a bundle."""
        years = self._following(bundle)
        return [year for year in years if all(can_pay(self.ledger, project, year) for project in bundle)]

    def _does_not_pay(self, project: Project, _: NotFinanced) -> bool:
        bundle = self._bundle(project)
        return bool(self._following(bundle)) and not self._paying(bundle)

    def _payable(self, bundle: Bundle) -> list[int]:
        """Years in which all the money of the case could pay for a bundle."""
        return [year for year in self._paying(bundle) if self._everything.could_pay(bundle, year)]

    def _too_small(self, project: Project, _: NotFinanced) -> bool:
        bundle = self._bundle(project)
        return bool(self._paying(bundle)) and not self._payable(bundle)

    def _gains(self, bundle: Bundle, year: int) -> bool:
        """Whether a bundle decided in a year raises the objective (of a chain: may raise it)."""
        return self._additions.gain(bundle, year) > GAIN - LENIENCE

    def _adds_nothing(self, project: Project, _: NotFinanced) -> bool:
        bundle = self._bundle(project)
        years = self._payable(bundle)
        return bool(years) and all(self._additions.gain(bundle, year) <= GAIN + LENIENCE for year in years)

    def _outbid(self, project: Project, row: NotFinanced) -> bool:
        bundle, year = self._bundle(project), row.year
        if year is None or year not in self._following(bundle):
            return False
        others_use_it = self._everything.could_pay(bundle, year) and not self._unspent.could_pay(bundle, year)
        return others_use_it and self._gains(bundle, year)

    def _useful(self, bundle: Bundle) -> list[int]:
        """Years in which a bundle could be paid and would raise the objective."""
        return [year for year in self._payable(bundle) if self._gains(bundle, year)]

    def _limited(self, project: Project, _: NotFinanced) -> bool:
        bundle = self._bundle(project)
        years = self._useful(bundle)
        return bool(years) and all(self._breaks_a_limit(bundle, year) for year in years)

    def _breaks_a_limit(self, bundle: Bundle, year: int) -> bool:
        """Whether a check of limits on selections fails with a bundle beside the plan."""
        decided = (*self.ledger.financed.values(), *(decision_row(project, year) for project in bundle))
        more = self.ledger.alone(decided)
        checks = selection_limits.SELECTION_LIMITS
        return any(not finding.holds for check in checks for finding in check.compare(more))

    def _no_room(self, project: Project, row: NotFinanced) -> bool:
        rule = next((rule for rule in self.ledger.case.rules if rule.rule == row.rule), None)
        bundle = self._bundle(project)
        useful = self._useful(bundle)
        if rule is None or not useful:
            return False
        return all(self._stands_against(rule, bundle, year) for year in useful)

    def _stands_against(self, rule: Rule, bundle: Bundle, year: int) -> bool:
        if rule.hard:
            return best_missing(self.ledger, rule, bundle, year) > ZERO
        soft = [one for one in self.ledger.case.rules if not one.hard and one.penalty]
        costs = {one.rule: self._cost(one, bundle, year) for one in soft}
        return (
            costs.get(rule.rule, ZERO) > 0
            and sum(costs.values(), ZERO) >= self._additions.gain(bundle, year) - 2 * GAIN
        )

    def _cost(self, rule: Rule, bundle: Bundle, year: int) -> Decimal:
        """Least further points that a soft rule takes away, beyond what it takes from the plan."""
        after, before = best_missing(self.ledger, rule, bundle, year), best_missing(self.ledger, rule, (), year)
        return exact(rule.penalty or 0.0) * (after - before)


def rivals(ledger: Ledger, project: Project) -> set[str]:
    """Projects that cannot be financed beside this one, whichever of the two names the other."""
    group = ledger.groups.get(project.group, []) if project.group else []
    return {*project.excludes, *ledger.excluders.get(project.id, []), *group} - {project.id}
