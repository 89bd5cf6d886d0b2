"""What an exploration leaves: its files by name."""

from collections.abc import Mapping
from typing import Any

from models.case import Case
from optimizer.analysis.frontier.certified import Frontier, as_json
from optimizer.files import json_bytes
from optimizer.plan_folder.manifest import Source, copy_name, sha256
from optimizer.plan_folder.store import case_json, plan_json
from optimizer.reports.frontier.charts import frontier_figure
from optimizer.reports.frontier.page import page_bytes
from optimizer.reports.frontier.workbook import book_bytes


def contents(case: Case, f: Frontier, source: Source, manifest: Mapping[str, Any]) -> dict[str, bytes]:
    """Every file of the folder, the manifest last. `plans/` holds the audited plan of each point, in its order."""
    figure = frontier_figure(case, f)
    files = {
        "frontier.json": json_bytes({**as_json(f), "manifest": dict(manifest)}),
        "frontier.xlsx": book_bytes(case, f),
        "frontier.html": page_bytes(case, f),
        "frontier.png": figure.picture("png"),
        "frontier.svg": figure.picture("svg"),
        "case.json": case_json(case),
    }
    for n, point in enumerate(f.points, 1):
        files[f"plans/{n:03d}.json"] = plan_json(point.plan)
    for name, data in source.files.items():
        first, slash, rest = name.partition("/")
        files[copy_name(first) + slash + rest] = data
    digests = {name: sha256(data) for name, data in sorted(files.items())}
    return {**files, "manifest.json": json_bytes({**manifest, "files": digests})}
