"""Converts files with LibreOffice, whose profile takes seconds to make: all workers of a run share one, one at a time."""

import shutil
import subprocess
from pathlib import Path

from filelock import FileLock

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
"""The program; None if it is not installed."""


def convert(kind: str, folder: Path, *paths: Path, profile: Path) -> None:
    """Converts files to a kind, such as `pdf`, into a folder."""
    command = [
        str(SOFFICE),
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        *("--convert-to", kind),
        *("--outdir", str(folder)),
        *map(str, paths),
    ]
    with FileLock(profile.with_suffix(".lock")):
        subprocess.run(command, check=True, capture_output=True, timeout=300)
