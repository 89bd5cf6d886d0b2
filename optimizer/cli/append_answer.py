"""Adds an explanation, alternatives or a stress test to the plan.xlsx and report.html of a plan folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optimizer.errors import Refusal
from optimizer.files import json_bytes
from optimizer.fingerprint import fingerprint
from optimizer.plan_folder.destination import Destination, claimed
from optimizer.plan_folder.digests import MANIFEST, read_manifest
from optimizer.plan_folder.manifest import document_language, with_files, with_language
from optimizer.plan_folder.replacement import is_as_recorded, replace
from optimizer.plan_folder.store import PlanFolder, open_folder
from optimizer.reports.plan_files import ADDED, answers_of, files_of, people_files
from optimizer.verification.verify import verify


def verified(path: Path, name: str = "", *, force: bool = False) -> PlanFolder:
    """The folder to which the answer `name` is added; an older answer in it is replaced, whatever plan it is about.

    Refuses a folder that `verify` does not confirm, because no answer may rest on a changed plan. Of page and workbook only the
    digests are checked, because both are rendered again when the answer is added. Refuses an answer that was changed since it was
    written, or that no run wrote there, unless `force`.
    """
    folder = open_folder(path, but=files_of(name))
    if not force:
        _refuse_changed(path, name)
    report = verify(path, documents=False, but=files_of(name))
    if not report.passed:
        failed = [line for line in report.lines if line.startswith("FAILED")]
        raise Refusal("audit", f"nothing is added to {path}, which is not verified: {failed[0]}")
    return folder


def _refuse_changed(path: Path, name: str) -> None:
    digests = read_manifest(path)["files"]
    for file in sorted(files_of(name)):
        if (path / file).exists() and not is_as_recorded(path, file, digests):
            raise Refusal(
                "usage",
                f"{path / file} was changed since it was written, or is not of this plan: move it to another folder, or use "
                "--force to replace it",
            )


def is_of_another_plan(folder: PlanFolder, name: str) -> bool:
    """Whether the folder holds an answer that its manifest records for another plan."""
    if not (folder.path / name).is_file():
        return False
    link = folder.manifest.get("added", {}).get(name, {})
    return bool(link.get("stands_on") != fingerprint(folder.case, folder.plan))


def add(folder: PlanFolder, name: str, data: Mapping[str, Any]) -> None:
    """Add an answer to a plan folder: its file `name`, and the sheets and sections of all answers in the folder.

    The other files stay as they are; the manifest records the new digests. `folder` is what the answer is about. Refuses
    a folder that was changed since, or that another process is writing to.
    """
    with claimed(Destination(folder.path, folder.path.name)):
        now = open_folder(folder.path, but=files_of(name))
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
