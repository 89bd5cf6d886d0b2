"""Names and units of the objectives, and which of them count what a chain delivers.

This file imports nothing, so that the help of the command line can read it quickly. The objectives themselves are in
`models.objectives`, one file each.
"""

OBJECTIVE_UNITS = {
    "coverage": "points",
    "capacity": "t/yr",
    "bottleneck": "points",
    "delivered": "points",
    "magnets": "t",
}
"""Objective -> unit of its value; 100 points are a score of 1."""
OBJECTIVES = tuple(OBJECTIVE_UNITS)
"""Values of the setting `objective`."""
CHAIN_OBJECTIVES = ("delivered", "magnets")
"""Objectives that count what the recipes of a chain deliver; they need the sheets `processes` and `demand`."""
CAPACITY_OBJECTIVES = ("capacity",)
"""Objectives that count capacity in `objective_year` and need no demand."""
