"""Summary of what is modelled of a workbook, in a few lines, for `check`."""

from collections import Counter
from collections.abc import Callable

from models.case import Case
from models.families import FAMILIES
from models.instruments import INSTRUMENTS
from models.market import has_viability
from models.scenarios import scenarios
from models.sets import Sets
from optimizer.reports.formatting import count, money, stage_count, stage_name
from optimizer.workbook.overrides import Overrides


def modelled(case: Case) -> list[str]:
    """Lines of at most 100 columns, in the order of `LINES`; none for what the case does not have."""
    return [f"  {text}" for line in LINES.values() if (text := line(case))]


def _projects(case: Case) -> str:
    sets = Sets(case)
    stages = Counter(p.stage for p in sets.candidates)
    where = ", ".join(stage_count(stages[s], s) for s in case.settings.stages if stages[s])
    committed = sum(p.status == "committed" for p in sets.candidates)
    words = [f"{len(sets.candidates)} to decide on" + (f" ({where})" if where else "")]
    words += [f"{committed} of them committed"] if committed else []
    words += [f"{len(sets.underway)} underway"] if sets.underway else []
    ahead = len(sets.unaided_fids)
    words += [f"{ahead} that {'goes' if ahead == 1 else 'go'} ahead without support"] if ahead else []
    words += [f"{len(sets.barred)} barred"] if sets.barred else []
    return count(len(case.projects), "project") + ": " + ", ".join(words)


def _money(case: Case) -> str:
    if not case.programmes:
        return f"no programmes: each project costs its public need; {_total(case)}"
    instruments = Counter(p.instrument for p in case.programmes)
    kinds = ", ".join(f"{n} {kind if n == 1 else INSTRUMENTS[kind].label}" for kind, n in sorted(instruments.items()))
    return f"{count(len(case.programmes), 'programme')} ({kinds}); {_total(case)}"


def _demand(case: Case) -> str:
    rows = Sets(case).demands
    if not rows:
        return "no demand: capacity is what counts"
    stages = Counter(key.stage for key in rows)
    words = ", ".join(f"{stages[s]} for {stage_name(s)}" for s in case.settings.stages if stages[s])
    return f"{count(len(rows), 'demand row')} ({words}), {count(len(case.existing), 'row')} of existing capacity"


def _viability(case: Case) -> str:
    """Number of projects that must be viable at the prices of the workbook."""
    must_pay = [p for p in Sets(case).candidates if has_viability(case, p)]
    if not must_pay:
        return ""
    return f"viability: {count(len(must_pay), 'project')} must pay at {count(len(case.prices), 'price path')}"


def _chain(case: Case) -> str:
    """The recipes, and from when coefficients change."""
    if not case.processes:
        return ""
    recipes = {(r.process, r.recipe) for r in case.processes}
    materials = count(len({r.material for r in case.processes}), "material")
    later = sorted({r.from_year for r in case.processes if r.from_year is not None})
    words = f", coefficients change from {', '.join(map(str, later[:4]))} on" if later else ""
    processes = len({r.process for r in case.processes})
    return f"a chain: {processes} processes with {count(len(recipes), 'recipe')} and {materials}{words}"


def _rules(case: Case) -> str:
    soft = sum(not r.hard for r in case.rules)
    if not case.rules:
        return "no rules"
    return count(len(case.rules), "rule") + (f", {soft} of them soft" if soft else "")


def _limits(case: Case) -> str:
    """Limits of the settings sheet that have a constraint family of their own, as the sheet states them."""
    stated = {f.setting: getattr(case.settings, f.setting) for f in FAMILIES.values() if f.setting}
    words = ", ".join(f"{key} {limit}" for key, limit in stated.items() if limit is not None)
    return f"limits of the settings: {words}" if words else ""


def _aim(case: Case) -> str:
    s = case.settings
    return (
        f"{s.first_year} to {s.last_year}, decisions until {s.last_fid_year}; objective {s.objective}; "
        f"prices of {s.price_year} in {s.base_currency}"
    )


def _trouble(case: Case) -> str:
    """Scenarios and risks, and what `solve` plans for of them."""
    if not case.scenarios and not case.risks:
        return ""
    rows = scenarios(case.scenarios)
    likely = sum(s.probability > 0 for s in rows if s.rows)
    words = (
        f"{count(sum(bool(s.rows) for s in rows), 'scenario')} ({likely} with probability)" if case.scenarios else ""
    )
    risks = count(len(case.risks), "row") + " of risks" if case.risks else ""
    return f"{' and '.join(filter(None, (words, risks)))}, for `stress`; `solve` plans {_planned_for(case)}"


def _planned_for(case: Case) -> str:
    """What `solve` plans for under the settings."""
    s = case.settings
    if s.risk == "none":
        return "as planned (risk none)"
    if s.risk == "failures":
        return f"for failures, as the workbook is planned (risk failures, failures {s.failures})"
    return f"for {count(s.draws, 'draw')} of them (risk {s.risk})" if s.draws else f"for the scenarios (risk {s.risk})"


LINES: dict[str, Callable[[Case], str]] = {
    "projects": _projects,
    "money": _money,
    "viability": _viability,
    "demand": _demand,
    "chain": _chain,
    "rules": _rules,
    "limits": _limits,
    "aim": _aim,
    "trouble": _trouble,
}
"""Name -> line. Every constraint family names the line that speaks of it (`models.family.Family.modelled`)."""


def overridden(case: Case, changes: Overrides) -> list[str]:
    """The overrides of the command line, as they were understood: `total budget 3,000 M USD (--budget)`."""
    lines = []
    for key, (_text, option) in changes.settings.items():
        value = getattr(case.settings, key)
        if key == "total_budget_m":
            lines.append(f"{_total(case)} ({option})")
        else:
            shown = "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            lines.append(f"{key} {shown} ({option})")
    names = {p.id.casefold(): p.name or p.id for p in case.projects}
    for option, ids, must in (("include", changes.include, "must"), ("exclude", changes.exclude, "must not")):
        lines += [f"{names.get(i.casefold(), i)} {must} be financed (--{option} {i})" for i in ids]
    return lines


def _total(case: Case) -> str:
    s = case.settings
    return "no total budget" if s.total_budget_m is None else f"total budget {money(s.total_budget_m, s.base_currency)}"
