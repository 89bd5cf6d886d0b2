"""Tiny chains with answers worked out by hand. The horizon is 2026 to 2028, plants deliver at once."""

from typing import Any

from support.cases import World, book, plant, recipe
from support.tables import Book

DIG = recipe("dig", "mine", conc=1)
CRACK = recipe("crack", "separation", conc=-1, ndpr=0.2)


def demand(stage: str, material: str | None, tonnes: float, **more: Any) -> dict[Any, Any]:
    return {"stage": stage, "material": material, 2026: tonnes, **more}


def standing(stage: str, process: str, tonnes: float) -> dict[Any, Any]:
    """An existing plant in Australia."""
    return {"country": "AU", "stage": stage, "process": process, "capacity_tpa": tonnes}


def supply(material: str, tonnes: float, **more: Any) -> dict[Any, Any]:
    """A material from outside the chain."""
    return {"country": "ROW", "stage": "separation", "material": material, "capacity_tpa": tonnes, **more}


def chain(projects: list[dict[Any, Any]], budget: float | str | None = "none", **more: Any) -> Book:
    return book(projects, budget, **{"objective": "delivered", **more})


# 1,000 t of ore give 200 t of NdPr and 1 t of Dy, whatever is spent: Dy for 50 t of 100 t of magnets, which take 15 t of
# NdPr; 185 of 200 t are left. (0.5 + 0.925) / 2.
HEAVY_POOR = chain(
    [plant("ore", 1000, 10), plant("sep", 2000, 10, stage="separation"), plant("press", 500, 10, stage="magnet")],
    demand=[demand("magnet", "sh", 100), demand("separation", "ndpr", 200, basis="net")],
    processes=[
        *DIG,
        *recipe("crack", "separation", conc=-1, ndpr=0.2, dy=0.001),
        *recipe("press", "magnet", ndpr=-0.3, dy=-0.02, sh=1),
    ],
)

# 1,000 t of ore give 100 t of NdPr and 10 t of heavy concentrate. 50 M buys a heavy circuit or a second mine.
# With the circuit 5 t of Dy make 200 of 250 t of sh, and 40 t of NdPr are left for 133 of 500 t of n: (0.8 + 0.267) / 2.
# With the mine 150 t of NdPr make all 500 t of n: (0 + 1) / 2.
HEAVY_CIRCUIT = chain(
    [plant("circuit", 20, 50, stage="separation", process="heavy"), plant("mine2", 500, 50, process="dig")],
    50,
    demand=[demand("magnet", "n", 500), demand("magnet", "sh", 250)],
    existing=[standing("mine", "dig", 1000), standing("separation", "light", 2000), standing("magnet", "press", 600)],
    processes=[
        *DIG,
        *recipe("light", "separation", conc=-1, ndpr=0.1, seg=0.01),
        *recipe("heavy", "separation", seg=-1, dy=0.5),
        *recipe("press", "magnet", "n", ndpr=-0.3, n=1),
        *recipe("press", "magnet", "sh", ndpr=-0.3, dy=-0.025, sh=1),
    ],
)

# No mine: 50 t of scrap, 1.25 t a tonne, make 40 of 100 t.
SCRAP = chain(
    [plant("press", 80, 10, stage="magnet")],
    demand=[demand("magnet", "n", 100)],
    existing=[supply("scrap", 50)],
    processes=recipe("hpms", "magnet", scrap=-1.25, n=1),
)

# 1 t of Dy a year, 0.04 t a tonne of magnets, 0.02 from 2028 on: 25, 25 and 50 of 100 t.
THRIFT = chain(
    [plant("works", 60, 10, stage="magnet")],
    demand=[demand("magnet", "sh", 100)],
    existing=[supply("dy", 1)],
    processes=[
        *recipe("press", "magnet", dy=-0.04, sh=1),
        {"process": "press", "stage": "magnet", "material": "dy", "tonnes_per_tonne": -0.02, "from_year": 2028},
    ],
)

MINE_ALONE = chain([plant("ore", 1000, 10)], demand=[demand("separation", "ndpr", 100)], processes=[*DIG, *CRACK])


def shared(basis: str | None) -> Book:
    """100 t of NdPr, of which 200 t of magnets take 50: all 100 were made, 50 are left."""
    return chain(
        [plant("ore", 500, 10), plant("works", 500, 10, stage="magnet")],
        demand=[demand("separation", "ndpr", 100, basis=basis), demand("magnet", "n", 200)],
        existing=[standing("separation", "crack", 1000)],
        processes=[*DIG, *CRACK, *recipe("press", "magnet", ndpr=-0.25, n=1)],
    )


# A tonne of the second ore takes twice the room: 60 of the first, 20 of the second, half a tonne of oxide of each.
CAPACITY_USE = chain(
    [plant("sep", 100, 10, stage="separation")],
    demand=[demand("separation", "ndpr", 80)],
    existing=[supply("conc_a", 60), supply("conc_b", 60)],
    processes=[
        *recipe("crack", "separation", "a", conc_a=-1, ndpr=0.5),
        *[row | {"capacity_use": 2} for row in recipe("crack", "separation", "b", conc_b=-1, ndpr=0.5)],
    ],
)

# Without a material what the plants of a stage run counts: the mine 100 of 200 t, the separator 80 of those 100.
STAGE_DEMAND = chain(
    [plant("ore", 100, 10), plant("sep", 80, 10, stage="separation")],
    demand=[demand("mine", None, 200), demand("separation", None, 160)],
    processes=[*DIG, *CRACK],
)

CHAIN_WORLDS = (
    World("a mine without a separator", MINE_ALONE, 0.0, {}),
    World("a mine and a separator", {**MINE_ALONE, "projects": [
        *MINE_ALONE["projects"], plant("sep", 250, 10, stage="separation")
    ]}, 0.5, {"ore": 2026, "sep": 2026}),
    World("heavy-poor ore", HEAVY_POOR, (0.5 + 0.925) / 2, {"ore": 2026, "sep": 2026, "press": 2026}),
    World("a heavy circuit", HEAVY_CIRCUIT, (0.8 + 40 / 0.3 / 500) / 2, {"circuit": 2026}),
    World("scrap alone", SCRAP, 0.4, {"press": 2026}),
    World("thrift", THRIFT, (0.25 + 0.25 + 0.5) / 3, {"works": 2026}),
    World("gross demand", shared("gross"), 1.0, {"ore": 2026, "works": 2026}),
    World("net demand", shared("net"), 0.75, {"ore": 2026, "works": 2026}),
    World("demand of what is used is gross", shared(None), 1.0, {"ore": 2026, "works": 2026}),
    World("capacity use", CAPACITY_USE, 0.5, {"sep": 2026}),
    World("demand of a stage", STAGE_DEMAND, 0.5, {"ore": 2026, "sep": 2026}),
    World(
        "tonnes of magnets",
        {**HEAVY_CIRCUIT, "settings": [
            row if row["key"] != "objective" else {"key": "objective", "value": "magnets"}
            for row in HEAVY_CIRCUIT["settings"]
        ]},
        1500.0,
        {"mine2": 2026},
    ),
)  # fmt: skip
"""Objective value and best selection."""

EVERY_COEFFICIENT_COUNTS = (HEAVY_POOR, HEAVY_CIRCUIT, SCRAP, THRIFT, shared("net"))
"""Worlds in which no coefficient can be removed without another answer."""
