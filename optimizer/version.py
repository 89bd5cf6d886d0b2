"""The version of mine2magnet."""

__version__ = "0.1.0"
RELEASES = (__version__,)
"""Every version that has made plan folders, this one last."""
