"""Starts the command as `python -m optimizer` does, in a process that takes pictures from those that the tests have drawn.

For tests that send signals or close pipes: `[sys.executable, LAUNCH, "solve", ...]` with `environment()` of `commandline`.
"""

import os
import sys
from pathlib import Path

if __name__ == "__main__":  # workers that this process spawns import the file too
    sys.path[0] = str(Path(__file__).resolve().parents[1])

    from support.remembered_pictures import remember

    from optimizer.cli.main import main

    if folder := os.environ.get("MINE2MAGNET_TESTS_PICTURES"):
        remember(Path(folder))
    sys.argv[0] = "mine2magnet"
    main()
