"""`verify` passes an untouched plan folder, and finds whatever was changed in it."""

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import books
from support.changed_numbers import each_number_changed

from models.audit_result import AuditResult
from models.case import Case
from optimizer.analysis.risk import solve
from optimizer.cli.options import Solving
from optimizer.cli.run import RunInput
from optimizer.files import json_bytes
from optimizer.plan_folder import store
from optimizer.plan_folder.destination import Destination
from optimizer.plan_folder.digests import sha256
from optimizer.plan_folder.manifest import WorkbookBytes, manifest
from optimizer.reports.plan_files import core_files, people_files
from optimizer.verification import opened
from optimizer.verification.plan_checks import audit_problems
from optimizer.verification.verify import BadPlan, verify
from optimizer.workbook.overrides import Overrides
from optimizer.workbook.read import read

SHEETS: books.Sheets = {
    "projects": [
        ["id", "country", "stage", "capacity_tpa", "capex_m", "private_share", "earliest_fid", "build_years", "ramp",
         "requires", "currency"],
        ["ridge", "US", "mine", 100, 40, 0.25, None, 1, "40;100", None, None],
        ["creek", "AU", "mine", 80, 50, 0.5, 2027, 2, None, None, "AUD"],
        ["mill", "Japan", "separation", 60, 30, 0.5, None, 1, None, "ridge|creek", None],
        ["works", "VN", "magnet", 20, 90, None, None, 1, None, None, None],
    ],
    "programmes": [
        ["id", "instrument", "donor", "cost_rate", "limit_on", "carry_over", 2026, 2027, 2028],
        ["loan", "loan", "US", 0.1, "face", "yes", 30, 20, None],
        ["grant", "grant", "JP", None, None, None, 10, 15, 10],
    ],
    "demand": [["stage", 2026, 2030], ["mine", 100, 200], ["separation", 50, 90]],
    "existing": [["country", "stage", "capacity_tpa"], ["CN", "mine", 1000], ["US", "mine", 20]],
    "rules": [
        ["rule", "measure", "aggregate", "where", "sense", "value", "hard", "penalty"],
        ["US at most", "capex", "share", "country=US", "<=", 0.5, "no", 0.001],
        ["two at least", "count", "sum", None, ">=", 2, "yes", None],
    ],
    "fx": [["currency", "per_base"], ["AUD", 1.5]],
    "settings": [
        ["key", "value"],
        ["first_year", 2026], ["last_year", 2029], ["last_fid_year", 2028],
        ["total_budget_m", 60], ["discount_rate", 0.03],
    ],
}  # fmt: skip
CHANGES = Overrides({"total_budget_m": ("50", "--budget")}, exclude=("works",))


def solved_folder(book: Path, to: Path, changes: Overrides = CHANGES) -> Path:
    """A plan folder as `solve` leaves it."""
    run_input = RunInput(read(book, changes), WorkbookBytes.take(book), changes, 0.0)
    record = manifest(run_input.case, run_input.source, changes, Solving(), {"solve": 0.1})
    plan = solve(run_input.case).model_copy(update={"manifest": record})
    core = core_files(store.Result(run_input.case, plan, run_input.source))
    files = core | {name: make() for name, make in people_files(run_input.case, plan).items()}
    return store.write(store.with_manifest(files, store.record_of(run_input.case, plan)), Destination(to, "book"))


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("made")
    return solved_folder(books.write(place / "small.xlsx", SHEETS), place / "plan")


@pytest.fixture
def folder(originals: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(originals, tmp_path / "plan"))


def failed(folder: Path, *, documents: bool = False) -> list[str]:
    """The lines of what fails; with `documents`, page and workbook are rendered again too."""
    report = verify(folder, documents=documents)
    lines = [line for line in report.lines if line.startswith("FAILED")]
    assert report.passed is not bool(lines)
    assert list(report.lines[: len(lines)]) == lines, "failures come first"
    return lines


def is_found(folder: Path) -> bool:
    """Whether verify finds the folder wrong or unreadable, before it looks at page and workbook."""
    try:
        return not verify(folder, documents=False).passed
    except BadPlan:
        return True


def load(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def forge(folder: Path, name: str, content: Any) -> None:
    """Write a file of the folder, and its new digest into the manifest, as a careful forger would."""
    (folder / name).write_bytes(json_bytes(content))
    record = load(folder / "manifest.json")
    record["files"][name] = sha256((folder / name).read_bytes())
    (folder / "manifest.json").write_bytes(json_bytes(record))


# -- untouched ------------------------------------------------------------------------------------------


def test_untouched_folder_passes(folder: Path) -> None:
    report = verify(folder)
    assert report.passed, report.lines
    assert report.warnings == ()
    assert [line for line in report.unchecked if line.startswith("the proof itself is not repeated here: ")]
    assert report.fingerprint in (folder / "report.html").read_text("utf-8")
    assert any(line.startswith("capacity table: every number as recomputed") for line in report.lines)
    assert verify(folder / "plan.json") == report
    assert verify(str(folder)) == report


def test_a_report_beside_the_plan_is_reported_not_to_be_checked_and_any_other_file_is_found(folder: Path) -> None:
    (folder / "gaps.md").write_text("# Gaps")
    report = verify(folder)
    assert report.passed
    assert "gaps.md: a report beside the plan, no part of it" in report.unchecked
    (folder / "report2.html").write_text("forged")
    assert not verify(folder).passed


def test_folder_of_a_csv_book_passes(tmp_path: Path) -> None:
    book = books.write(tmp_path / "small", SHEETS)
    folder = solved_folder(book, tmp_path / "plan", Overrides(include=("mill",)))
    assert verify(folder).passed, verify(folder).lines


def test_copy_that_had_to_be_renamed_passes(tmp_path: Path) -> None:
    folder = solved_folder(books.write(tmp_path / "plan.xlsx", SHEETS), tmp_path / "out")
    assert verify(folder).passed, verify(folder).lines


# -- tampering ------------------------------------------------------------------------------------------


@pytest.fixture
def _same_bytes_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads a workbook of the same bytes under the same overrides once: these tests verify hundreds of times."""
    known: dict[tuple[bytes, str], Case] = {}

    def read_once(path: Path, changes: Overrides) -> Case:
        at = (path.read_bytes(), repr(changes))
        if at not in known:
            known[at] = read(path, changes)
        return known[at]

    monkeypatch.setattr(opened, "read", read_once)


@pytest.mark.usefixtures("_same_bytes_read_once")
def test_any_changed_number_of_the_manifest_is_found(folder: Path) -> None:
    unseen = []
    for path, content in each_number_changed(load(folder / "manifest.json")):
        (folder / "manifest.json").write_bytes(json_bytes(content))
        if not is_found(folder):
            unseen.append(path)
    assert unseen == []


@pytest.mark.usefixtures("_same_bytes_read_once")
@pytest.mark.parametrize("name", ["plan.json", "case.json"])
def test_any_changed_number_is_found_though_the_digest_was_changed_too(folder: Path, name: str) -> None:
    unseen = []
    for path, content in each_number_changed(load(folder / name)):
        forge(folder, name, content)
        if not is_found(folder):
            unseen.append(path)
    assert unseen == []


@pytest.mark.usefixtures("_same_bytes_read_once")
def test_any_changed_byte_is_found(folder: Path) -> None:
    rng = random.Random(1)
    for name in ("plan.json", "case.json", "small.xlsx"):
        whole = (folder / name).read_bytes()
        for place in rng.sample(range(len(whole)), 25):
            (folder / name).write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            assert is_found(folder), f"{name}, byte {place}"
        (folder / name).write_bytes(whole)
    assert not is_found(folder)


def test_wrong_plan_with_right_digests_names_project_and_amount(folder: Path) -> None:
    plan = load(folder / "plan.json")
    plan["projects"][0]["awards"][0]["face_m"] -= 1
    forge(folder, "plan.json", plan)
    lines = failed(folder, documents=True)
    assert any(line.startswith("FAILED support: ") and plan["projects"][0]["id"] in line for line in lines)
    assert any(line.startswith("FAILED audit: stated: passed") for line in lines)


def test_changed_case_with_right_digests_names_the_number(folder: Path) -> None:
    case = load(folder / "case.json")
    case["projects"][0]["capex_m"] = 1.0
    forge(folder, "case.json", case)
    assert any("projects creek capex_m is 1.0, the workbook gives 33.33" in line for line in failed(folder))


def test_another_workbook_with_right_digests_is_found(folder: Path, tmp_path: Path) -> None:
    rows = [list(row) for row in SHEETS["projects"]]
    rows[1][3] = 120
    books.write(tmp_path / "small.xlsx", {**SHEETS, "projects": rows})
    source = WorkbookBytes.take(tmp_path / "small.xlsx")
    shutil.copy(tmp_path / "small.xlsx", folder / "small.xlsx")
    forge_manifest(folder, lambda record: record["workbook"].update(sha256=source.digest, size=source.size))
    assert any(line.startswith("FAILED case: projects ridge capacity_tpa is 100.0") for line in failed(folder))
    assert any(line.startswith("FAILED capacity table: ") for line in failed(folder))


def test_unrecorded_changes_to_the_workbook_are_found(folder: Path) -> None:
    forge_manifest(folder, lambda record: record["overrides"].update(settings={}, exclude=[]))
    lines = failed(folder)
    assert any("total_budget_m" in line and line.startswith("FAILED case") for line in lines)
    assert any(line.startswith("FAILED record: ") for line in lines)


def test_solver_options_stated_twice_must_agree(folder: Path) -> None:
    forge_manifest(folder, lambda record: record["options"]["gap"].update(value=0.5))
    assert any(line.startswith("FAILED record: options gap is 0.5") for line in failed(folder))


def test_another_format_than_ours_is_not_read(folder: Path) -> None:
    forge(folder, "plan.json", load(folder / "plan.json") | {"schema": "mine2magnet.plan/2"})
    with pytest.raises(BadPlan, match="of another version"):
        verify(folder)


def test_optimal_is_not_said_of_a_gap_above_the_one_asked(folder: Path) -> None:
    plan = load(folder / "plan.json")
    stated = plan["objective"]
    stated["bound"] = stated["value"] * 1.01
    stated["gap"] = (stated["bound"] - stated["value"]) / stated["value"]
    plan["status"] = "optimal"
    forge(folder, "plan.json", plan)
    assert any(line.startswith("FAILED status: called optimal") for line in failed(folder))


def forge_manifest(folder: Path, change: Callable[[Any], None]) -> None:
    """Change the manifest, alike in both places, and its digests."""
    record, plan = load(folder / "manifest.json"), load(folder / "plan.json")
    change(record)
    change(plan["manifest"])
    for name in record["files"]:
        record["files"][name] = sha256((folder / name).read_bytes())
    (folder / "manifest.json").write_bytes(json_bytes(record))
    forge(folder, "plan.json", plan)


# -- what does not touch the plan -----------------------------------------------------------------------


def test_original_that_has_changed_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    book = books.write(Path("small.xlsx"), SHEETS)
    folder = solved_folder(book, tmp_path / "plan")
    books.write(book, {**SHEETS, "demand": [["stage", 2026], ["mine", 5]]})
    report = verify(folder)
    assert report.passed
    assert "small.xlsx has changed since" in report.warnings[0]
    book.unlink()
    assert verify(folder).warnings == ()


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as an earlier release would have left it."""
    place = tmp_path_factory.mktemp("earlier")
    modules = ("optimizer.plan_folder.manifest", "optimizer.reports.html.render", "optimizer.reports.plan_page")
    with pytest.MonkeyPatch.context() as patch:
        for module in modules:
            patch.setattr(f"{module}.__version__", "0.0.9")
        return solved_folder(books.write(place / "small.xlsx", SHEETS), place / "plan")


@pytest.fixture
def older(earlier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder; the release is known."""
    monkeypatch.setattr("optimizer.verification.folder_checks.RELEASES", ("0.0.9", "0.1.0"))
    return Path(shutil.copytree(earlier, tmp_path / "plan"))


def test_plan_of_another_version_is_a_warning(older: Path) -> None:
    report = verify(older)
    assert report.passed, report.lines
    assert "made by mine2magnet 0.0.9" in report.warnings[0]
    assert [line for line in report.unchecked if line.startswith("report.html was made by mine2magnet 0.0.9")]
    assert not [line for line in report.unchecked if line.startswith("plan.xlsx")], "its workbook is the same"


def test_audit_of_another_version_may_differ_by_rounding() -> None:
    stated, again = (AuditResult(passed=True, largest_violation=part, checks=()) for part in (1.008e-14, 1.005e-14))
    more = again.model_copy(update={"largest_violation": 1e-7})
    assert not list(audit_problems(stated, again, same_version=False))
    assert list(audit_problems(stated, again, same_version=True)), "the same version finds the same digits"
    assert list(audit_problems(stated, more, same_version=False)), "more than rounding"


def test_notices_of_another_version_may_be_worded_otherwise(older: Path) -> None:
    def reword(written: Any) -> None:
        assert written["notices"]
        written["notices"] = [
            {"cell": row["cell"], "column": row["column"], "message": "as it was"} for row in written["notices"]
        ]

    case = load(older / "case.json")
    reword(case)
    forge(older, "case.json", case)
    forge_manifest(older, reword)
    assert not [line for line in verify(older).lines if line.startswith(("FAILED case", "FAILED record"))]
    forge_manifest(older, lambda written: written["notices"].pop())
    assert [line for line in verify(older).lines if line.startswith("FAILED record: notices has")]


def test_version_that_never_was_is_found(folder: Path) -> None:
    forge_manifest(folder, lambda record: record["versions"].update(mine2magnet="0.0.9"))
    lines = failed(folder)
    assert any("manifest.json states the fingerprint" in line for line in lines)
    assert any(line.startswith("FAILED version: manifest.json: made by mine2magnet 0.0.9") for line in lines)


# -- broken folders -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["plan.json", "case.json", "manifest.json", "small.xlsx"])
def test_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(BadPlan, match=name.replace(".", r"\.")):
        verify(folder)


@pytest.mark.parametrize("name", ["plan.json", "case.json", "manifest.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"schema": NaN}'])
def test_damaged_file_is_named(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(BadPlan, match=rf"{name} is damaged"):
        verify(folder)


def test_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadPlan, match="nowhere is not a plan folder"):
        verify(tmp_path / "nowhere")


def test_damaged_workbook_is_found(folder: Path) -> None:
    (folder / "small.xlsx").write_bytes(b"PK\x03\x04 broken")
    lines = failed(folder)
    assert any(line.startswith("FAILED case: small.xlsx cannot be read as a case") for line in lines)
    assert "FAILED plan: not recomputed, for want of a case" in lines


@pytest.mark.parametrize("name", ["../small.xlsx", "/etc/hostname", "", "..\\small.xlsx"])
def test_manifest_does_not_lead_out_of_the_folder(folder: Path, name: str) -> None:
    forge_manifest(folder, lambda record: record["workbook"].update(name=name))
    with pytest.raises(BadPlan, match="is missing"):
        verify(folder)


def test_missing_further_file_is_found(folder: Path) -> None:
    record = load(folder / "manifest.json")
    record["files"] |= {"extra.html": "0" * 64, "../plan/plan.json": sha256((folder / "plan.json").read_bytes())}
    (folder / "manifest.json").write_bytes(json_bytes(record))
    (line,) = failed(folder)
    assert line.startswith("FAILED files: extra.html is missing; ../plan/plan.json is missing; ")


def test_digests_of_plan_and_case_must_be_recorded(folder: Path) -> None:
    record = load(folder / "manifest.json")
    record["files"] = {}
    (folder / "manifest.json").write_bytes(json_bytes(record))
    problems = "; ".join(f"manifest.json records no digest of {name}" for name in ("plan.json", "case.json"))
    (line,) = failed(folder)
    assert line.startswith(f"FAILED files: {problems}; ")
