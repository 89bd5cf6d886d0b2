"""Files that are no workbook, damaged, or of a size that no person's workbook has: refused by name, with the cure."""

import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from support import books

from models.faults import InvalidInput
from optimizer.workbook.integrity import LIMITS, SheetFacts, Tally
from optimizer.workbook.read import read
from optimizer.workbook.scan_ods import ContentScan
from optimizer.workbook.scan_xlsx import SheetScan

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
ROOT = Path(__file__).parents[3]


def refusal(path: Path) -> str:
    """The one fault of a file that cannot be read, as it is printed."""
    with pytest.raises(InvalidInput) as error:
        read(path)
    assert len(error.value.faults) == 1
    return str(error.value.faults[0])


def changed(source: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """A copy of a zip with its parts changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target


@pytest.fixture
def xlsx(tmp_path: Path) -> Path:
    return books.write_xlsx(tmp_path / "good.xlsx", books.small())


@pytest.fixture
def ods(tmp_path: Path) -> Path:
    return books.write_ods(tmp_path / "good.ods", books.small())


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.xlsx", b"", "empty.xlsx  is empty (0 bytes)"),
        ("list.xlsx", b"id,stage\na,mine\n", "is a text file that is called .xlsx"),
        ("list.ods", "id;Größe\n".encode("utf-16"), "is not a workbook, or damaged"),
        ("page.xlsx", b"<html><table>", "is not a spreadsheet"),
        ("paper.xlsx", b"%PDF-1.7\n\0\1", "is not a spreadsheet"),
        ("noise.xlsx", bytes(range(256)) * 9, "is not a workbook, or damaged"),
        ("old.xls", OLE, "is an old Excel file (.xls); open it and save it as .xlsx"),
        ("secret.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "is encrypted; open it, remove the password"),
        ("~$plan.xlsx", b"\5user", "is the lock file of an open workbook, not the workbook; give plan.xlsx itself"),
        (".~lock.plan.ods#", b"user", "give plan.ods itself"),
        ("#plan.xlsx#", b"PK", "is the lock file of an open workbook, not the workbook; give plan.xlsx itself"),
        (".#plan.xlsx", b"user", "give plan.xlsx itself"),
        ("stub.xlsx", b"PK\x03\x04 and nothing more", "is truncated or damaged"),
    ],
)
def test_files_that_are_no_workbook(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert message in refusal(tmp_path / name)


def test_missing_files_and_their_neighbours(xlsx: Path) -> None:
    assert "there is no such file" in refusal(xlsx.with_name("nothing.xlsx"))
    assert f"did you mean {xlsx}?" in refusal(xlsx.with_name("god.xlsx"))
    assert "there is no folder" in refusal(xlsx.parent / "nowhere" / "good.xlsx")


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_truncated_files(xlsx: Path, ods: Path, part: float) -> None:
    for path in (xlsx, ods):
        whole = path.read_bytes()
        path.write_bytes(whole[: int(part * len(whole))])
        assert "is truncated or damaged" in refusal(path)


def test_renamed_files(tmp_path: Path, xlsx: Path, ods: Path) -> None:
    assert "holds a workbook of the kind ods" in refusal(ods.rename(tmp_path / "a.xlsx"))
    assert "save it as .xlsx" in refusal(xlsx.rename(tmp_path / "a.xlsm"))
    with zipfile.ZipFile(tmp_path / "letter.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "x")
    assert "is not a spreadsheet" in refusal(tmp_path / "letter.xlsx")
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        archive.writestr("xl/workbook.bin", "x")
    assert "binary workbook (.xlsb)" in refusal(tmp_path / "b.xlsx")


def test_an_ending_in_capitals_is_fine(tmp_path: Path, xlsx: Path) -> None:
    assert len(read(xlsx.rename(tmp_path / "GOOD.XLSX")).projects) == 3


def test_encrypted_ods(tmp_path: Path, ods: Path) -> None:
    def encrypt(name: str, data: bytes) -> bytes:
        return data.replace(b"</", b"<encryption-data/></", 1) if name.endswith("manifest.xml") else data

    assert "is encrypted; open it, remove the password" in refusal(changed(ods, tmp_path / "secret.ods", encrypt))


def in_sheet(old: bytes, new: bytes, sheet: str = "sheet1.xml") -> Callable[[str, bytes], bytes]:
    return lambda name, data: data.replace(old, new, 1) if name.endswith((sheet, "content.xml")) else data


END = b"</sheetData>"
XLSX_PARTS = [
    (END, b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + END, "reaches to row 1,048,576 and column 16,384"),
    (END, b'<row r="200001"><c r="A200001"><v>1</v></c></row>' + END, "reaches to row 200,001"),
    (END, b'<row r="7"><c r="SG7"><v>1</v></c></row>' + END, "column 501"),
    (END, b'<row r="200000"><c r="SF200000"><v>1</v></c></row>' + END, "6 million cells"),
    (END, b'<row r="900000"><c><f>1+1</f></c></row>' + END, "reaches to row 900,000"),
    (END, b" " * (2 * 2**20) + END, "times its size, more than 200"),
    (b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet', "defines entities of its own"),
    (END, b"", "is damaged: its sheet projects breaks off"),
    (b'<c r="A4"', b'<c r="4"', "is damaged: a cell has no proper address"),
    (b'<c r="A4"', b'<c r="AAAA4"', "is damaged: a cell has no proper address"),
]


@pytest.mark.parametrize(("old", "new", "message"), XLSX_PARTS, ids=[m for _, _, m in XLSX_PARTS])
def test_xlsx_over_a_limit(tmp_path: Path, xlsx: Path, old: bytes, new: bytes, message: str) -> None:
    assert message in refusal(changed(xlsx, tmp_path / "bad.xlsx", in_sheet(old, new)))


ROW_END = b"</table:table>"
FAR = b'<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
CELL = b'<table:table-row><table:table-cell office:value-type="float" office:value="1"%s/></table:table-row>'
ODS_PARTS = [
    (ROW_END, FAR + CELL % b"" + ROW_END, "reaches to row 1,048,007"),
    (ROW_END, CELL % b' table:number-columns-repeated="16384"' + ROW_END, "column 16,384"),
    (b"<text:p>Ridge", b'<text:p><text:s text:c="1000000000"/>Ridge', "the texts of its sheet projects come to more"),
    (
        ROW_END,
        b'<table:table-row table:number-rows-repeated="100000"><table:table-cell office:value-type="string"><text:p>'
        + b"".join(b"%d" % n for n in range(1000)) + b"</text:p></table:table-cell></table:table-row>" + ROW_END,
        "the texts of its sheet projects come to more",
    ),
    (b"<office:document-content", b"<!DOCTYPE x []><office:document-content", "defines entities of its own"),
    (b"</office:body>", b"", "is damaged: its content breaks off"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), ODS_PARTS, ids=[m for _, _, m in ODS_PARTS])
def test_ods_over_a_limit(tmp_path: Path, ods: Path, old: bytes, new: bytes, message: str) -> None:
    assert message in refusal(changed(ods, tmp_path / "bad.ods", in_sheet(old, new)))


def test_formats_far_out_are_no_cells(tmp_path: Path, xlsx: Path, ods: Path) -> None:
    far = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    assert len(read(changed(xlsx, tmp_path / "a.xlsx", in_sheet(END, far))).projects) == 3
    tail = FAR.replace(b"<table:table-cell/>", b'<table:table-cell table:number-columns-repeated="16384"/>')
    assert len(read(changed(ods, tmp_path / "a.ods", in_sheet(ROW_END, tail + ROW_END))).projects) == 3


def test_one_long_text_in_many_cells(tmp_path: Path, xlsx: Path) -> None:
    """Shared texts: a few bytes a cell can stand for megabytes each."""
    many = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(10, 5000))
    text = random.Random(1).randbytes(30_000).hex().encode()

    def change(name: str, data: bytes) -> bytes:
        data = in_sheet(END, many + END)(name, data)
        return data.replace(b"<t>", b"<t>" + text, 1) if name.endswith("sharedStrings.xml") else data

    assert "the texts of its sheet projects come to more" in refusal(changed(xlsx, tmp_path / "long.xlsx", change))


def test_a_part_longer_than_it_says(tmp_path: Path, xlsx: Path) -> None:
    """The list of contents is not believed: a part that states 100 bytes and holds more is refused."""
    data = bytearray(xlsx.read_bytes())
    with zipfile.ZipFile(xlsx) as archive:
        info = archive.getinfo("xl/styles.xml")
        size = info.file_size.to_bytes(4, "little")
    for start in (info.header_offset + 22, data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/styles.xml")) + 24):
        assert data[start : start + 4] == size
        data[start : start + 4] = (100).to_bytes(4, "little")
    (tmp_path / "lie.xlsx").write_bytes(data)
    assert "is not as long as stated" in refusal(tmp_path / "lie.xlsx")


def test_damage_in_a_part_that_is_not_read(tmp_path: Path, xlsx: Path) -> None:
    with zipfile.ZipFile(xlsx) as archive:
        info = archive.getinfo("docProps/app.xml")
    data = bytearray(xlsx.read_bytes())
    data[info.header_offset + 80] ^= 0xFF
    (tmp_path / "bad.xlsx").write_bytes(data)
    assert "is damaged" in refusal(tmp_path / "bad.xlsx")


@pytest.mark.parametrize("name", ["XL/Worksheets/Sheet1.xml", "xl\\worksheets\\sheet1.xml", "xl/./styles.xml"])
def test_a_part_twice(xlsx: Path, name: str) -> None:
    with zipfile.ZipFile(xlsx, "a") as archive:
        archive.writestr(name, "<x/>")
    assert "is there twice" in refusal(xlsx)


def scanned(body: bytes) -> SheetFacts:
    reader = SheetScan("s", Tally())
    reader.feed(b"<worksheet><sheetData>" + body + b"</sheetData></worksheet>")
    reader.finish()
    return reader.facts


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (b'<c r="B1" t="e"><v>#N/A</v></c>', "#N/A is an error"),
        (b'<c r="B1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0! is an error"),
        (b'<c r="B1"><f>1+1</f></c>', "a formula without a stored value"),
        (b'<c r="B1"><f>1+1</f><v></v></c>', "a formula without a stored value"),
        (b'<c r="B1"><f>1+1</f><v/></c><c r="C1"><v>2</v></c>', "a formula without a stored value"),
        (b'<c><v>1</v></c><c><f t="shared" si="0"/></c>', "a formula without a stored value"),
    ],
)
def test_cells_that_would_read_as_empty(cell: bytes, message: str) -> None:
    facts = scanned(b'<row r="1">' + cell + b"</row>")
    assert [(place, message in text) for place, text in facts.cells.items()] == [((1, 1), True)]


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="B1"><f>1+1</f><v>2</v></c>',
        b'<c r="B1" t="str"><f>""</f><v></v></c>',
        b'<c r="B1" s="4"/>',
        b'<c r="B1"><f>A1&lt;2</f><v>1</v></c>',
    ],
)
def test_cells_that_are_as_they_read(cell: bytes) -> None:
    assert scanned(b'<row r="1">' + cell + b"</row>").cells == {}


def test_prefixed_names_are_met_too() -> None:
    reader = SheetScan("s", Tally())
    reader.feed(b'<x:worksheet xmlns:x="u"><x:row r="3" hidden="1"><x:c r="A3" t="e"><x:v>#REF!</x:v></x:c></x:row>')
    reader.feed(b'<x:mergeCells><x:mergeCell ref="A1:B2"/></x:mergeCells></x:worksheet>')
    reader.finish()
    assert list(reader.facts.cells) == [(3, 0)]
    assert reader.facts.hidden_rows == [3]
    assert reader.facts.merged == [(1, 0, 2, 1)]


def test_repeated_cells_of_an_ods_are_counted() -> None:
    reader = ContentScan()
    reader.feed(
        b'<d><table:table table:name="t"><table:table-row table:number-rows-repeated="3"><table:table-cell/>'
        b'</table:table-row><table:table-row table:visibility="filter"><table:table-cell'
        b' table:number-columns-repeated="4"/>'
        b'<table:table-cell table:formula="of:=1" table:number-columns-repeated="2"/>'
        b'<table:table-cell table:formula="of:=1/0" office:value-type="string" calcext:value-type="error">'
        b"<text:p>#DIV/0!</text:p></table:table-cell></table:table-row></table:table></d>"
    )
    sheet = reader.finish().sheets["t"]
    assert list(sheet.cells) == [(4, 4), (4, 5), (4, 6)]
    assert sheet.cells[4, 6].startswith("#DIV/0!")
    assert sheet.hidden_rows == [4]


CHILD = """
import sys
from pathlib import Path
from optimizer.workbook.read import read
from models.faults import InvalidInput
status = 0
try:
    read(sys.argv[1])
except InvalidInput as error:
    print(error)
    status = 3
of_process = Path("/proc/self/status")  # its peak starts anew with the program, that of getrusage does not
if of_process.exists():
    print(next(int(line.split()[1]) for line in of_process.read_text().splitlines() if "VmHWM" in line) // 1024)
else:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**20)
sys.exit(status)
"""


def in_child(*paths: Path, code: str = CHILD) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *map(str, paths)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def inflated(source: Path, target: Path, megabytes: int) -> Path:
    """A copy whose first sheet is followed by blanks: a zip bomb, written without holding it."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name in old.namelist():
            with new.open(name, "w") as part:
                part.write(old.read(name))
                for _ in range(megabytes if name.endswith("sheet1.xml") else 0):
                    part.write(b" " * 2**20)
    return target


@pytest.mark.parametrize("what", ["cell", "bomb"])
def test_giants_are_refused_in_little_memory(tmp_path: Path, xlsx: Path, what: str) -> None:
    far = in_sheet(END, b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + END)
    path = tmp_path / "giant.xlsx"
    child = in_child(changed(xlsx, path, far) if what == "cell" else inflated(xlsx, path, 400))
    assert child.returncode == 3, child.stderr
    assert not child.stderr
    assert int(child.stdout.split()[-1]) < 300


MANY = """
import sys
from optimizer.workbook.read import read
from models.faults import InvalidInput
for path in sys.argv[1:]:
    try:
        case = read(path)
        print(0, hash(repr((case.projects, case.programmes, case.settings, case.rules))))
    except InvalidInput as error:
        assert error.faults and all(f.message for f in error.faults)
        print(3)
"""


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, dropped or put in."""
    result = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5, 20])):
        at = chance.randrange(len(result) or 1)
        kind = chance.random()
        if kind < 0.5:
            result[at : at + 1] = chance.randbytes(1)
        elif kind < 0.75:
            del result[at : at + chance.randrange(1, 50)]
        else:
            result[at:at] = chance.randbytes(chance.randrange(1, 20))
    return bytes(result)


@pytest.mark.parametrize("kind", ["whole", "part"])
def test_mutated_books_never_crash_nor_pass_changed(tmp_path: Path, xlsx: Path, ods: Path, kind: str) -> None:
    """Bytes of the file: refused, or read as if nothing were changed. Bytes inside a part: no crash, no hang."""
    chance = random.Random(5)
    paths = [xlsx, ods]
    for number in range(60):
        source = chance.choice([xlsx, ods])
        target = tmp_path / f"{number}{source.suffix}"
        if kind == "whole":
            target.write_bytes(mutated(source.read_bytes(), chance))
        else:
            with zipfile.ZipFile(source) as archive:
                picked = chance.choice([n for n in archive.namelist() if archive.getinfo(n).file_size])
            changed(source, target, lambda name, data, p=picked: mutated(data, chance) if name == p else data)
        paths.append(target)
    child = in_child(*paths, code=MANY)
    assert child.returncode == 0, child.stderr
    answers = child.stdout.splitlines()
    assert len(answers) == len(paths)
    assert answers.count("3") > 20
    if kind == "whole":
        assert set(answers) <= {"3", answers[0], answers[1]}


def test_the_limits_are_those_of_the_manual() -> None:
    assert (LIMITS.part_bytes, LIMITS.rows, LIMITS.columns) == (64 * 2**20, 200_000, 500)
