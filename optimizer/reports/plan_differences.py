"""Differences of two plans of one workbook, in sentences."""

from collections.abc import Iterable
from typing import Any

from models.plan import Financed, Plan

_TABLES = ("capacity", "materials", "budgets", "rules", "not_financed")


def differences(before: Plan, after: Plan) -> list[str]:
    """One sentence per difference: versions, status, value, projects, then tables; empty if there is none. Timings do not count."""
    numbers = list(_projects(before, after)) + list(_numbers(before, after))
    return ([*_versions(before, after), *numbers] if numbers else []) or _anything_else(before, after)


def _versions(before: Plan, after: Plan) -> Iterable[str]:
    """Other versions, which are mentioned only if the plans differ."""
    new = after.manifest.get("versions", {})
    for name, version in before.manifest.get("versions", {}).items():
        if new.get(name) != version:
            yield f"{name}: version {version} then, {new.get(name)} now"


def _projects(before: Plan, after: Plan) -> Iterable[str]:
    old, new = ({p.id: p for p in plan.projects} for plan in (before, after))
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            yield f"{name}: financed then, left out now"
        elif name not in old:
            yield f"{name}: left out then, financed now"
        elif old[name] != new[name]:
            yield f"{name}: {_moved(old[name], new[name])}"


def _moved(old: Financed, new: Financed) -> str:
    if old.fid_year != new.fid_year:
        return f"decided in {old.fid_year} then, {new.fid_year} now"
    return f"its money differs: public {old.public_m:g} M then, {new.public_m:g} M now, or other programmes"


def _numbers(before: Plan, after: Plan) -> Iterable[str]:
    pairs: list[tuple[str, Any, Any]] = [("status", before.status, after.status)]
    for name in ("name", "value", "bound", "penalty", "baseline"):
        pairs.append((f"objective {name}", getattr(before.objective, name), getattr(after.objective, name)))
    for label, old, new in pairs:
        if old != new:
            yield f"{label}: {old} then, {new} now"


def _anything_else(before: Plan, after: Plan) -> list[str]:
    return [f"the table {name} differs" for name in _TABLES if getattr(before, name) != getattr(after, name)]
