"""How the sample workbooks are made: one file per idea, from the facts in `inputs/facts`."""
