"""Plan folders: written, found, verified and compared."""
