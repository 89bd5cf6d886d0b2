"""The declaration that every constraint family makes."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.schema import Project
from models.sets import Sets

if TYPE_CHECKING:
    from models.decision import Decision
    from models.program import Program


def nothing(_sets: Sets, _project: Project) -> Hashable:
    """Default of `class_key`: the rows do not tell the projects of a class apart."""
    return None


def never(_sets: Sets, _project: Project) -> bool:
    """Default of `apart`: the rows read no award of a single project."""
    return False


def admits(_plan: "Decision", _projects: Sequence[Project], _year: int) -> str:
    """Default of `refuses`: the family gives no reason of its own."""
    return ""


@dataclass(frozen=True)
class Family:
    """One constraint family: the constant of a file of `models.constraints` that is called as the file, in capitals.

    It names the places that state the same limit a second time; tests/test_contributing.py names a missing one. In larger
    cases the awards of projects with the same programmes are decided as one sum (`models.classes`). A family that reads awards
    therefore declares which projects such a class may hold: `class_key` and `apart`.
    """

    name: str
    constrain: Callable[["Program"], None]
    """Adds the rows to a program."""
    class_key: Callable[[Sets, Project], Hashable] = nothing
    """Key that all projects of a class must share, so that the rows are right for the sum of their awards."""
    apart: Callable[[Sets, Project], bool] = never
    """Whether the rows read the awards of this project separately; it is then a class by itself."""
    limits: tuple[str, ...] = ()
    """Names of the rows that state a limit of the workbook. Auditor and program let a limit be missed by a tolerance
    (`optimizer.solver.tolerance`); all other rows are exact."""
    refuses: Callable[["Decision", Sequence[Project], int], str] = admits
    """Why projects cannot be added to a plan (its decisions are numbers), all decided in one year: one clause, such as
    "Acme has 2 decisions in 2030 already", a `models.text.Text` where reports are to translate it; empty where they can.
    It gives projects that are left out the reason `limit leaves no room`. Families that limit links, money or rules leave
    it out: `models.reasons` reads those itself."""
    setting: str = ""
    """Key of the setting that is the limit in the rows named like the family; "" for none. `explain` can then relax the limit
    by leaving the setting empty, and the family needs no kind of restriction of its own. A project's column of the same name
    overrides the setting."""
    forbids: bool = True
    """Whether its rows can make a case infeasible. Families that only define quantities need no `repairs`."""
    modelled: str = "limits"
    """Line of `optimizer.reports.case_summary.LINES` that says in `check` what of it is modelled; `limits` shows `setting`."""
    checks: tuple[str, ...] = ("committed_limits",)
    """Modules of `models.checks` that find input that contradicts it. `committed_limits` asks `refuses`."""
    audits: tuple[str, ...] = ()
    """Checks of `models.audit.report` or `models.audit.selection_limits` that state it again in exact decimals."""
    repairs: tuple[str, ...] = ()
    """Kinds of `optimizer.analysis.infeasibility.report.Restriction` by which `explain` relaxes it."""
