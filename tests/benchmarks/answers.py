"""What a planner waits for: processor seconds of whole commands over those of HiGHS alone on the sample's matrix.

    python tests/benchmarks/answers.py                 every command once
    python tests/benchmarks/answers.py solve explain   those whose name begins so

Prints a table in Markdown. A command is measured from its start to its end, with every process that it starts, imports,
pages and pictures included. HiGHS alone, with the tool's tolerances and gap, is measured before each command and after
the last, so that ratios are of the same minutes; the mean of the two beside a command is its reference. The sources are
compiled to bytecode before, as pip does when it installs them.
"""

import argparse
import compileall
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from apart import apart
from solve import alone

ROOT = Path(__file__).resolve().parents[2]
SAMPLE, CHAIN = ROOT / "inputs" / "allied-candidates.xlsx", ROOT / "inputs" / "allied-chain.xlsx"
GAP, LIMIT = 1e-3, 600.0
COMMANDS = {
    "solve sample": (["solve", str(SAMPLE), "--out", "sample"], 1.2),
    "solve chain": (["solve", str(CHAIN), "--out", "chain"], 3.0),
    "explain PROJECT": (["explain", "sample", "{financed}"], 2.0),
    "explain PLAN": (["explain", "sample"], 15.0),
    "alternatives": (["alternatives", "sample"], 6.0),
    "explore to 0.01": (["explore", str(SAMPLE), "--out", "frontier", "--tolerance", "0.01"], 10.0),
}
"""Name -> arguments, and the ratio that is aimed at. The first makes the plan that others ask about."""


def reference() -> float:
    """Processor seconds of HiGHS alone on the matrix of the sample."""
    return float(apart(alone, SAMPLE, GAP, LIMIT, True)["seconds"])


def command(arguments: list[str], cwd: Path) -> float:
    """Processor seconds of one command line and of all its processes. Raises CalledProcessError."""
    before = _children()
    subprocess.run([sys.executable, "-m", "optimizer", *arguments], cwd=cwd, check=True, capture_output=True,
                   env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
    return _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _financed(plan: Path) -> str:
    import json

    return str(json.loads((plan / "plan.json").read_text(encoding="utf-8"))["projects"][0]["id"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="beginnings of names; empty: all")
    wanted = tuple(parser.parse_args().names) or ("",)
    for room in ("models", "optimizer"):
        compileall.compile_dir(ROOT / room, quiet=1)
    print("| command | seconds | HiGHS alone | ratio | aim |\n| --- | --- | --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        if not any("solve sample".startswith(w) for w in wanted):
            command(COMMANDS["solve sample"][0], here)
        before = reference()
        for name, (arguments, aim) in COMMANDS.items():
            if not name.startswith(wanted):
                continue
            given = [_financed(here / "sample") if a == "{financed}" else a for a in arguments]
            seconds, after = command(given, here), reference()
            beside = (before + after) / 2
            print(f"| {name} | {seconds:.1f} | {beside:.1f} | {seconds / beside:.1f} | {aim:g} |", flush=True)
            before = after


if __name__ == "__main__":
    main()
