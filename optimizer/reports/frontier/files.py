"""The files of an exploration by name."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from models.case import Case
from optimizer.analysis.frontier.certified import Frontier, as_json
from optimizer.files import json_bytes
from optimizer.plan_folder.manifest import WorkbookBytes
from optimizer.plan_folder.store import case_json, plan_json, workbook_copy
from optimizer.reports.language import in_language


def core_files(case: Case, f: Frontier, source: WorkbookBytes, manifest: Mapping[str, Any]) -> dict[str, bytes]:
    """Result files: the frontier, the case, the workbook's copy, and in `plans/` the audited plan of each point."""
    plans = {f"plans/{n:03d}.json": plan_json(point.plan) for n, point in enumerate(f.points, 1)}
    frontier = json_bytes({**as_json(f), "manifest": dict(manifest)})
    return {"frontier.json": frontier, "case.json": case_json(case), **plans, **workbook_copy(source)}


def people_files(case: Case, f: Frontier, language: str = "") -> dict[str, Callable[[], bytes]]:
    """File for people -> what makes its content; the chart library waits until one is made.

    `language`: another than the one of the settings.
    """

    def workbook() -> bytes:
        from optimizer.reports.frontier.workbook import book_bytes

        return book_bytes(case, f)

    def page() -> bytes:
        from optimizer.reports.frontier.page import page_bytes

        return page_bytes(case, f)

    def picture(form: Literal["svg", "png"]) -> bytes:
        from optimizer.reports.frontier.charts import frontier_figure

        return frontier_figure(case, f).picture(form)

    makers: dict[str, Callable[[], bytes]] = {
        "frontier.xlsx": workbook,
        "frontier.html": page,
        "frontier.png": lambda: picture("png"),
        "frontier.svg": lambda: picture("svg"),
    }
    tongue = language or case.settings.language
    return {name: in_language(tongue, make) for name, make in makers.items()}
