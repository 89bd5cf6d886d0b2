"""The objectives by name: the unit of each, and which of them count what a chain delivers. The words of the schema.

This file imports nothing, so that the help of the command line can read it. How an objective is worked out stands in
`models.objectives`, one file each.
"""

OBJECTIVE_UNITS = {
    "coverage": "points",
    "capacity": "t/yr",
    "bottleneck": "points",
    "delivered": "points",
    "magnets": "t",
}
"""Objective -> unit of its value; a hundred points are a score of 1."""
OBJECTIVES = tuple(OBJECTIVE_UNITS)
"""What the setting `objective` can be."""
CHAIN_OBJECTIVES = ("delivered", "magnets")
"""Those that count what the recipes of a chain deliver; they need the sheets `processes` and `demand`."""
CAPACITY_OBJECTIVES = ("capacity",)
"""Those that count capacity in the objective's year and ask for no demand."""
