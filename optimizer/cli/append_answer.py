"""An explanation or alternatives in the plan's own plan.xlsx and report.html, on request."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from models.case import Case
from optimizer.analysis.alternatives import Alternatives
from optimizer.analysis.explain import Explanation
from optimizer.files import json_bytes
from optimizer.fingerprint import fingerprint
from optimizer.plan_folder import store
from optimizer.plan_folder.manifest import with_files
from optimizer.reports.answers import alternatives_text, explanation_text
from optimizer.reports.answers.files import Answer

EXPLANATION, ALTERNATIVES = "explanation.json", "alternatives.json"
_MAKERS: dict[str, Callable[[Case, bytes], Answer]] = {
    EXPLANATION: lambda case, data: explanation_text.answer(case, Explanation.model_validate_json(data)),
    ALTERNATIVES: lambda case, data: alternatives_text.answer(case, Alternatives.model_validate_json(data)),
}
"""File of a plan folder -> the report of what it holds."""


def add(folder: Path, name: str, data: dict[str, Any]) -> None:
    """Adds an answer to a plan folder: its file `name`, and the sheets and sections of all answers that are there.

    The other files stay as they are; the manifest records the new digests.
    """
    from optimizer.reports.plan_page import page_bytes
    from optimizer.reports.plan_workbook import book_bytes

    case, plan = store.load_case(folder), store.load_plan(folder)
    files = {n: (folder / n).read_bytes() for n in store.recorded(folder) if (folder / n).is_file()}
    files[name] = json_bytes(data)
    answers = [make(case, files[n]) for n, make in _MAKERS.items() if n in files]
    files |= {"plan.xlsx": book_bytes(case, plan, answers), "report.html": page_bytes(case, plan, answers)}
    record = with_files(plan.manifest, files, fingerprint(case, plan), [n for n in _MAKERS if n in files])
    store.replace(folder, {**files, store.MANIFEST: json_bytes(record)})
