"""One workbook, one plan: whatever the hash seed of the process and the order of rows, columns and sheets."""

import json
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from support import books as files
from support.commandline import environment
from support.repeatable import examples
from support.tables import Book, settings, sheets

HASH_SEEDS = range(examples(1 / 3))


def twins() -> Book:
    """Three pairs of twins at each of two stages, money for about half; two programmes could each pay for any."""
    plants: list[dict[Any, Any]] = [
        {"id": f"{stage[:3]}-{size}-{n}", "country": country, "stage": stage, "capacity_tpa": size, "capex_m": size / 5}
        | {"build_years": 1, "ramp": "50;100", "private_share": 0.5, "esg_e": 60, "esg_s": 40, "esg_g": 50}
        for stage in ("mine", "magnet")
        for size, country in ((100, "US"), (200, "AU"), (300, "JP"))
        for n in ("east", "west")
    ]
    plants[0]["together"] = plants[6]["id"]
    plants[3]["requires"] = f"{plants[8]['id']}|{plants[9]['id']}"
    plants[4]["group"] = plants[5]["group"] = "harbour"
    return {
        "projects": plants,
        "programmes": [
            {"id": "loans", "instrument": "loan", "cost_rate": 0.2, "donor": "US", "limit_on": "face"}
            | {2026: 20, 2027: 30, 2028: 30, "carry_over": "yes", "max_share": 0.4},
            {"id": "stakes", "instrument": "equity", "donor": "JP", "total_m": 40},
            {"id": "aid", "instrument": "grant", "donor": "US", "total_m": 40},
        ],
        "demand": [{"stage": "mine", 2026: 800, 2032: 1000}, {"stage": "magnet", 2026: 500}],
        "existing": [{"country": "US", "stage": "mine", 2026: 50}, {"country": "CN", "stage": "magnet", 2026: 900}],
        "rules": [
            {"rule": "not one country", "measure": "capex", "aggregate": "share", "where": "country=JP"}
            | {"sense": "<=", "value": 0.6},
            {"rule": "score", "measure": "esg", "aggregate": "average", "sense": ">=", "value": 45},
            {"rule": "two treasuries", "measure": "joint", "aggregate": "sum", "weight": "count"}
            | {"sense": ">=", "value": 1, "hard": "no", "penalty": 0.001},
        ],
        "settings": settings(first_year=2026, last_year=2032, last_fid_year=2028, discount_rate=0.05),
    }


PROGRAM = """
import sys
from optimizer import read, solve
sys.stdout.write(solve(read(sys.argv[1])).model_dump_json(exclude={"manifest"}, indent=1))
"""


def plan_of(folder: Path, seed: int) -> str:
    """The plan but its manifest, as text, from a process with this hash seed; all files but the first are shuffled."""
    order = random.Random(seed) if seed else None
    book = files.write(folder / f"book-{seed}.xlsx", sheets(twins(), order))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(book)],
        cwd=folder,
        env=environment({"PYTHONHASHSEED": str(seed)}),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    plan = json.loads(done.stdout)
    assert plan["tie_break"] == "proved"
    assert plan["projects"]
    return done.stdout


def test_hash_seeds_and_order_give_one_plan(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        plans = list(pool.map(lambda seed: plan_of(tmp_path, seed), HASH_SEEDS))
    assert plans[1:] == plans[:1] * (len(plans) - 1)


def test_shuffling_moves_sheets_columns_and_rows() -> None:
    """The files of the test above differ."""
    plain, other = sheets(twins()), sheets(twins(), random.Random(1))
    assert list(plain) != list(other)
    assert plain["projects"][0] != other["projects"][0]
    assert [row[0] for row in plain["projects"]] != [row[other["projects"][0].index("id")] for row in other["projects"]]
