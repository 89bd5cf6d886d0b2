"""What other budgets would buy: a certified frontier (see `walk`), its data (`frontier`) and its words (`words`)."""

from optimizer.explore.frontier import Box, Dots, Frontier, Point, Step
from optimizer.explore.run import explore
from optimizer.explore.walk import Asked, Status

__all__ = ["Asked", "Box", "Dots", "Frontier", "Point", "Status", "Step", "explore"]
