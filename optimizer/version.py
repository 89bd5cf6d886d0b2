"""The version of mine2magnet."""

__version__ = "0.1.0"
