"""Scenarios for a workbook that has none. They are stresses without probability.

Delay, overrun, demand and prices in round numbers as planners test them first, and every country, sponsor and programme
of the plan lost. A fall of prices is left out if neither viability nor a price floor reads prices.
"""

from collections.abc import Iterator

from models.case import Case
from models.evaluation import Decided
from models.measures import normal_form
from models.scenario_prices import reads_prices
from models.schema import Scenario, Where
from models.stress import Stress
from models.text import Text
from optimizer.analysis.stress.losses import groups

COMMON = (
    (Text("one year late"), "delay_years", 1.0),
    (Text("two years late"), "delay_years", 2.0),
    (Text("capital cost 30 % up"), "capex", 1.3),
    (Text("demand 20 % down"), "demand", 0.8),
    (Text("demand 25 % up"), "demand", 1.25),
)
FALL = (Text("prices 40 % down"), "price", 0.6)


def built_in(decisions: Decided) -> tuple[Scenario, ...]:
    """The built-in scenarios for a plan, as rows of the sheet."""
    changes = (*COMMON, FALL) if reads_prices(decisions.case) else COMMON
    common = [
        _named(name, Scenario(row=0, scenario=name, parameter=parameter, value=value))
        for name, parameter, value in changes
    ]
    return (*common, *_lost(decisions))


def with_texts(case: Case, stress: Stress) -> Stress:
    """A stress that was read from a file, with the names of built-in scenarios as reports translate them."""
    if case.scenarios:
        return stress
    rows = tuple(row.model_copy(update={"scenario": _text(case, row.scenario)}) for row in stress.scenarios)
    return stress.model_copy(update={"scenarios": rows})


def _text(case: Case, name: str) -> str:
    lost = name.removesuffix(" lost")
    if lost != name:
        is_country = any(p.country == lost for p in case.projects)
        return Text("{country} lost", country=lost) if is_country else Text("{name} lost", name=lost)
    return next((text for text, _, _ in (*COMMON, FALL) if text == name), name)


def _lost(decisions: Decided) -> Iterator[Scenario]:
    plants = [p for p in decisions.case.projects if p.id in decisions.chosen or p.status == "underway"]
    for country in sorted({p.country for p in plants}):
        yield _fails(Text("{country} lost", country=country), f"country={country}", "country", (country,))
    sponsors = [s for s, ids in groups(decisions, "sponsor").items() if s not in ids]
    for sponsor in sponsors:
        yield _fails(Text("{name} lost", name=sponsor), f'sponsor="{sponsor}"', "sponsor", (sponsor,))
    for programme in sorted({p for _, p, _ in decisions.awards}):
        ids = tuple(sorted({i for i, p, _ in decisions.awards if p == programme}))
        yield _fails(Text("{name} lost", name=programme), f"id={'|'.join(ids)}", "id", ids)


def _fails(name: Text, words: str, column: str, values: tuple[str, ...]) -> Scenario:
    picks = Where(projects=((column, tuple(normal_form(v) for v in values)),))
    return _named(name, Scenario(row=0, scenario=name, parameter="fails", where=words, picks=picks, value=1))


def _named(name: Text, row: Scenario) -> Scenario:
    """The row with a name that reports translate: the schema makes a plain text of it, as of a planner's."""
    return row.model_copy(update={"scenario": name})
