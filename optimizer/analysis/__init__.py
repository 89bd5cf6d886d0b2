"""Questions about a case and its plan, each answered by solving again."""
