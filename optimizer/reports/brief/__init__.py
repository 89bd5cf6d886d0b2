"""The brief of a plan: what decides whether it is read. One content for the page, Word, slides and print."""
