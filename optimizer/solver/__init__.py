"""From a case to a proved selection: the matrix, HiGHS, and the searches around it."""
