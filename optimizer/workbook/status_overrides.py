"""`--include` and `--exclude`: the status of a project, changed for one run."""

from models.text import Text
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.overrides import Overrides
from optimizer.workbook.project_names import NamedProject, UnknownProject, find_project
from optimizer.workbook.raw_row import RawRow

_STATUS = {"--include": "committed", "--exclude": "barred"}


def override_statuses(
    projects: list[RawRow], overrides: Overrides, diagnostics: Diagnostics, title: str = "projects"
) -> None:
    """Included projects become committed, excluded ones barred.

    Each is named by its id, name or cell. Names of no project, and projects named by both options, are faults.
    """
    chosen = {"--include": overrides.include, "--exclude": overrides.exclude}
    names = [NamedProject(str(raw.values["id"]), str(raw.values.get("name", "")), raw.row) for raw in projects]
    meant = {option: _ids(option, texts, names, title, diagnostics) for option, texts in chosen.items()}
    both = set(meant["--include"]) & set(meant["--exclude"])
    for name in sorted(both):
        for option in chosen:
            diagnostics.fault(option, f"{name} is named by both --include and --exclude; drop one", "status")
    rows = {raw.values["id"]: raw for raw in projects}
    for option, ids in meant.items():
        for name in ids:
            if name not in both:
                _override(rows[name], option, diagnostics)


def _ids(
    option: str, texts: tuple[str, ...], names: list[NamedProject], title: str, diagnostics: Diagnostics
) -> dict[str, None]:
    """The ids that the texts of an option mean, each once."""
    ids: dict[str, None] = {}
    for text in texts:
        try:
            ids[find_project(text, names, title)] = None
        except UnknownProject as error:
            diagnostics.fault(option, str(error), "id")
    return ids


def _override(raw: RawRow, option: str, diagnostics: Diagnostics) -> None:
    status, name = _STATUS[option], raw.values["id"]
    old = raw.values.get("status", "candidate")
    if old == "underway" and status == "committed":
        diagnostics.notice(
            option, Text("{name} is already financed (underway): nothing to include", name=name), "status"
        )
        return
    if old not in (status, "candidate"):
        diagnostics.notice(
            option,
            Text("{name} is {old} in the workbook and {status} in this run", name=name, old=old, status=status),
            "status",
        )
    raw.values["status"] = status
