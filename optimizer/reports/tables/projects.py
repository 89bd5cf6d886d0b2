"""Every project: its decision, year and money, or the reason why it is left out.

The page has one table of all projects, the workbook the sheets Plan and Not financed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import fsum

from models.case import Case
from models.plan import Award, Financed, NotFinanced, Plan
from models.schema import INSTRUMENTS, Project
from models.sets import Sets
from models.terms import fid_of_underway, need, output
from optimizer.reports import reason_words
from optimizer.reports.additionality import has_unaided
from optimizer.reports.closed_words import word
from optimizer.reports.formatting import country_name, listed, money
from optimizer.reports.language import N_, tr, translated
from optimizer.reports.plan_summary import first_output, full_output, left_out_in_order
from optimizer.reports.report_table import Grid, TableColumn, grid_of
from optimizer.reports.tables.shared import joined, money_unit, named

PICKS = ("status", "stage", "country")
"""Columns that the page can filter."""
PAGE, PLAN, LEFT_OUT = "page", "plan", "left out"
"""The tables: all projects on the page, the sheets Plan and Not financed."""


@dataclass(frozen=True)
class ProjectLine:
    """A project with its part of the plan, or with the reason why it is left out; neither if it is underway."""

    project: Project
    financed: Financed | None = None
    left_out: NotFinanced | None = None
    decided: int | None = None
    """Year of the decision; None if the project is left out."""

    @property
    def status(self) -> str:
        if self.financed is None:
            return N_("left out") if self.left_out else N_("underway")
        return N_("committed") if self.project.status == "committed" else N_("financed")

    @property
    def awards(self) -> Sequence[Award]:
        return () if self.financed is None else self.financed.awards


def financed_lines(case: Case, plan: Plan) -> list[ProjectLine]:
    """The financed projects, in the order of the plan."""
    projects = {p.id: p for p in case.projects}
    return [ProjectLine(projects[f.id], financed=f, decided=f.fid_year) for f in plan.projects]


def left_out_lines(case: Case, plan: Plan) -> list[ProjectLine]:
    """Projects that the plan leaves out, with the most informative reasons first."""
    projects = {p.id: p for p in case.projects}
    return [ProjectLine(projects[row.id], left_out=row) for row in left_out_in_order(case, plan)]


def underway_lines(case: Case) -> list[ProjectLine]:
    """Projects that are financed already."""
    first = case.settings.first_year
    return [ProjectLine(p, decided=fid_of_underway(p, first)) for p in Sets(case).underway]


def project_table(case: Case, plan: Plan) -> Grid:
    """For the page: financed projects by decision year, then those left out, then those underway."""
    lines = [
        *sorted(financed_lines(case, plan), key=lambda x: (x.decided, x.project.id)),
        *left_out_lines(case, plan),
        *underway_lines(case),
    ]
    return grid_of(
        PAGE, "projects", project_columns(case, plan), lines,
        title="Every project", empty="The workbook has no projects.",
    )  # fmt: skip


def project_columns(case: Case, plan: Plan) -> list[TableColumn[ProjectLine]]:
    """The columns of all three tables."""
    return [*named(_project), *_what(case), *_when(), *_money(case, plan), *_whose(case)]


def _project(line: ProjectLine) -> Project:
    return line.project


def _what(case: Case) -> list[TableColumn[ProjectLine]]:
    """Name, place and kind of the project, and the decision on it."""
    return [
        TableColumn("sponsor", lambda x: x.project.sponsor, "wrapped", 22, on=(PLAN, LEFT_OUT)),
        TableColumn("country", lambda x: x.project.country, width=8, words=country_name),
        TableColumn("stage", lambda x: word(x.project.stage), width=11),
        TableColumn("reason", lambda x: x.left_out and tr(reason_words.of_one(case, x.left_out.reason)), width=20, on=(LEFT_OUT,)),
        TableColumn("detail", lambda x: x.left_out and translated(x.left_out.detail), "wrapped", 44, on=(LEFT_OUT,)),
        TableColumn("status", lambda x: tr(x.status), width=11, on=(PAGE, PLAN),
                    words=lambda status: tr("financed, committed") if status == tr("committed") else status,
                    note="committed: financed because the planner asked for it; underway: financed before."),
    ]  # fmt: skip


def _when() -> list[TableColumn[ProjectLine]]:
    """Years and capacity."""
    return [
        TableColumn("decision", lambda x: x.decided, "year", 7, "Year of the final investment decision.", heading="FID", on=(PAGE, PLAN)),
        TableColumn("first output", _first, "year", 7, "First year of delivery.", on=(PAGE, PLAN)),
        TableColumn("full output", _full, "year", 7, "First year after the ramp-up.", on=(PLAN,)),
        TableColumn("capacity", lambda x: x.project.capacity_tpa, "tonnes", 11, "Nameplate, of the stage's product.", unit="t/yr"),
        TableColumn("outside China", lambda x: output(x.project), "tonnes", 10,
                    "The part that is free to serve demand outside China: capacity x allied_share.", unit="t/yr", on=(PLAN,)),
    ]  # fmt: skip


def _first(line: ProjectLine) -> int | None:
    return None if line.decided is None else first_output(line.project, line.decided)


def _full(line: ProjectLine) -> int | None:
    return None if line.decided is None else full_output(line.project, line.decided)


def _money(case: Case, plan: Plan) -> list[TableColumn[ProjectLine]]:
    """Capital cost, and the amounts that public and private funders pay."""

    def column(
        label: str, value: Callable[[ProjectLine], float | None], note: str, *on: str, heading: str = ""
    ) -> TableColumn[ProjectLine]:
        return TableColumn(label, value, "money", 11, note, total=True, unit=money_unit(case), heading=heading, on=on)

    return [
        column(N_("capital cost"), lambda x: x.project.capex_m, N_("Capital cost."), heading=N_("Capex")),
        column(N_("need"), _need, N_("Public support it cannot do without: capex less private share and secured money."), PLAN, LEFT_OUT),
        TableColumn("earliest FID", lambda x: x.project.earliest_fid, "year", 8, "Empty: the first year.", on=(LEFT_OUT,)),
        TableColumn("latest FID", lambda x: x.project.latest_fid, "year", 8, "Empty: the last year.", on=(LEFT_OUT,)),
        TableColumn("status", lambda x: word(x.project.status), width=10, on=(LEFT_OUT,)),
        column(N_("public"), _of("public_m"), N_("Secured, grants, loans, equity."), PAGE, PLAN),
        column(N_("secured"), lambda x: x.project.secured_m, N_("Public money obligated before this plan."), PLAN,
               heading=N_("of which secured")),
        column(N_("contingent"), _of("contingent_m"), N_("Guarantees, offtake: not paid out."), PAGE, PLAN),
        column(N_("private"), _of("private_m"), N_("Capex less public money."), PAGE, PLAN),
        column(N_("unaided"), _of("at_own_risk_m"),
               N_("Private money at its own risk: less what public guarantees and offtake stand behind."), PLAN,
               heading=N_("of which unaided")),
        column(N_("budget cost"), lambda x: _cost(case, x),
               N_("What the awards cost the budgets; of a loan its credit-subsidy rate."), PLAN),
        *_deadweight(case, plan),
        *_by_instrument(case),
    ]  # fmt: skip


def _need(line: ProjectLine) -> float | None:
    if line.financed is not None:
        return line.financed.need_m
    return need(line.project) if line.left_out else None


def _of(field: str) -> Callable[[ProjectLine], float | None]:
    return lambda line: None if line.financed is None else getattr(line.financed, field)


def _cost(case: Case, line: ProjectLine) -> float | None:
    if line.financed is None:
        return None
    return fsum(a.cost_m for a in line.awards) if case.programmes else line.financed.alone_m


def _deadweight(case: Case, plan: Plan) -> list[TableColumn[ProjectLine]]:
    """Capacity that would have come without support, if any project goes ahead without it."""
    if not has_unaided(plan):
        return []
    return [
        TableColumn("without support in", lambda x: x.project.unaided_fid, "year", 9,
                    "Year in which the project goes ahead if it is not financed.", on=(PLAN,)),
        TableColumn("deadweight", _of("deadweight_t"), "tonnes", 11,
                    "Tonnes by the last year that would have come without support.", unit="t", on=(PLAN,)),
        TableColumn("deadweight", _of("deadweight_m"), "money", 11, "The same part of the budget cost.", total=True,
                    unit=money_unit(case), on=(PLAN,)),
    ]  # fmt: skip


def _by_instrument(case: Case) -> Iterator[TableColumn[ProjectLine]]:
    """A column of face value for every instrument of the case's programmes."""
    instrument = {p.id: p.instrument for p in case.programmes}

    def face(kind: str) -> Callable[[ProjectLine], float | None]:
        def value(line: ProjectLine) -> float | None:
            faces = [a.face_m for a in line.awards if instrument[a.programme] == kind]
            return fsum(faces) if faces else None

        return value

    for kind in (k for k in INSTRUMENTS if k in instrument.values()):
        yield TableColumn(kind, face(kind), "money", 11, "Face value.", total=True, unit=money_unit(case), on=(PLAN,))


def _whose(case: Case) -> list[TableColumn[ProjectLine]]:
    """The programmes or the reason, and the confidence in the numbers."""
    instrument = {p.id: p.instrument for p in case.programmes}

    def instruments(line: ProjectLine) -> str:
        given = {instrument[a.programme] for a in line.awards}
        return joined(word(kind) for kind in INSTRUMENTS if kind in given)

    return [
        TableColumn("instruments", instruments, width=16, on=(PLAN,)),
        TableColumn("programmes", lambda x: joined(a.programme for a in x.awards), "wrapped", 26, on=(PLAN,)),
        TableColumn("whose money, or why not", lambda x: _reason(case, x), on=(PAGE,)),
        TableColumn("confidence", lambda x: word(x.project.confidence), width=9, note="How sure the row's numbers are.", heading="Data"),
    ]  # fmt: skip


def _reason(case: Case, line: ProjectLine) -> str:
    """The programmes that support a project, or the reason why none does."""
    if line.left_out:
        reason, detail = tr(reason_words.of_one(case, line.left_out.reason)), translated(line.left_out.detail)
        return tr("{what}: {name}", what=reason, name=detail) if detail else reason
    if line.financed is None:
        return tr("already financed, no decision")
    if case.programmes:
        whose = listed(f"{a.programme} {money(a.face_m)}" for a in line.awards) or tr("needs no support")
    else:
        whose = tr("public need {money}", money=money(line.financed.need_m))
    if line.financed.deadweight_m:
        whose += tr(
            "; deadweight {money}: goes ahead without support in {year}",
            money=money(line.financed.deadweight_m), year=line.project.unaided_fid,
        )  # fmt: skip
    return whose
