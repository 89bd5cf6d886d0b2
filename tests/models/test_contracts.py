"""The contracts between files: what instruments, families and measures declare is all that the program goes by."""

import random
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from support import foreign, oracle_rules
from support.cases import plant
from support.pages import planned
from support.tables import Book, case, settings

from models import instruments
from models.audit import audit
from models.audit.amounts import OF_AWARDS
from models.audit.instruments import TERMS
from models.audit.ledger import Ledger
from models.audit.report import unconfirmed_reasons
from models.case import Case
from models.classes import funding_classes
from models.decision import single_classes
from models.instruments import INSTRUMENTS
from models.rule_measures import MEASURES
from models.schema import AWARD_MEASURES, DELIVERY_MEASURES
from models.schema import INSTRUMENTS as NAMES
from models.sets import Sets
from models.terms import need
from optimizer.analysis.risk import solve
from optimizer.reports.binding import lines
from optimizer.solver.lexicographic import Options, open_search

YEARS = (2026, 2027)


@pytest.fixture
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as context:
        foreign.install(context)
        yield context


def book(seed: int, instrument: str = "tax credit") -> Book:
    """Two kinds of the same money: every award is best at its need, so that arithmetic settles who can be paid."""
    draw = random.Random(seed)
    projects = [
        {
            "id": f"p{n}", "country": "US", "stage": "mine", "sponsor": draw.choice("ab"), "build_years": draw.choice((1, 2)),
            "capacity_tpa": draw.randint(1, 30) * 10, "capex_m": draw.randint(2, 9) * 10, "private_share": 0.5,
            "esg_e": draw.choice((20, 60)),
        }
        for n in range(6)
    ]  # fmt: skip
    limit = draw.randint(5, 40)
    return {
        "projects": projects,
        "programmes": [{"id": "credits", "instrument": instrument, "total_m": limit, "cost_rate": 0.3}],
        "rules": [
            {"rule": "green", "measure": "green_money", "aggregate": "sum", "sense": "<=", "value": draw.randint(20, 80) * 60}
        ],
        "settings": settings(first_year=2026, last_year=2030, last_fid_year=YEARS[-1], total_budget_m="none"),
    }  # fmt: skip


def brute_force(world: Case) -> float:
    """Most capacity of all selections whose needs keep the total, the sponsors' limit and the rule."""
    best = 0.0
    for years in product((None, *YEARS), repeat=len(world.projects)):
        taken = [(p, y) for p, y in zip(world.projects, years, strict=True) if y is not None]
        cost = sum((0.1 * p.build_years + 0.05 * (y - foreign.FIRST)) * need(p) for p, y in taken)
        by_sponsor = [sum(need(p) for p, _ in taken if p.sponsor == s) for s in "ab"]
        green = sum((p.esg_e or 0.0) * need(p) for p, _ in taken)
        limit = world.programmes[0].total_m or 0.0
        if cost <= limit + 1e-9 and max(by_sponsor) <= foreign.SPONSOR_LIMIT_M and green <= world.rules[0].value:
            best = max(best, sum(p.capacity_tpa for p, _ in taken))
    return best


@pytest.mark.parametrize("seed", range(6))
def test_a_foreign_instrument_family_and_measure_are_solved_right(seed: int, patch: pytest.MonkeyPatch) -> None:
    world = case(book(seed))
    plan, expected = solve(world, gap=0), brute_force(world)
    assert plan.objective.value == pytest.approx(expected)
    assert plan.audit is not None
    assert plan.audit.passed
    assert any(line.startswith("sponsors: ") for line in plan.audit.checks)


@pytest.mark.parametrize("seed", range(6))
def test_classes_and_the_plain_form_agree_on_what_is_foreign(seed: int, patch: pytest.MonkeyPatch) -> None:
    """With loans, whose rate is the programme's, projects of one sponsor and one score share a class."""
    sets = Sets(case(book(seed, "loan")))
    plain = single_classes(sets)
    assert any(size > 1 for size in foreign.class_sizes(sets)), "no class: the test would prove nothing"
    bounds = [open_search(sets, Options(gap=0), classes=c).run().bound for c in (plain, funding_classes(sets))]
    assert bounds[0] == pytest.approx(bounds[1])


def test_projects_of_other_rates_keep_awards_of_their_own(patch: pytest.MonkeyPatch) -> None:
    assert set(foreign.class_sizes(Sets(case(book(0))))) == {1}


def test_an_instrument_that_does_not_declare_its_rate_is_named(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(instruments.INSTRUMENTS, "tax credit", foreign.UNDECLARED)
    with pytest.raises(ValueError, match=r"instrument tax credit: .* has to declare rate_varies_by_project"):
        funding_classes(Sets(case(book(0))))


def test_a_family_that_does_not_declare_its_key_would_mix_sponsors(patch: pytest.MonkeyPatch) -> None:
    """The declaration is what keeps them apart: nothing in the program knows sponsors by name."""
    sets = Sets(case(book(0, "loan")))
    mixed = [{i.sponsor for i in c.members} for c in funding_classes(sets)]
    assert all(len(sponsors) == 1 for sponsors in mixed)
    patch.delitem(foreign.families.FAMILIES, "sponsors")
    assert any(len({i.sponsor for i in c.members}) > 1 for c in funding_classes(sets))


CROWDED = {
    "settings": settings(first_year=2026, last_year=2028, objective="capacity", total_budget_m="none"),
    "projects": [
        plant("a", 10, 5, sponsor="Acme"),
        plant("b", 20, 5, sponsor="Acme"),
        plant("c", 3, 5, sponsor="Baxter"),
    ],
}


def test_a_foreign_limit_says_why_it_leaves_a_project_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of Acme's two projects one may be decided in 2026: the larger. The auditor confirms it, and confirms no other such
    reason: without the limit on its side, or of a project that the limit would let in."""
    foreign.install_limit(monkeypatch)
    world = case(CROWDED)
    plan = solve(world, gap=0)
    (out,) = plan.not_financed
    assert (out.id, out.reason, out.rule) == ("a", "limit leaves no room", "sponsor_years")
    assert out.detail == "Acme has 1 decision in 2026 already"
    assert lines(world, plan)[0] == "Binding: sponsor_years."
    assert audit(world, plan).passed
    smaller = plan.model_copy(
        update={
            "projects": tuple(p for p in plan.projects if p.id != "c"),
            "not_financed": (out, out.model_copy(update={"id": "c"})),
        }
    )
    assert unconfirmed_reasons(world, smaller) == {"c"}
    monkeypatch.undo()
    assert unconfirmed_reasons(world, plan) == {"a"}


def test_every_instrument_stands_in_the_schema_the_program_and_the_audit() -> None:
    folder = Path(str(instruments.__file__)).parent
    files = {path.stem.replace("_", " ") for path in folder.glob("*.py")} - {"  init  ", "instrument", "soft debt"}
    places = {
        "models/instruments/": files, "models/audit/instruments.py TERMS": set(TERMS), "models/programme.py INSTRUMENTS": set(NAMES),
    }  # fmt: skip
    everywhere = set().union(*places.values())
    missing = [f"{place} lacks {name}" for place, names in places.items() for name in sorted(everywhere - names)]
    assert missing == [], "; ".join(missing)
    assert [name for name, i in INSTRUMENTS.items() if i.name != name or not i.label] == []


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_every_instrument_costs_the_same_in_program_audit_and_brute_force(name: str) -> None:
    """For projects that take one or two years to build, decided in each year, where later money counts for less."""
    given = book(0, name)
    discount = {"key": "money_discount_rate", "value": 0.05}
    world = case(given | {"rules": [], "settings": [*given["settings"], discount]})
    programme, ledger = world.programmes[0], Ledger(world, planned(world, {}))
    assert len({p.build_years for p in world.projects}) > 1
    for project, year in product(world.projects, YEARS):
        rate = instruments.cost_rate(programme, project, year, world)
        assert float(TERMS[name].rate(ledger, programme, project, year)) == pytest.approx(rate), (
            "models/audit/instruments.py"
        )
        assert oracle_rules.cost_rate(world, programme, project, year) == pytest.approx(rate), (
            "tests/support/oracle_rules.py"
        )


def test_every_measure_of_awards_stands_in_the_schema_the_program_and_the_audit() -> None:
    awards = {name for name, m in MEASURES.items() if m.reads_awards}
    places = {
        "models/rule_measures.py": awards, "models/audit/amounts.py": set(OF_AWARDS), "models/schema.py": set(AWARD_MEASURES),
    }  # fmt: skip
    everywhere = set().union(*places.values())
    missing = [f"{place} lacks {name}" for place, names in places.items() for name in sorted(everywhere - names)]
    assert missing == [], "; ".join(missing)
    assert {name for name, m in MEASURES.items() if not m.reads_awards} == set(DELIVERY_MEASURES)
