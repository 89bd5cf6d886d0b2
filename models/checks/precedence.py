"""Statuses and links between projects that contradict one another, whatever the money.

A link is a cell of `requires`, `excludes`, `together` or `group`. These checks find what follows from links and statuses alone;
what only sums, shares or money forbid is left to the solver.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from models.checks.findings import Findings, listed
from models.checks.rules import measure_cell
from models.schema import Project
from models.sets import Sets
from models.text import Text, joined_or


def check(findings: Findings, sets: Sets) -> None:
    """Faults of cycles and of committed projects that cannot be financed; warnings on others that never can."""
    links = Links(findings, sets)
    for cycle in links.cycles():
        first = links.by_id[cycle[0]]
        findings.fault(
            first,
            "requires",
            f"{listed(cycle)} require one another in a circle: remove one of the references, or decide them `together`",
        )
    _beside_unaided(findings, sets)
    _never(findings, links)
    _forced_pairs(findings, links)
    _at_odds(findings, links)
    _windows(findings, links)


@dataclass(frozen=True)
class Links:
    """The links between projects, and what follows from them."""

    findings: Findings
    sets: Sets

    @cached_property
    def by_id(self) -> dict[str, Project]:
        return self.sets.by_id

    @cached_property
    def mates(self) -> dict[str, tuple[str, ...]]:
        """Project -> those decided in its year, both ways."""
        pairs: dict[str, dict[str, None]] = defaultdict(dict)
        for p in self.findings.case.projects:
            for other in p.together:
                if other in self.by_id and other != p.id:
                    pairs[p.id][other] = None
                    pairs[other][p.id] = None
        return {i: tuple(sorted(others)) for i, others in pairs.items()}

    @cached_property
    def requirements(self) -> dict[str, list[tuple[str, ...]]]:
        """Project -> groups of alternatives that it needs; unknown ids and itself, faults already, left out."""
        needed: dict[str, list[tuple[str, ...]]] = {}
        for p in self.findings.case.projects:
            groups = (tuple(i for i in any_of if i in self.by_id and i != p.id) for any_of in p.requires)
            if p.requires and (kept := [g for g in groups if g]):
                needed[p.id] = kept
        return needed

    def required(self, p: Project) -> list[tuple[str, ...]]:
        """Groups of alternatives that a project requires."""
        return self.requirements.get(p.id, [])

    @cached_property
    def dependents(self) -> dict[str, set[str]]:
        """Project -> those that a link ties to it: they require it, or are decided together with it."""
        tied: dict[str, set[str]] = defaultdict(set)
        for name, groups in self.requirements.items():
            for i in (i for group in groups for i in group):
                tied[i].add(name)
        for i, others in self.mates.items():
            tied[i].update(others)
        return tied

    def spread(self, start: Iterable[str], follows: Callable[[Project, set[str]], bool]) -> set[str]:
        """The least set that contains `start` and every project that `follows` from it through a link."""
        reached = set(start)
        queue = deque(sorted(reached))
        while queue:
            for i in sorted(self.dependents.get(queue.popleft(), set()) - reached):
                if follows(self.by_id[i], reached):
                    reached.add(i)
                    queue.append(i)
        return reached

    # -- cycles ---------------------------------------------------------------------------------------------

    def cycles(self) -> list[tuple[str, ...]]:
        """Cycles of `requires` that no alternative avoids, each once, from its least id."""
        free = [p.id for p in self.findings.case.projects if p.status == "underway" or not self.required(p)]
        free += self.sets.unaided_fids
        settled = self.spread(free, lambda p, reached: all(reached.intersection(g) for g in self.required(p)))
        stuck = sorted(set(self.by_id) - settled)
        circles: dict[frozenset[str], tuple[str, ...]] = {}
        seen: set[str] = set()
        for i in stuck:
            path: list[str] = []
            at = i
            while at not in seen:
                seen.add(at)
                path.append(at)
                at = next(g for g in self.required(self.by_id[at]) if not settled.intersection(g))[0]
            if at in path:
                circle = path[path.index(at) :]
                least = circle.index(min(circle))
                circles[frozenset(circle)] = (*circle[least:], *circle[:least])
        return list(circles.values())

    # -- what can never be financed ---------------------------------------------------------------------------

    @cached_property
    def impossible(self) -> set[str]:
        """Barred projects, those that an underway one shuts out, and those that need one of them."""
        return self.spread((*self.sets.barred, *self.shut_out), self._is_impossible)

    @cached_property
    def shut_out(self) -> dict[str, tuple[str, str]]:
        """Project that an underway one excludes, or whose group has an underway member -> column, and that project."""
        shut: dict[str, tuple[str, str]] = {}
        taken = {p.group: p.id for p in self.sets.underway if p.group}
        rivals = {i: p.id for p in self.sets.underway for i in p.excludes}
        underway = {p.id for p in self.sets.underway}
        for p in self.sets.candidates:
            rival = next((i for i in p.excludes if i in underway), rivals.get(p.id))
            if rival:
                shut[p.id] = ("excludes", rival)
            elif p.group in taken:
                shut[p.id] = ("group", taken[p.group])
        return shut

    def _is_impossible(self, p: Project, reached: set[str]) -> bool:
        return p.status in ("candidate", "committed") and self.blocking(p, reached) is not None

    def blocking(self, p: Project, impossible: set[str]) -> tuple[str, tuple[str, ...]] | None:
        """Column and ids of the first link that a project cannot keep; None if it can keep all."""
        for group in self.required(p):
            if all(i in impossible and not self.comes_anyway(i, p) for i in group):
                return "requires", group
        lost = tuple(i for i in self.mates.get(p.id, ()) if i in impossible)
        return ("together", lost[:1]) if lost else None

    def comes_anyway(self, i: str, p: Project) -> bool:
        """Whether one project exists by the last year in which another can be decided, whatever is financed."""
        window = self.sets.windows.get(p.id)
        return window is not None and len(window) > 0 and self.sets.stands_unfinanced(i, window[-1])

    # -- what must be financed --------------------------------------------------------------------------------

    @cached_property
    def forced(self) -> dict[str, str]:
        """Project that must be financed -> the committed project that forces it."""
        forced = {p.id: p.id for p in self.findings.case.projects if p.status == "committed"}
        queue = deque(forced)
        while queue:
            p = self.by_id[queue.popleft()]
            alone = [g[0] for g in self.required(p) if len(g) == 1 and not self.comes_anyway(g[0], p)]
            for i in (*alone, *self.mates.get(p.id, ())):
                if i not in forced and self.by_id[i].status != "underway":
                    forced[i] = forced[p.id]
                    queue.append(i)
        return forced


def _beside_unaided(findings: Findings, sets: Sets) -> None:
    """A project that goes ahead without support in any case cannot be kept out, nor wait for a partner."""
    for p in findings.case.projects:
        for column in ("excludes", "together"):
            for other in getattr(p, column):
                for one in dict.fromkeys((p.id, other)):
                    if one in sets.unaided_fids:
                        _at_unaided(findings, sets.by_id[one], p, column)
        if p.group and p.id in sets.unaided_fids:
            _at_unaided(findings, p, p, "group")
    _waits_unaided(findings, sets)


def _at_unaided(findings: Findings, going: Project, p: Project, column: str) -> None:
    unaided = findings.cell(going, "unaided_fid")
    findings.fault(
        p,
        column,
        f"{going.id} goes ahead without support in {going.unaided_fid} ({unaided}), whatever is financed: `{column}` beside"
        " it cannot be kept; empty one of the cells",
    )


def _waits_unaided(findings: Findings, sets: Sets) -> None:
    """A project that is to go ahead without support before the projects that it requires certainly exist."""
    for i, year in sets.unaided_fids.items():
        p = sets.by_id[i]
        waits = [g for g in p.requires if not any(sets.stands_unfinanced(j, year) for j in g)]
        if waits:
            message = Text(
                "{name} goes ahead without support in {year}, and what it requires need not be there by then ({others}):"
                " its capacity counts from {year} all the same",
                name=i, year=year, others=joined_or(waits[0]),
            )  # fmt: skip
            findings.warn(p, "unaided_fid", message)


def _never(findings: Findings, links: Links) -> None:
    for i in sorted(links.impossible):
        p = links.by_id[i]
        if i in links.sets.barred and p.country in findings.case.settings.excluded_countries:
            continue  # reported at its country
        if p.status == "committed":
            column, reason = _reason(findings, links, p)
            status = findings.cell(p, "status")
            findings.fault(p, column, f"{i} is committed ({status}) but {reason}: change one of the cells")
        elif i not in links.sets.barred:
            column, reason = _reason(findings, links, p)
            findings.warn(p, column, Text("{name} can never be financed: it {reason}", name=i, reason=reason))


def _reason(findings: Findings, links: Links, p: Project) -> tuple[str, str]:
    """Column and words for what stops a project."""
    if p.id in links.sets.barred:
        return "status", _barred_reason(findings, links, p)
    if p.id in links.shut_out:
        column, i = links.shut_out[p.id]
        cell = findings.cell(links.by_id[i], "status")
        if column == "excludes":
            return column, Text("excludes, or is excluded by, {other}, underway ({cell})", other=i, cell=cell)
        return column, Text("shares a group with {other}, underway ({cell})", other=i, cell=cell)
    return _blocked(findings, links, p)


def _barred_reason(findings: Findings, links: Links, p: Project) -> str:
    s = findings.case.settings
    if p.country not in s.countries:
        return (
            f"its country {p.country} ({findings.cell(p, 'country')}) is not among the countries that may be financed"
            f" ({findings.setting('countries')})"
        )
    rule = links.sets.failed_each_rule(p)
    if rule is None:
        return links.sets.barred[p.id][1]
    where = f"{measure_cell(findings, p, rule.measure)}; {findings.cell(rule, 'value')}"
    return f"fails rule {links.sets.barred[p.id][1]} ({where})"


def _blocked(findings: Findings, links: Links, p: Project) -> tuple[str, str]:
    """Column and words for the link that stops a project."""
    column, ids = links.blocking(p, links.impossible) or ("requires", ())
    named = listed(
        Text("{name} ({cell}: {why})", name=i, cell=findings.cell(links.by_id[i], "status"), why=_why(links, i))
        for i in ids
    )
    if column == "requires":
        return column, Text("needs {others}, which cannot be financed", others=named)
    return column, Text("is decided together with {others}, which cannot be financed", others=named)


def _why(links: Links, i: str) -> str:
    if i in links.sets.barred:
        return Text(links.sets.barred[i][0])
    if i in links.shut_out:
        return Text("shut out by {other}, underway", other=links.shut_out[i][1])
    return Text("needs such a project itself")


def _forced_pairs(findings: Findings, links: Links) -> None:
    """Two projects that both must be financed and that exclude each other or share a group."""
    groups: dict[str, list[Project]] = defaultdict(list)
    for i in sorted(links.forced):
        p = links.by_id[i]
        for other in sorted(set(p.excludes) & links.forced.keys()):
            if other != i and (i < other or i not in links.by_id[other].excludes):
                _pair(findings, links, (p, links.by_id[other]), "excludes", f"{i} excludes {other}")
        if p.group:
            groups[p.group].append(p)
    for name, members in groups.items():
        for rival in members[1:]:
            _pair(findings, links, (members[0], rival), "group", f"of group {name} only one may be financed")


def _pair(findings: Findings, links: Links, pair: tuple[Project, Project], column: str, why: str) -> None:
    first, second = (_must(findings, links, p) for p in pair)
    findings.fault(
        pair[0], column, f"{first} and {second}, but {why} ({findings.cell(pair[0], column)}): change one of the cells"
    )


def _at_odds(findings: Findings, links: Links) -> None:
    """A candidate that needs what it excludes; if it must be financed that is a fault already."""
    for p in links.sets.candidates:
        if p.id in links.forced or p.id in links.impossible:
            continue
        needs = [("requires", g) for g in links.required(p)] + [("together", (i,)) for i in links.mates.get(p.id, ())]
        for column, group in needs:
            if all(_excluded(p, links.by_id[i]) for i in group):
                message = Text(
                    "{name} can never be financed: it needs {others} and excludes it, or shares a group with it",
                    name=p.id, others=listed(group),
                )  # fmt: skip
                findings.warn(p, column, message)


def _excluded(p: Project, other: Project) -> bool:
    in_one_group = p.group is not None and p.group == other.group
    return in_one_group or other.id in p.excludes or p.id in other.excludes


def _windows(findings: Findings, links: Links) -> None:
    """A project must not have to wait for another beyond its own window."""
    windows = {i: w for i, w in links.sets.windows.items() if w and i not in links.impossible}
    for i, window in sorted(windows.items()):
        p = links.by_id[i]
        for group in links.required(p):
            open_to = [windows[j][0] for j in group if j in windows]
            if open_to and min(open_to) > window[-1] and not any(links.comes_anyway(j, p) for j in group):
                why = Text("requires {others}, decided not before {year}", others=listed(group), year=min(open_to))
                _too_late(findings, links, p, "requires", why)
        for j in links.mates.get(i, ()):
            if j in windows and not set(window) & set(windows[j]):
                first, last = windows[j][0], windows[j][-1]
                why = Text("shares no year with {other}, decided {first} to {last}", other=j, first=first, last=last)
                _too_late(findings, links, p, "together", why)


def _too_late(findings: Findings, links: Links, p: Project, column: str, why: Text) -> None:
    window = links.sets.windows[p.id]
    message = Text(
        "{name} can be decided {first} to {last} and {why}", name=p.id, first=window[0], last=window[-1], why=why
    )
    if p.id in links.forced:
        findings.fault(p, column, f"{message}: {_must(findings, links, p)}, so change one of the windows")
    else:
        findings.warn(p, column, Text("{message}: it can never be financed", message=message))


def _must(findings: Findings, links: Links, p: Project) -> str:
    root = links.forced[p.id]
    status = findings.cell(links.by_id[root], "status")
    return f"{p.id} is committed ({status})" if root == p.id else f"{p.id} is needed by {root}, committed ({status})"
