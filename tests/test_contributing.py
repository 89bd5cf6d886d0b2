"""Whoever extends the project is told which file is still missing: the checklists of CONTRIBUTING.md, held one by one."""

import importlib
import inspect
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from io import BytesIO
from typing import get_args

import openpyxl
import pytest
from jinja2 import UndefinedError
from support import oracle
from support.cases import FAMILY_WORLDS, WORLDS, World, grant, plant
from support.cases_chain import CHAIN_WORLDS
from support.commandline import ROOT
from support.tables import Book, case, settings

from models import objectives, schema
from models.audit import audit
from models.audit.additions import Additions
from models.audit.report import CHAIN_CHECKS, CHECKS, unconfirmed_reasons
from models.audit.score import VALUES
from models.case import Case
from models.evaluation import Decided
from models.families import FAMILIES
from models.family import admits
from models.plan import Plan
from models.scenarios import AS_PLANNED, Realization
from models.sets import Sets
from optimizer.analysis.infeasibility.descriptions import cells, statement
from optimizer.analysis.infeasibility.elastic_program import Elastic
from optimizer.analysis.infeasibility.report import Restriction
from optimizer.analysis.infeasibility.restrictions import limit_now, repaired, restrictions
from optimizer.analysis.infeasibility.single_repairs import change
from optimizer.analysis.risk import solve
from optimizer.analysis.stress.arrays import PlanArrays
from optimizer.cli.main import VERBS
from optimizer.reports.case_summary import LINES, modelled
from optimizer.reports.plan_page import SECTIONS, page_text
from optimizer.reports.plan_workbook import SHEETS, book_bytes
from optimizer.reports.tables.sections import TABLE_SECTIONS

GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def files(folder: str) -> set[str]:
    """Modules of a folder, without their ending."""
    return {p.stem for p in (ROOT / folder).glob("*.py")} - {"__init__"}


# -- a constraint ------------------------------------------------------------------------------------------------------


def test_every_file_of_constraints_is_built_somewhere() -> None:
    """As a family, or as rows that the formulation, another constraint or `optimizer.analysis` adds."""
    folder, there = ROOT / "models" / "constraints", files("models/constraints")
    assert sorted(set(FAMILIES) - there) == [], "models/constraints lacks their files"
    declared = {
        name for name in there if re.search(r"^\w+ = Family\(", (folder / f"{name}.py").read_text("utf-8"), re.M)
    }
    assert sorted(declared - set(FAMILIES)) == [], "models/constraints: call the Family as its file, in capitals"
    readers = [ROOT / "models" / "formulation.py", *(ROOT / "models" / "constraints").glob("*.py")]
    readers += (ROOT / "optimizer" / "analysis").rglob("*.py")
    imports = "\n".join(re.sub(r"[()\n]", " ", path.read_text("utf-8")) for path in readers)
    built = set(re.findall(r"models\.constraints\.(\w+) import", imports))
    built |= {
        n
        for names in re.findall(r"from models\.constraints import ([\w, ]+)", imports)
        for n in re.findall(r"\w+", names)
    }
    assert sorted(there - set(FAMILIES) - built) == [], "models/constraints: neither a Family nor used by another file"


def unknown(place: str, declared: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    """What is missing in a place: everything, or what it does not know."""
    names, there = tuple(declared), set(known)
    if not names:
        yield f"{place} does not know it"
    yield from (f"{place} has no {name!r}" for name in names if name not in there)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda f: f.name)
def test_every_family_is_checked_audited_repaired_and_reported(family: object) -> None:
    message = [family.modelled] if family.modelled != "limits" or family.setting else []
    checks = [name for name in family.checks if name != "committed_limits" or family.refuses is not admits]
    missing = [
        *unknown("optimizer/reports/case_summary.py", message, LINES),
        *unknown("models/checks/", checks, files("models/checks")),
        *unknown(
            "models/audit/report.py or selection_limits.py",
            family.audits,
            (check.name for check in (*CHECKS, *CHAIN_CHECKS)),
        ),
        *(
            unknown("optimizer/analysis/infeasibility/restrictions.py", family.repairs, KINDS)
            if family.forbids and (family.repairs or not family.setting)
            else ()
        ),
        *unknown(
            "tests/support/families/ or tests/support/cases.py",
            [family.name],
            (str(world.family) for world in FAMILY_WORLDS),
        ),
    ]
    assert missing == [], f"models/constraints/{family.name}.py: {'; '.join(missing)}"


def test_every_file_of_checks_is_run() -> None:
    """Each file with a function `check` stands in the list that the package goes through, or another file calls it."""
    folder = ROOT / "models" / "checks"
    texts = {path.stem: path.read_text("utf-8") for path in folder.glob("*.py")}
    ideas = {name for name, text in texts.items() if "\ndef check(" in text} - {"__init__"}
    listed = re.findall(r"\w+", texts["__init__"].partition("for idea in (")[2].partition(")")[0])
    called = re.findall(r"\b(\w+)\.check\(", "".join(texts.values()))
    assert sorted(ideas.difference(listed, called)) == [], "models/checks/__init__.py does not run them"


@pytest.mark.parametrize("world", FAMILY_WORLDS, ids=lambda w: w.family)
def test_the_oracle_knows_every_family(world: object) -> None:
    """Brute force, written from the mathematics alone, finds the hand-solved value of each family's own world."""
    best_value = oracle.best(case(world.book))
    assert best_value.net == pytest.approx(world.value, abs=1e-7), (
        f"tests/support/families/ or oracle.py does not know {world.family}"
    )


@pytest.mark.parametrize("world", FAMILY_WORLDS, ids=lambda w: w.family)
def test_every_family_says_why_its_own_world_leaves_projects_out(world: World) -> None:
    """By a reason of `models.reasons` or by what the family itself refuses, and the auditor confirms it."""
    given = case(world.book)
    plan = solve(given, gap=0.0)
    unknown_to_all = [row.id for row in plan.not_financed if row.reason == "not worked out"]
    assert unknown_to_all == [], f"models/constraints/{world.family}.py: `refuses` of its Family, or models/reasons"
    assert unconfirmed_reasons(given, plan) == frozenset(), (
        "models/audit/selection_limits.py, or models/audit/reasons.py"
    )


LIMITED = [w for w in FAMILY_WORLDS if FAMILIES[str(w.family)].setting]


@pytest.mark.parametrize("world", LIMITED, ids=lambda w: w.family)
def test_every_limit_of_the_settings_is_reported_checked_and_audited(world: World) -> None:
    family, given = FAMILIES[str(world.family)], case(world.book)
    key = family.setting
    free = given.settings.model_copy(update={key: None})
    own = {key: None} if key in schema.Project.model_fields else {}
    unlimited = given.with_(settings=free, projects=tuple(p.model_copy(update=own) for p in given.projects))
    audited = audit(given, solve(unlimited, gap=0.0)).checks
    failed = [name for name in family.audits for text in audited if text.startswith(f"FAILED {name}: ")]
    assert failed, f"models/audit: {family.audits} let pass a plan that passes the limit {key}"
    stated = given.with_(settings=free.model_copy(update={key: 3}))
    assert any(f"{key} 3" in text for text in modelled(stated)), "optimizer/reports/case_summary.py"
    own_checks = set(family.checks) - {"committed_limits"}
    texts = [(ROOT / "models" / "checks" / f"{name}.py").read_text("utf-8") for name in own_checks]
    assert not texts or any(key in text for text in texts), f"models/checks/ {sorted(own_checks)}: {key} is not read"


RESTRICTED: Book = {
    "settings": settings(
        first_year=2026, last_year=2028, objective="capacity", total_budget_m=50, max_programmes=1, hurdle_rate=0.1
    ),
    "prices": [{"material": "mine", 2026: 2.0}],
    "projects": [
        plant("a", 10, 20, status="committed", private_share=0.5, requires="b", max_programmes=1),
        plant("b", 10, 20, private_share=0.5, excludes="c", together="e", opex_per_t=1.0),
        plant("c", 10, 20, status="barred", group="g"),
        plant("d", 10, 20, country="BR", group="g"),
        plant("e", 10, 20, private_share=0.5),
    ],
    "programmes": [grant("aid", total_m=30, total_face_m=30) | {2026: 20}, grant("more", total_m=9)],
    "rules": [
        {"rule": "floor", "measure": "capacity", "aggregate": "sum", "sense": ">=", "value": 5},
        {"rule": "score", "measure": "capex", "aggregate": "each", "sense": "<=", "value": 100},
    ],
}
"""A book with a restriction of every kind."""
KINDS = get_args(Restriction.model_fields["kind"].annotation)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_restriction_is_listed_relaxed_and_worded(kind: str) -> None:
    given = case(RESTRICTED)
    sets = Sets(given)
    elastic = Elastic(sets, seconds=60.0)
    listed = [r for r in restrictions(sets) if r.kind == kind]
    assert listed, f"optimizer/analysis/infeasibility/restrictions.py lists no {kind}, or the book above has none"
    for r in listed:
        now = limit_now(sets, r)
        let_go = change(sets, r, now, None if now is None else now + 1, 1.0)
        assert repaired(given, [let_go]) != given, f"optimizer/analysis/infeasibility/restrictions.py: {kind} stays"
        assert all(cells(sets, r)), f"optimizer/analysis/infeasibility/descriptions.py: no cell of {kind}"
        assert statement(sets, r, now)
        assert let_go.sentence
        elastic.conceivable({r: None})


def test_every_setting_of_a_family_is_a_limit_that_can_be_empty() -> None:
    fields = schema.Settings.model_fields
    wrong = [f.name for f in FAMILIES.values() if f.setting and fields[f.setting].default is not None]
    assert wrong == [], "models/settings.py: give the setting the default None"


def test_every_formula_stands_above_a_row_that_is_run() -> None:
    bare = [
        f"models/constraints/{name}.py: no {what} in its docstring"
        for name in sorted(FAMILIES)
        for what, mark in (("formula", "$"), ("example row", ">>> "))
        if mark not in (importlib.import_module(f"models.constraints.{name}").__doc__ or "")
    ]
    assert bare == [], "; ".join(bare)


# -- an objective ------------------------------------------------------------------------------------------------------


def worlds() -> dict[str, World]:
    """Objective -> a world solved by hand that asks for it."""
    return {case(w.book).settings.objective: w for w in (*WORLDS, *CHAIN_WORLDS) if w.value is not None}


def test_every_objective_has_its_file_unit_audit_and_world() -> None:
    of_plants = {name for name, one in objectives.OBJECTIVES.items() if one.gain is not None}
    everything = {*objectives.OBJECTIVES, *schema.OBJECTIVES, *files("models/objectives") - {"objective"}}
    places = {
        "models/objectives/": (files("models/objectives"), everything),
        "models/objectives/__init__.py OBJECTIVES": (set(objectives.OBJECTIVES), everything),
        "models/objective_names.py OBJECTIVE_UNITS": (set(schema.OBJECTIVE_UNITS), everything),
        "models/audit/score.py VALUES": (set(VALUES), everything),
        "models/audit/additions.py": (set(Additions.GAINS), of_plants),
        "tests/support/cases.py or cases_chain.py": (set(worlds()), everything),
    }
    missing = [f"{place} lacks {name}" for place, (known, wanted) in places.items() for name in sorted(wanted - known)]
    assert missing == [], "; ".join(missing)


@pytest.mark.parametrize("world", worlds().values(), ids=worlds())
def test_every_objective_is_known_to_audit_oracle_and_stress(world: World) -> None:
    """On a world whose answer was worked out by hand."""
    given = case(world.book)
    plan = solve(given, gap=0.0)
    assert plan.objective.value == pytest.approx(world.value, abs=1e-6), "models/objectives"
    assert plan.audit is not None
    assert plan.audit.passed, f"models/audit/score.py: {plan.audit.checks}"
    assert oracle.best(given).net == pytest.approx(world.value, abs=1e-6), "tests/support/oracle.py"
    arrays = PlanArrays(Decided.of(given, plan))
    outcome = arrays.view(Realization(AS_PLANNED)).evaluate(arrays.shares(Realization(AS_PLANNED))[None])
    assert outcome.value[0] == pytest.approx(world.value - plan.objective.penalty, abs=1e-6), (
        "optimizer/analysis/stress/arrays.py"
    )


# -- a section of the page, a sheet of the workbook ---------------------------------------------------------------------


class Sections(HTMLParser):
    """Letters inside each `<section>` of a page, without headings, by the id of the section or of its first heading."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.letters: dict[str, int] = {}
        self._open: list[str] = []
        self._heading = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section":
            self._open.append("")
        if self._open and not self._open[-1] and tag in ("section", "h2"):
            self._open[-1] = dict(attrs).get("id") or ""
            self.letters.setdefault(self._open[-1], 0)
        self._heading = tag in ("h1", "h2", "h3")

    def handle_endtag(self, tag: str) -> None:
        if tag == "section":
            self._open.pop()
        self._heading = False

    def handle_data(self, data: str) -> None:
        if not self._heading:
            for name in self._open:
                self.letters[name] += len(data.strip())


def priced(chain_plan: tuple[Case, Plan]) -> tuple[Case, Plan]:
    """The plan of a case in which every project states its cost and every stage has a price."""
    book, plan = chain_plan
    settings = book.settings.model_copy(update={"hurdle_rate": 0.1})
    projects = tuple(p.model_copy(update={"opex_per_t": 1.0}) for p in book.projects)
    prices = tuple(schema.Price(row=0, material=stage, years={2030: 100.0}) for stage in settings.stages)
    return book.with_(settings=settings, projects=projects, prices=prices), plan


def test_every_file_of_a_section_or_sheet_is_used() -> None:
    """Files of sections are imported by the page; the others are the sheets, and what they share."""
    page = (ROOT / "optimizer/reports/plan_page/__init__.py").read_text("utf-8")
    sections = [n for n in files("optimizer/reports/plan_page") if f"plan_page.{n} import" not in page]
    assert sorted(sections) == [], "optimizer/reports/plan_page/__init__.py does not show them"
    folder = ROOT / "optimizer/reports/plan_workbook"
    sheets = {path.stem for path in folder.glob("*.py") if "\ndef write(" in path.read_text("utf-8")}
    listed = {write.__module__.rpartition(".")[2] for write in SHEETS.values() if inspect.isfunction(write)}
    assert sorted(sheets - listed) == [], "optimizer/reports/plan_workbook/__init__.py SHEETS"
    tables = {
        path.stem
        for path in (ROOT / "optimizer/reports/tables").glob("*.py")
        if "= TableSection(" in path.read_text("utf-8")
    }
    registered = {section.columns.__module__.rpartition(".")[2] for section in TABLE_SECTIONS}
    assert sorted(tables - registered) == [], "optimizer/reports/tables: call the TableSection as its file, in capitals"


def test_every_section_of_the_page_is_listed_and_has_content(chain_plan: tuple[Case, Plan]) -> None:
    try:
        letters = Sections(page_text(*priced(chain_plan))).letters
    except UndefinedError as error:
        pytest.fail(f"optimizer/reports/plan_page/__init__.py: `tables` lacks what plan.html shows: {error}")
    listed = [anchor for anchor, _ in SECTIONS]
    empty = [f"optimizer/reports/html/templates/plan.html has no content in #{a}" for a in listed if not letters.get(a)]
    assert empty == []
    assert [name for name in letters if name and name not in listed] == [], (
        "optimizer/reports/plan_page/__init__.py SECTIONS"
    )


def test_every_sheet_of_the_workbook_has_its_file_and_content(chain_plan: tuple[Case, Plan]) -> None:
    book = openpyxl.load_workbook(BytesIO(book_bytes(*priced(chain_plan))))
    assert book.sheetnames == list(SHEETS)
    assert [name for name in SHEETS if book[name].max_row < 2] == []


# -- a command ---------------------------------------------------------------------------------------------------------


def test_every_command_is_listed_and_documented() -> None:
    names = {verb.name for verb in VERBS}
    readme = set(re.findall(r"^\| `mine2magnet (\w+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE))
    places = {
        "optimizer/cli/commands/": files("optimizer/cli/commands"), "optimizer/cli/main.py VERBS": names, "README.md": readme,
    }  # fmt: skip
    everywhere = set().union(*places.values())
    missing = [f"{place} lacks {name}" for place, known in places.items() for name in sorted(everywhere - known)]
    assert missing == [], "; ".join(missing)


# -- the guide itself --------------------------------------------------------------------------------------------------


def test_the_guide_lists_the_rooms_in_their_order() -> None:
    rooms = re.findall(r"^\| `(\w+)/` \|", GUIDE, re.MULTILINE)
    picture = re.findall(r"\bworkbook --> [\w> -]+", GUIDE)[0].split(" --> ")
    there = {path.parent.name for path in (ROOT / "optimizer").glob("*/__init__.py")}
    assert rooms == picture
    assert set(rooms) == there, "CONTRIBUTING.md, the table of rooms"


def test_the_guide_names_only_what_is_there() -> None:
    named = set(re.findall(r"`((?:models|optimizer|tests|inputs)/[\w/.]+)`", GUIDE))
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
