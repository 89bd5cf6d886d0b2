"""Keeps files that somebody changed, under another name, before they are written again."""

from pathlib import Path

from optimizer.cli.console import Screen


def keep_changed(folder: Path, digests: dict[str, str], screen: Screen) -> None:
    """Rename the files that somebody changed. `digests`: name -> digest as written."""
    from optimizer.plan_folder.digests import problems

    for name, digest in digests.items():
        path = folder / name
        if not path.is_file() or not list(problems(folder, {name: digest})):
            continue
        kept = _free(path)
        path.rename(kept)
        screen.note(f"note: your changed {name} is now {kept.name}")


def _free(path: Path) -> Path:
    number = 1
    while (place := path.with_name(f"{path.stem}-changed-{number}{path.suffix}")).exists():
        number += 1
    return place
