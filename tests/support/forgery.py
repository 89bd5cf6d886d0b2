"""Forges plan folders as a careful forger would: the content changed, and every digest that tells of it replaced."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from models.case import Case
from models.plan import Plan
from optimizer.files import json_bytes
from optimizer.fingerprint import fingerprint
from optimizer.plan_folder.digests import sha256


def load(path: Path) -> Any:
    """The content of a JSON file."""
    return json.loads(path.read_bytes())


def rewrite(folder: Path, contents: Mapping[str, bytes], *, new: bool = False) -> None:
    """Write files of the folder, and their digests into manifest.json; `new` files are recorded there too."""
    record = load(folder / "manifest.json")
    for name, data in contents.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
        if new or name in record["files"]:
            record["files"][name] = sha256(data)
    (folder / "manifest.json").write_bytes(json_bytes(record))


def replace_text(folder: Path, name: str, old: str, new: str) -> None:
    """Replace the first place of a text in a file, which must be there."""
    text = (folder / name).read_text("utf-8")
    assert old in text, old
    rewrite(folder, {name: text.replace(old, new, 1).encode()})


def change_json(folder: Path, name: str, change: Callable[[Any], None]) -> None:
    """Change the content of a JSON file."""
    content = load(folder / name)
    change(content)
    if name == "manifest.json":
        (folder / name).write_bytes(json_bytes(content))
    else:
        rewrite(folder, {name: json_bytes(content)})


def state_fingerprint(folder: Path) -> None:
    """Put the fingerprint of the changed plan into manifest.json."""
    plan = Plan.model_validate_json((folder / "plan.json").read_bytes())
    case = Case.model_validate_json((folder / "case.json").read_bytes())
    record = load(folder / "manifest.json")
    record["fingerprint"] = fingerprint(case, plan)
    (folder / "manifest.json").write_bytes(json_bytes(record))


def change_part(folder: Path, name: str, part: str, change: Callable[[bytes], bytes] | bytes) -> None:
    """Change a part of a zipped document, or add one."""
    stream, is_changed = io.BytesIO(), False
    with zipfile.ZipFile(folder / name) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == part:
                assert callable(change)
                data, is_changed = change(data), True
            new.writestr(entry, data)
        if isinstance(change, bytes):
            new.writestr(part, change)
            is_changed = True
    assert is_changed, part
    rewrite(folder, {name: stream.getvalue()})
