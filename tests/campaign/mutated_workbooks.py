"""Read many damaged workbooks in a child process: each is read or refused, without a traceback, an abort or a hang.

    .venv/bin/python tests/campaign/mutated_workbooks.py 2000 --seed 1

Bytes of the file, bytes of one part, and words of the XML (types, addresses, repetitions, values) are changed. Prints how
many were read and refused, and the files of those that were neither; exit status 1 if there are any.
"""

import argparse
import random
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

CHILD = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1500 << 20, 1500 << 20))
resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
from optimizer.workbook.read import read
from models.faults import InvalidInput
for path in sys.argv[1:]:
    try:
        read(path)
        print("read", path, flush=True)
    except InvalidInput as error:
        assert all(f.message for f in error.faults)
        print("refused", path, flush=True)
"""
WORDS = [
    (rb't="s"', [b't="e"', b't="b"', b't="zz"', b't="str"', b""]),
    (rb"<v>[^<]*</v>", [b"<v/>", b"<v>#SPILL!</v>", b"<v>1e400</v>", b"<v><![CDATA[7]]></v>", b"<v>-1</v>", b"<v>NaN</v>"]),
    (rb'r="[A-Z]+[0-9]+"', [b'r="XFD1048576"', b'r="A0"', b'r=""', b'r="ZZZZ1"', b""]),
    (rb'ref="[^"]*"', [b'ref=""', b'ref="#REF!"', b'ref="A1:XFD1048576"']),
    (rb'office:value="[^"]*"', [b'office:value="x"', b'office:value=""', b'office:value="1e999"']),
    (rb"<table:table-row>", [b'<table:table-row table:number-rows-repeated="1000000">', b'<table:table-row x="1"> ']),
    (rb"<text:p>", [b'<text:p><text:s text:c="99999999"/>', b"<text:p>\x01", b"<text:p><!-- x -->"]),
]  # fmt: skip


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One part with a few words or bytes changed."""
    for _ in range(chance.choice([1, 1, 2, 4])):
        pattern, words = chance.choice(WORDS)
        places = list(re.finditer(pattern, data))
        if places and chance.random() < 0.8:
            place = chance.choice(places)
            data = data[: place.start()] + chance.choice(words) + data[place.end() :]
        elif data:
            at = chance.randrange(len(data))
            data = data[:at] + chance.randbytes(chance.randrange(4)) + data[at + chance.randrange(9) :]
    return data


def written(folder: Path, count: int, seed: int) -> list[Path]:
    """Damaged copies of a small sound book, as xlsx and ods."""
    from support import books

    chance = random.Random(seed)
    good = [books.write(folder / f"good{ending}", books.small()) for ending in (".xlsx", ".ods")]
    paths = []
    for number in range(count):
        source = chance.choice(good)
        target = folder / f"{number}{source.suffix}"
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
            picked = chance.choice([n for n in old.namelist() if n.endswith((".xml", ".rels"))])
            for name in old.namelist():
                new.writestr(name, mutated(old.read(name), chance) if name == picked else old.read(name))
        paths.append(target)
    return paths


def run(paths: list[Path]) -> tuple[dict[str, str], list[str]]:
    """Answer of each file; and what went wrong. A child that dies is started again after the file that killed it."""
    answers: dict[str, str] = {}
    wrong: list[str] = []
    rest = [str(path) for path in paths]
    while rest:
        done = subprocess.run(
            [sys.executable, "-c", CHILD, *rest[:200]], cwd=ROOT, capture_output=True, text=True, check=False
        )
        lines = [line.split(" ", 1) for line in done.stdout.splitlines()]
        answers |= {path: answer for answer, path in lines}
        if done.returncode or len(lines) < len(rest[:200]):
            wrong.append(f"{rest[len(lines)]}: status {done.returncode}: {done.stderr.strip()[-300:]}")
            rest = rest[len(lines) + 1 :]
        else:
            rest = rest[200:]
    return answers, wrong


def main() -> int:
    """Write, read, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="mutated-"))
    answers, wrong = run(written(folder, options.count, options.seed))
    counts = {word: list(answers.values()).count(word) for word in ("read", "refused")}
    print(f"{counts['read']} read, {counts['refused']} refused, {len(wrong)} neither; files in {folder}")
    print(*wrong, sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
