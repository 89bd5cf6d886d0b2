"""Makes the sample workbooks: one file per idea, from the facts in `inputs/facts`."""
