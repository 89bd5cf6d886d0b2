"""The financed projects with the most support, and the support by country and by year of decision."""

from collections import defaultdict
from collections.abc import Callable
from math import fsum
from typing import TypeVar

from models.case import Case
from models.plan import Financed, Plan
from models.terms import output
from optimizer.reports.formatting import count, country_name, listed, money, shorten, stage_name
from optimizer.reports.language import tr, tr_n
from optimizer.reports.plan_summary import first_output
from optimizer.reports.report_table import Grid, Heading, columns

K = TypeVar("K")

MOST = 10
"""Projects in the brief; the table of all projects has the others."""
_NAMED = 6
"""Countries or years in a sentence."""
_LONGEST = 60
"""Letters of a project's name."""


def largest(plan: Plan) -> list[Financed]:
    """The financed projects, those with most support first."""
    return sorted(plan.projects, key=lambda f: (-f.backing_m, f.id))


def largest_table(case: Case, plan: Plan, most: int = MOST) -> Grid:
    """The projects with most support: where, when, and with how much money; contingent money where there is any."""
    projects, currency = {p.id: p for p in case.projects}, case.settings.base_currency
    shown = largest(plan)[:most]
    contingent = any(f.contingent_m for f in shown)
    rows = tuple(
        (
            shorten(p.name or p.id, _LONGEST), country_name(p.country), stage_name(p.stage), f.fid_year,
            first_output(p, f.fid_year), output(p), f.public_m, *((f.contingent_m or None,) if contingent else ()),
            f.private_m,
        )
        for p, f in ((projects[f.id], f) for f in shown)
    )  # fmt: skip
    guaranteed: tuple[Heading, ...] = ((tr("contingent, M {currency}", currency=currency), "amount"),)
    heads = columns(
        tr("project"),
        tr("country"),
        tr("stage"),
        (tr("decision"), "year"),
        (tr("first output"), "year"),
        (tr("output, t/yr"), "number"),
        (tr("public, M {currency}", currency=currency), "number"),
        *(guaranteed if contingent else ()),
        (tr("private, M {currency}", currency=currency), "number"),
    )
    title = tr("What is financed")
    if len(shown) < len(plan.projects):
        title = tr(
            "What is financed: the {n} of {all} projects with most support", n=len(shown), all=len(plan.projects)
        )
    return Grid("largest", title, heads, rows, empty=tr("Nothing is financed."))


def sums(case: Case, plan: Plan) -> list[str]:
    """Support by country and by year of decision, in sentences; nothing where nothing is financed."""
    if not plan.projects:
        return []
    country = {p.id: country_name(p.country) for p in case.projects}
    by_country = _support_by(plan, lambda f: country[f.id])
    by_year = _support_by(plan, lambda f: f.fid_year)
    countries = _in_words(sorted(by_country.items(), key=lambda item: (-_sum(item[1]), item[0])))
    years = _in_words([(tr("{year}", year=year), of) for year, of in sorted(by_year.items())])
    return [
        tr("By country, public and contingent support: {countries}.", countries=countries),
        tr("By year of decision: {years}.", years=years),
    ]


def _support_by(plan: Plan, key: Callable[[Financed], K]) -> dict[K, list[Financed]]:
    groups: defaultdict[K, list[Financed]] = defaultdict(list)
    for f in plan.projects:
        groups[key(f)].append(f)
    return groups


def _sum(of: list[Financed]) -> float:
    return fsum(f.backing_m for f in of)


def _in_words(groups: list[tuple[K, list[Financed]]]) -> str:
    words = [_group(str(key), _sum(of), len(of)) for key, of in groups[:_NAMED]]
    if more := groups[_NAMED:]:
        rest = fsum(_sum(of) for _, of in more)
        words.append(_group(tr_n("{n} more", "{n} more", len(more)), rest, sum(len(of) for _, of in more)))
    return listed(words)


def _group(name: str, support: float, projects: int) -> str:
    return tr("{name} {amount} ({projects})", name=name, amount=money(support), projects=count(projects, "project"))
