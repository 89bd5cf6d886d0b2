"""What other budgets would buy: a certified frontier (see `walk`), its data (`frontier`) and its words (`words`)."""

from optimizer.analysis.frontier.box_search import Asked, Status
from optimizer.analysis.frontier.certified import Box, Dots, Frontier, Point, Step
from optimizer.analysis.frontier.run import explore

__all__ = ["Asked", "Box", "Dots", "Frontier", "Point", "Status", "Step", "explore"]
