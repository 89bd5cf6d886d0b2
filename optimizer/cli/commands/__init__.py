"""One file per verb, named after it; each holds a click command called `command`."""
