"""The certified frontier of the best value over budgets. `box_search` finds it, `certified` is its data."""

from optimizer.analysis.frontier.box_search import ExplorationOptions, Status
from optimizer.analysis.frontier.certified import Box, Frontier, FrontierStep, Point, TradeOff
from optimizer.analysis.frontier.run import explore

__all__ = ["Box", "ExplorationOptions", "Frontier", "FrontierStep", "Point", "Status", "TradeOff", "explore"]
