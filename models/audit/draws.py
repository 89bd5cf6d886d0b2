"""A plan in each of many random draws: the stream is run again, and every draw is valued in floating point.

Exact decimals would take minutes for ten thousand draws; the numbers of a double are far within the tolerance of the audit.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate

from models.audit.capacity import Need, needs
from models.audit.ledger import Ledger
from models.audit.pcg import uniforms
from models.audit.score import row_weights
from models.audit.stress_draws import stream
from models.audit.troubled import Trouble, troubled
from models.schema import Scenario


def drawn_values(ledger: Ledger, named: Mapping[str, Sequence[Scenario]], n: int, seed: int) -> list[float]:
    """The score in draws 1 to n of the stream. `named`: the rows of each scenario, in the order of the sheet."""
    source = stream(ledger.case, ledger.plan, named)
    worlds = [_DrawnWorld(ledger, rows) for _, _, rows in source.scenarios]
    shares = list(accumulate(float(p) for _, p, _ in source.scenarios))
    delays = [[*accumulate(share / 100 for _, share in risk.delay)] for risk, _ in source.shared]
    width = 1 + 3 * len(source.shared)
    numbers = uniforms(seed, 0, n * width)
    values = []
    for at in range(0, n * width, width):
        late: dict[str, int] = {}
        failed: set[str] = set()
        for k, (risk, ids) in enumerate(source.shared):
            fails, delay = numbers[at + 1 + 3 * k], numbers[at + 2 + 3 * k]
            if fails < risk.p_fail:
                failed.update(ids)
            if risk.delay:
                late.update(dict.fromkeys(ids, risk.delay[_place(delays[k], delay)][0]))
        values.append(worlds[_place(shares, numbers[at])].value(late, failed))
    return values


def _place(shares: Sequence[float], u: float) -> int:
    """The first place whose cumulated share exceeds u."""
    return next((n for n, share in enumerate(shares) if share > u), len(shares) - 1)


class _DrawnWorld:
    """Demand of one scenario and deliveries of each plant in it, as floats."""

    def __init__(self, ledger: Ledger, rows: Sequence[Scenario]) -> None:
        everybody = {*ledger.financed, *ledger.underway, *ledger.unaided}
        self._trouble, self._ledger = Trouble(tuple(rows)), ledger
        book = troubled(ledger, self._trouble, everybody)
        self._years = list(ledger.years)
        self._outputs: dict[tuple[str, int], list[float]] = {}
        items = needs(book)
        self.rows = [self._row(float(w), item) for w, item in zip(row_weights(book, items), items, strict=True)]
        self.plants = [(name, self._parts(name)) for name in sorted(everybody)]

    def value(self, late: Mapping[str, int], failed: set[str]) -> float:
        """The score where these projects are late, and these deliver nothing."""
        return self._score(
            [(part, self.output(name, late.get(name, 0))) for name, part in self.plants if name not in failed]
        )

    def _row(self, weight: float, item: Need) -> tuple[float, list[float], list[float], Need]:
        """Weight, demand and existing capacity by year of a demand row."""
        demand, existing = ([float(of(y)) for y in self._years] for of in (item.demanded, item.existing))
        return weight, demand, existing, item

    def _parts(self, name: str) -> list[tuple[int, float]]:
        """Demand rows that a plant serves, and with what part of its output."""
        project = self._ledger.projects[name]
        return [
            (n, 1.0 if item.material is None else project.shares.get(item.material, 0.0))
            for n, (_, _, _, item) in enumerate(self.rows)
            if item.stage == project.stage
        ]

    def output(self, name: str, late: int) -> list[float]:
        """Tonnes by year of a plant that is late."""
        if (name, late) not in self._outputs:
            self._outputs[name, late] = self._output(name, late)
        return self._outputs[name, late]

    def _output(self, name: str, late: int) -> list[float]:
        ledger, project = self._ledger, self._ledger.projects[name]
        first, underway = ledger.case.settings.first_year, name in ledger.underway
        fid = ledger.underway_fid(project) if underway else self._decided(name)
        trouble = Trouble(self._trouble.rows, delays={name: late})
        nameplate = project.capacity_tpa * project.allied_share
        return [nameplate * float(trouble.share(project, fid, y, first)) for y in self._years]

    def _decided(self, name: str) -> int:
        financed = self._ledger.financed
        return financed[name].fid_year if name in financed else self._ledger.unaided[name]

    def _score(self, outs: list[tuple[list[tuple[int, float]], list[float]]]) -> float:
        """The score where these plants deliver."""
        capacity = [list(standing) for _, _, standing, _ in self.rows]
        for parts, output in outs:
            for n, part in parts:
                row = capacity[n]
                capacity[n] = [a + part * b for a, b in zip(row, output, strict=True)]
        growth = 1 + self._ledger.case.settings.discount_rate
        discount = [growth**-n for n in range(len(self._years))]
        reached = asked = 0.0
        for (weight, demand, _, _), have in zip(self.rows, capacity, strict=True):
            for d, wanted, got in zip(discount, demand, have, strict=True):
                if wanted > 0:
                    reached, asked = reached + weight * d * min(1.0, got / wanted), asked + weight * d
        return reached / asked if asked else 0.0
