"""The checks of `verify` on a frontier folder, one function each; each yields what is wrong."""

import itertools
from collections.abc import Iterator
from math import isclose

from models.audit import audit
from models.case import Case
from models.objective_units import objective_unit
from optimizer.analysis.frontier.budget_axis import Axis
from optimizer.analysis.frontier.certified import SAME, Box, Frontier, FrontierStep, Known, Point, TradeOff, as_json
from optimizer.analysis.journal import NAME as JOURNAL
from optimizer.errors import Refusal
from optimizer.fingerprint import frontier_fingerprint
from optimizer.plan_folder.manifest import document_language
from optimizer.reports.language import in_language
from optimizer.verification import folder_checks
from optimizer.verification.documents import Difference, page_differences, workbook_differences
from optimizer.verification.folder_checks import SHARED, FolderCheck
from optimizer.verification.json_differences import differences
from optimizer.verification.opened import BadPlan, OpenedFrontier
from optimizer.verification.plan_checks import audit_problems, same_writer

PAGE, BOOK = "frontier.html", "frontier.xlsx"
CORE = ("frontier.json", "case.json")
PICTURES = ("frontier.png", "frontier.svg")
AUDITED_WITHIN = 1e-9
"""The bound of a point is known after its plan was audited: its gap may differ by rounding."""
CLOSE = 1 + 1e-9
"""A height or a width within its tolerance may exceed it by this factor: rounding."""


def files(folder: OpenedFrontier) -> Iterator[str]:
    """Every file has the digest that manifest.json records, and there is no other."""
    plans = frozenset(f"plans/{n:03d}.json" for n in range(1, len(folder.frontier.get("points", ())) + 1))
    yield from folder_checks.digests(folder, (*CORE, *sorted(plans)))
    # The journal grows while the folder is made; nothing is read from it here.
    known = frozenset({*CORE, PAGE, BOOK, *PICTURES, *plans, JOURNAL})
    for problem in folder_checks.strangers(folder, known):
        if problem != f"{JOURNAL} is not recorded in manifest.json":
            yield problem


def manifest(folder: OpenedFrontier) -> Iterator[str]:
    """frontier.json and manifest.json agree, and state the fingerprint of the frontier."""
    carried = dict(folder.frontier.get("manifest") or {})
    yield from folder_checks.manifest(folder, carried, "frontier.json", fingerprint_of(folder))


def points(folder: OpenedFrontier) -> Iterator[str]:
    """Every point is its plan: value, bound, cost and projects are those of the plan, and both rise."""
    f = rebuilt(folder)
    stated = {key: value for key, value in folder.frontier.items() if key != "manifest"}
    yield from differences(stated, as_json(f), "its parts give", "frontier.json")
    for n, p in enumerate(f.points, 1):
        o = p.plan.objective
        name = f"plans/{n:03d}.json"
        if not isclose(p.value, o.value - o.penalty, rel_tol=1e-9, abs_tol=1e-9):
            yield f"{name} has the value {o.value - o.penalty:.9g}, its point {p.value:.9g}"
        if not isclose(p.bound, o.bound - o.penalty, rel_tol=1e-9, abs_tol=1e-9) or p.bound < p.value - SAME:
            yield f"{name} has the bound {o.bound - o.penalty:.9g}, its point {p.bound:.9g} at the value {p.value:.9g}"
        closed = o.bound - o.value <= f.tolerance * CLOSE
        if (p.plan.status == "optimal") is not closed:
            yield f"{name} is called {p.plan.status} with a bound {o.bound - o.value:g} above its value"
    for one, other in itertools.pairwise(f.points):
        if not (one.budget_m < other.budget_m and one.value < other.value):
            yield f"the point at {other.budget_m:,.2f} M is no better than the cheaper one at {one.budget_m:,.2f} M"


def boxes(folder: OpenedFrontier) -> Iterator[str]:
    """Boxes tile the range, their lows are plans, they are closed as their heights say, and steps lie between them."""
    f = rebuilt(folder)
    for one, other in itertools.pairwise(f.boxes):
        if one.to_m != other.from_m or not one.from_m < one.to_m:
            yield f"the boxes at {one.to_m:,.2f} M and {other.from_m:,.2f} M do not meet"
    for box in f.boxes:
        yield from _box_problems(f, box)
    known = Known(f.tolerance, f.money_tolerance)
    if list(f.steps) != known.steps(f.boxes):
        yield "the steps are not those between the boxes"


def _box_problems(f: Frontier, box: Box) -> Iterator[str]:
    where = f"the box from {box.from_m:,.2f} to {box.to_m:,.2f} M"
    best = f.at(box.from_m)
    low = None if best is None else best.value
    if (low is None) is not (box.low is None) or (low is not None and abs(low - (box.low or 0.0)) > SAME):
        yield f"{where} begins at {box.low}, the best plan there has {low}"
    if box.low is not None and box.high is not None and box.high < box.low - SAME:
        yield f"{where} ends below its beginning"
    shut = box.height <= f.tolerance * CLOSE or box.width <= f.money_tolerance * CLOSE
    if shut is (box.closed_by == "open"):
        yield f"{where} is called {box.closed_by!r}; its height is {box.height:g}, the tolerance {f.tolerance:g}"
    for p in f.points:
        inside = box.from_m <= p.budget_m < box.to_m
        if inside and box.high is not None and (p.value > box.high + SAME or p.bound > box.high + SAME):
            yield f"{where} ends at {box.high:.9g}, below the plan or the bound at {p.budget_m:,.2f} M"


def audits(folder: OpenedFrontier) -> Iterator[str]:
    """Every plan passes the audit at its own amount of money, as its file states."""
    case = folder.reread
    if not isinstance(case, Case):
        yield "no plan was recomputed, for want of a case"
        return
    for n, p in enumerate(rebuilt(folder).points, 1):
        again = audit(case_at(case, folder.frontier, p.budget_m), p.plan)
        for problem in audit_problems(p.plan.audit, again, same_version=folder.same_version, within=AUDITED_WITHIN):
            yield f"plans/{n:03d}.json: {problem}"
        yield from (f"plans/{n:03d}.json: {c.removeprefix('FAILED ')}" for c in again.checks if c.startswith("FAILED"))


CHECKS: tuple[FolderCheck[OpenedFrontier], ...] = (
    FolderCheck("files", "every file has the digest that manifest.json records, and there is no other", files),
    FolderCheck(
        "manifest", "frontier.json and manifest.json agree, and state the fingerprint of the frontier", manifest
    ),
    *SHARED,
    FolderCheck("points", "each is its plan; dearer points are better", points),
    FolderCheck("boxes", "they tile the range, begin at plans, and are closed as their heights say", boxes),
    FolderCheck("plans", "each passes the audit at its own amount of money, as its file states", audits),
)


def documents(folder: OpenedFrontier) -> Iterator[tuple[str, Difference]]:
    """(file, difference) where page, workbook and picture are not those that frontier.json and its plans give."""
    from optimizer.reports.frontier.charts import frontier_figure
    from optimizer.reports.frontier.page import page_bytes
    from optimizer.reports.frontier.workbook import book_bytes
    from optimizer.reports.html.charts import PictureNotDrawn

    f, tongue = rebuilt(folder), document_language(folder.manifest, folder.case)
    for name in (PAGE, BOOK):
        if not (folder.path / name).is_file():
            yield name, Difference(f"{name} was not made", certain=False)
    if (page := folder.path / PAGE).is_file():
        again = in_language(tongue, page_bytes)(folder.case, f)
        yield from ((PAGE, difference) for difference in page_differences(page.read_bytes(), again, PAGE))
    if (book := folder.path / BOOK).is_file():
        same = same_writer(folder.manifest)
        again = in_language(tongue, book_bytes)(folder.case, f)
        yield from (
            (BOOK, difference) for difference in workbook_differences(book.read_bytes(), again, BOOK, same_writer=same)
        )
    figure = in_language(tongue, frontier_figure)(folder.case, f)
    for name in PICTURES:
        if (picture := folder.path / name).is_file():
            try:
                again = in_language(tongue, figure.picture)("png" if name.endswith("png") else "svg")
                if picture.read_bytes() != again:
                    yield name, Difference(f"{name} is not the picture of frontier.json")
            except PictureNotDrawn:
                yield name, Difference(f"{name} was not compared: it could not be drawn here", certain=False)


def fingerprint_of(folder: OpenedFrontier) -> str:
    """The fingerprint of the frontier in the folder."""
    return frontier_fingerprint(folder.case, folder.frontier, folder.plans)


def case_at(case: Case, frontier: dict[str, object], money_m: float) -> Case:
    """The case with an amount of money on the frontier's axis. Raises Refusal for an axis that the case lacks."""
    return Axis.of(case, str(frontier.get("axis"))).at(money_m)


def rebuilt(folder: OpenedFrontier) -> Frontier:
    """The frontier of frontier.json and plans/. Raises BadPlan if it is damaged."""
    stated = folder.frontier
    try:
        return Frontier(
            axis=stated["axis"],
            base_m=stated["base_m"],
            objective=stated["objective"],
            points=tuple(
                Point(p["budget_m"], p["value"], p["bound"], plan)
                for p, plan in zip(stated["points"], folder.plans, strict=True)
            ),
            boxes=tuple(Box(b["from_m"], b["to_m"], b["low"], b["high"], b["closed_by"]) for b in stated["boxes"]),
            steps=tuple(FrontierStep(s["budget_m"], s["from"], s["to"]) for s in stated["steps"]),
            tolerance=stated["tolerance"],
            money_tolerance=stated["money_tolerance"],
            solves=stated["solves"],
            trade_off=_trade_off(stated.get("against")),
            least_m=stated["least_m"],
            unit=objective_unit(folder.case.settings),
        )
    except (KeyError, TypeError, ValueError, AttributeError, Refusal) as problem:
        raise BadPlan(folder.path / "frontier.json", "is damaged, or its plans are not complete") from problem


def _trade_off(against: dict[str, list[dict[str, float | None]]] | None) -> TradeOff | None:
    if against is None:
        return None
    cells = against["cells"]
    values = tuple(dict.fromkeys(cell["rule_value"] for cell in cells))
    budgets = tuple(dict.fromkeys(cell["budget_m"] for cell in cells))
    at = {(cell["rule_value"], cell["budget_m"]): (cell["value"], cell["bound"]) for cell in cells}
    table = tuple(tuple(at[v, b] for b in budgets) for v in values)
    return TradeOff(str(against["rule"]), values, budgets, table)  # type: ignore[arg-type]
