"""The brief of a plan: one content for the page, Word, slides and print."""
