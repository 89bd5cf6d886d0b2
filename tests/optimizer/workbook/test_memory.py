"""Small files that stand for gigabytes: refused within a memory cap, whatever the trick."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from support import books

ROOT = Path(__file__).parents[3]
CAP_MB = 700
"""Address space of the child: the program alone takes about a third."""
CHILD = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({CAP_MB} << 20, {CAP_MB} << 20))
from optimizer.workbook.read import read
from models.faults import InvalidInput
try:
    read(sys.argv[1])
except InvalidInput as error:
    print(error)
    sys.exit(3)
"""


def checked(path: Path) -> str:
    """What the reading says in a child with little memory; it must refuse the book, quickly and cleanly."""
    command = [sys.executable, "-c", CHILD, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 3, (done.returncode, done.stderr[-800:])
    assert not done.stderr
    return done.stdout


def xlsx(path: Path, titles: list[str], sheet: Callable[[int], str]) -> Path:
    """An xlsx with these sheets, written part by part."""
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    names = "".join(f'<sheet name="{t}" sheetId="{n}" r:id="rId{n}"/>' for n, t in enumerate(titles, 1))
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{relation}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(titles) + 1)
    )
    packages = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "xl/workbook.xml", f'<workbook {main} xmlns:r="{relation}"><sheets>{names}</sheets></workbook>'
        )
        archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships {packages}>{links}</Relationships>")
        for n in range(1, len(titles) + 1):
            archive.writestr(f"xl/worksheets/sheet{n}.xml", f"<worksheet {main}>{sheet(n)}</worksheet>")
    return path


def ods(path: Path, body: str) -> Path:
    books.write_ods(path, {"projects": []})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    content = parts["content.xml"]
    start, end = content.index("<table:table "), content.index("</office:spreadsheet>")
    parts["content.xml"] = content[:start] + body + content[end:]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


CELL = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="{c}"/>'
ROW = '<table:table-row table:number-rows-repeated="{r}">{cell}</table:table-row>'
ERROR = (
    '<table:table-cell table:formula="of:=1/0" office:value-type="string" calcext:value-type="error"'
    ' table:number-columns-repeated="30"><text:p>#DIV/0!</text:p></table:table-cell>'
)


def table(name: str, cell: str, rows: int) -> str:
    return f'<table:table table:name="{name}">{ROW.format(r=rows, cell=cell)}</table:table>'


def cased(n: int) -> str:
    """`projects` in a way of writing of its own."""
    return "".join(c.upper() if n >> k & 1 else c for k, c in enumerate("projects"))


HIDDEN = (
    "<cols>"
    + "".join(f'<col min="{n % 99 + 1}" max="{9000 + n}" hidden="1"/>' for n in range(7_000))
    + "</cols><sheetData/>"
)
MERGED = (
    "<sheetData/><mergeCells>"
    + "".join(f'<mergeCell ref="A{n}:XFD1048576"/>' for n in range(1, 60_000))
    + "</mergeCells>"
)
LAST = (
    '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="200000"><c r="AD200000"><v>1</v></c></row></sheetData>'
)
BOOKS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "sheets that differ by case": (lambda p: xlsx(p / "a.xlsx", [cased(n) for n in range(30)], lambda _: LAST), "6 million cells"),
    "hidden columns": (lambda p: xlsx(p / "a.xlsx", ["projects"], lambda _: HIDDEN), "a.xlsx"),
    "merged ranges": (lambda p: xlsx(p / "a.xlsx", ["projects"], lambda _: MERGED), "50,000 merged ranges"),
    "repeated cells": (
        lambda p: ods(p / "a.ods", "".join(table(f"s{n}", CELL.format(c=30), 199_999) for n in range(10))),
        "6 million cells",
    ),
    "repeated errors": (lambda p: ods(p / "a.ods", table("projects", ERROR, 199_999)), "100,000 cells that hold errors"),
    "thousands of sheets": (
        lambda p: ods(p / "a.ods", "".join(table(f"s{n}", CELL.format(c=1), 1) for n in range(5_000))),
        "more than 500 sheets",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("book", "message"), BOOKS.values(), ids=BOOKS.keys())
def test_small_files_of_gigabytes(tmp_path: Path, book: Callable[[Path], Path], message: str) -> None:
    path = book(tmp_path)
    assert path.stat().st_size < 200_000
    assert message in checked(path)
