"""An explanation or alternatives in the plan's own plan.xlsx and report.html, on request."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optimizer.errors import Refusal
from optimizer.files import json_bytes
from optimizer.fingerprint import fingerprint
from optimizer.plan_folder.destination import Destination, claimed
from optimizer.plan_folder.digests import MANIFEST
from optimizer.plan_folder.manifest import document_language, with_files, with_language
from optimizer.plan_folder.replacement import replace
from optimizer.plan_folder.store import PlanFolder, open_folder
from optimizer.reports.plan_files import ADDED, answers_of, people_files
from optimizer.verification.verify import verify


def verified(path: Path) -> PlanFolder:
    """The folder to add to. Refuses one that `verify` does not confirm: nothing may stand on a changed plan. Page and
    workbook are held to their digests alone, as they are rendered anew when the answer is added."""
    folder = open_folder(path)
    report = verify(path, documents=False)
    if not report.passed:
        failed = [line for line in report.lines if line.startswith("FAILED")]
        raise Refusal("audit", f"nothing is added to {path}, which is not verified: {failed[0]}")
    return folder


def add(folder: PlanFolder, name: str, data: Mapping[str, Any]) -> None:
    """Adds an answer to a plan folder: its file `name`, and the sheets and sections of all answers that are there.

    The other files stay as they are; the manifest records the new digests. `folder` is what the answer is about. Refuses
    a folder that was changed since, or that another process is writing to.
    """
    with claimed(Destination(folder.path, folder.path.name)):
        now = open_folder(folder.path)
        if now.basis != folder.basis:
            raise Refusal("invalid", f"{folder.path} holds another plan since the question was asked: ask again")
        files = {**now.files, name: json_bytes(dict(data))}
        added = [file for file in ADDED if file in files]
        mark = fingerprint(now.case, now.plan)
        tongue = document_language(now.manifest, now.case)
        record = with_language(now.plan.manifest, tongue, now.case)
        after = PlanFolder(now.path, with_files(record, files, mark, added), files)
        makers = people_files(now.case, now.plan, answers_of(after), tongue)
        files |= {file: make() for file, make in makers.items()}
        replace(folder.path, {**files, MANIFEST: json_bytes(with_files(record, files, mark, added))})
