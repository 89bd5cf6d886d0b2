"""The sets of a case in one state: decisions from the review on are sized at its prices and paid from its envelopes.

A cut scales what is not committed before the review: $spent_{new} \\le f\\,(envelope - spent_{old})$.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

from models.case import Case
from models.scenario_prices import price_rows, repriced
from models.scenario_sets import delivers_in
from models.scenarios import Realization
from models.schema import Programme
from models.sets import Fund, Sets
from models.states import State


@dataclass(frozen=True)
class StateSets(Sets):
    """Sets and derived numbers of a case in one state. Capacity, demand and supply are as planned; `models.scenario_sets` has
    those of a scenario."""

    state: State = field(default_factory=lambda: State("", ()))
    review_year: int = 0

    @cached_property
    def _known(self) -> Realization:
        return Realization(self.state.name, self.state.rows)

    @cached_property
    def _repriced(self) -> Case:
        return repriced(self.case, price_rows(self.state.rows))

    def sizing(self, year: int) -> Case:
        """The case at whose prices a decision of a year is sized."""
        return self._repriced if year >= self.review_year else self.case

    def charge_factor(self, fund: Fund, fid: int, year: int) -> float:
        """Envelopes of the state: a cut does not touch what was committed before the review."""
        return self._known.envelope_factor(fund, year) if fid < self.review_year else 1.0

    def _fund(self, name: str, members: tuple[Programme, ...]) -> Fund:
        fund = super()._fund(name, members)
        if fund.envelopes is None:
            return fund
        left = {t: self._known.envelope_factor(fund, t) * money for t, money in fund.envelopes.items()}
        return replace(fund, envelopes=left)


def state_sets(planned: Sets, state: State, year: int) -> StateSets:
    """The sets of a state, with the rules on what is decided; those on deliveries belong to scenarios."""
    rules = tuple(r for r in planned.case.rules if not delivers_in(r))
    return StateSets(planned.case.model_copy(update={"rules": rules}), state, year)
