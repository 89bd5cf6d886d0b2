"""Scan of a whole file: its parts by size and checksum, then its sheets cell by cell."""

import zipfile
from collections.abc import Callable
from pathlib import Path

from optimizer.workbook import scan_ods, scan_xlsx
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.integrity import DAMAGE, Facts, Kind, Refused, check_parts, check_whole


def scan_file(path: Path, kind: Kind, is_known: Callable[[str], bool], diagnostics: Diagnostics) -> Facts:
    """Stream every part that will be read. Raises InvalidInput where one is damaged, encrypted or over a limit."""
    try:
        with zipfile.ZipFile(path) as archive:
            check_parts(archive)
            check_whole(archive)
            scan = scan_xlsx.scan if kind == "xlsx" else scan_ods.scan
            return scan(archive, is_known)
    except Refused as error:
        raise diagnostics.refuse(path.name, str(error)) from error
    except DAMAGE as error:
        raise diagnostics.refuse(
            path.name, f"is damaged ({error}); open it in the spreadsheet program and save it again"
        ) from error
