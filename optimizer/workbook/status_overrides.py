"""`--include` and `--exclude`: the status of a project, changed for one run."""

from optimizer.workbook.cell_values import did_you_mean, nearest
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.overrides import Overrides
from optimizer.workbook.raw_row import RawRow


def override_statuses(projects: list[RawRow], overrides: Overrides, found: Diagnostics) -> None:
    """Included projects become committed, excluded ones barred. Unknown ids and ids named by both are faults."""
    both = {i.strip().casefold() for i in overrides.include} & {i.strip().casefold() for i in overrides.exclude}
    for option, ids, status in (
        ("--include", overrides.include, "committed"),
        ("--exclude", overrides.exclude, "barred"),
    ):
        for name in ids:
            if name.strip().casefold() in both:
                found.fault(option, f"{name} is named by both --include and --exclude; drop one", "status")
            else:
                _override(name, option, status, projects, found)


def _override(name: str, option: str, status: str, projects: list[RawRow], found: Diagnostics) -> None:
    by_id = {raw.values["id"].casefold(): raw for raw in projects}
    raw = by_id.get(name.strip().casefold())
    if raw is None:
        ids = [r.values["id"] for r in projects]
        found.fault(option, f'"{name}" is not the id of a project{did_you_mean(nearest(name, ids))}', "id")
        return
    old = raw.values.get("status", "candidate")
    if old == "underway" and status == "committed":
        found.notice(option, f"{raw.values['id']} is already financed (underway): nothing to include", "status")
        return
    if old not in (status, "candidate"):
        found.notice(option, f"{raw.values['id']} is {old} in the workbook and {status} in this run", "status")
    raw.values["status"] = status
