"""Money: which programme commits how much in which year, and who carries the capital cost in which country."""

from collections import Counter, defaultdict
from math import fsum
from typing import Any

import altair as alt

from models.case import Case
from models.plan import Financed, Plan
from optimizer.reports.formatting import country_name, listed, money, number, sentence, shorten
from optimizer.reports.html.charts import (
    AFTER_NUMBER,
    EXISTING,
    FINANCED,
    INK,
    SERIES,
    Figure,
    Size,
    colours,
    numbered,
    values,
)
from optimizer.reports.language import N_, tr
from optimizer.reports.plan_summary import commitments
from optimizer.reports.report_table import Grid, Heading, columns
from optimizer.reports.tables.shared import money_unit

MOST_PROGRAMMES = 30
"""Programmes of the chart, the largest first; the sum and the table have them all."""
WIDE_CELL, LEAST_CELL = 60, 42
"""Units of the drawing to a year, names beside it, from which an amount fits into its cell in our font, and in a small one."""
PAYERS = {N_("public"): FINANCED, N_("private, backed by guarantee or offtake"): SERIES[1], N_("private"): EXISTING}
"""Bearers of the capital cost, each with its colour."""


def committed(case: Case, plan: Plan) -> dict[str, dict[int, float]]:
    """Programme -> year of decision -> face value, millions, the largest programme first. Without programmes the
    public need, under one empty name."""
    faces: defaultdict[str, defaultdict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for _, award in commitments(case, plan):
        faces[award.programme][award.year].append(award.face_m)
    sums = {p: {y: fsum(of) for y, of in sorted(by_year.items())} for p, by_year in faces.items()}
    return dict(sorted(sums.items(), key=lambda item: (-fsum(item[1].values()), item[0])))


def programme_names(case: Case) -> dict[str, str]:
    """Programme -> its name for people; the empty id is public money of a case without programmes."""
    return {"": tr("public support"), **{p.id: p.name or p.id for p in case.programmes}}


def money_figure(case: Case, plan: Plan) -> Figure:
    """Support committed by programme and decision year, with the sum of each year on top."""
    faces, names = committed(case, plan), programme_names(case)
    years = range(case.settings.first_year, case.settings.last_year + 1)
    sums = {y: fsum(by_year.get(y, 0.0) for by_year in faces.values()) for y in years}
    shown = {tr("all programmes"): sums, **_named(faces, names)}

    def chart(size: Size) -> Any:
        return _heat([c for n, (name, of) in enumerate(shown.items()) for c in _cells(n, name, of, size)], years, size)

    most = listed(
        tr("{name} {amount}", name=shorten(names[p], 60), amount=money(fsum(by_year.values())))
        for p, by_year in list(faces.items())[:3]
    )
    title = tr(
        "Support committed by programme and year of decision, face value, {unit}",
        unit=money_unit(case),
    )
    words = tr("Largest: {most}.", most=most) if most else tr("Nothing is committed.")
    return Figure("money", title, words, chart, _money_table(faces, names, sums, title))


def _money_table(faces: dict[str, dict[int, float]], names: dict[str, str], sums: dict[int, float], title: str) -> Grid:
    heads: tuple[Heading, ...] = tuple((str(year), "amount") for year in sums)
    rows = [(names[p], p, *(by_year.get(y) for y in sums), fsum(by_year.values())) for p, by_year in faces.items()]
    rows.append((tr("all programmes"), "", *sums.values(), fsum(sums.values())))
    return Grid("money", title, columns("programme", ("id", "id"), *heads, ("all years", "amount")), tuple(rows))


def _named(faces: dict[str, dict[int, float]], names: dict[str, str]) -> dict[str, dict[int, float]]:
    """The programmes of the chart under their names; equal names stay apart by their ids."""
    most = list(faces.items())[:MOST_PROGRAMMES]
    used = Counter(names[p] for p, _ in most)
    return {names[p] if used[names[p]] == 1 else f"{names[p]} ({p})": by_year for p, by_year in most}


def _cells(place: int, name: str, by_year: dict[int, float], size: Size) -> list[dict[str, Any]]:
    label = numbered(place, shorten(name, size.letters))
    return [
        {
            "programme": label,
            "year": str(y),
            "m": m,
            "shown": number(m),
            "words": tr("{year}, {name}: {amount}", year=y, name=name, amount=money(m)),
        }
        for y, m in by_year.items()
        if m > 0
    ]


def _heat(cells: list[dict[str, Any]], years: range, size: Size) -> Any:
    along = alt.Axis(labelAngle=0, orient="top", domain=False, ticks=False, labelOverlap=True)
    names = alt.Axis(labelExpr=AFTER_NUMBER, ticks=False, domain=False, labelPadding=8)
    base = alt.Chart(values(cells)).encode(
        x=alt.X("year:O", title=None, axis=along).scale(domain=[str(y) for y in years]),
        y=alt.Y("programme:N", title=None, axis=names),
        description=alt.Description("words:N"),
    )
    tone = alt.Opacity("m:Q", legend=None).scale(range=[0.08, 0.55], type="sqrt")
    fields = base.mark_rect(
        color=FINANCED, cornerRadius=2, xOffset=0.5, x2Offset=-0.5, yOffset=0.5, y2Offset=-0.5
    ).encode(opacity=tone)
    room = size.width / len(years)
    texts = base.mark_text(color=INK, fontSize=11 if room > WIDE_CELL else 9).encode(text=alt.Text("shown:N"))
    fits = room > LEAST_CELL  # where the numbers do not fit the table below has them
    return alt.layer(fields, texts, height=alt.Step(24)) if fits else fields.properties(height=alt.Step(24))


def country_figure(case: Case, plan: Plan) -> Figure:
    """Capital cost of the financed projects by country and by who carries it."""
    country = {p.id: p.country for p in case.projects}
    by_country: defaultdict[str, list[Financed]] = defaultdict(list)
    for financed in plan.projects:
        by_country[country[financed.id]].append(financed)
    parts = [part for code, of in sorted(by_country.items()) for part in _parts(code, of)]
    used = {tr(payer): tone for payer, tone in PAYERS.items() if any(p["part"] == tr(payer) for p in parts)}

    def chart(size: Size) -> Any:
        across = alt.Axis(format=",~f", tickCount=4 if size.is_narrow else 8)
        return (
            alt.Chart(values(parts))
            .mark_bar(size=18)
            .encode(
                y=alt.Y("country:N", title=None, sort="-x"),
                x=alt.X("m:Q", title=money_unit(case), axis=across),
                color=colours("part", used).legend(columns=1 if size.is_narrow else 0),
                order=alt.Order("order:Q"),
                description=alt.Description("words:N"),
            )
            .properties(height=alt.Step(28))
        )

    total = {code: fsum(f.public_m + f.private_m for f in of) for code, of in by_country.items()}
    words = listed(
        tr("{name} {amount}", name=country_name(c), amount=money(total[c]))
        for c in sorted(total, key=lambda c: (-total[c], c))
    )
    table = _country_table(by_country, money_unit(case))
    return Figure("countries", table.title, sentence(words), chart, table)


def _country_table(by_country: dict[str, list[Financed]], unit: str) -> Grid:
    rows = tuple(
        (
            country_name(code),
            len(of),
            fsum(f.public_m for f in of),
            fsum(f.private_m for f in of),
            fsum(min(f.contingent_m, f.private_m) for f in of),
        )
        for code, of in sorted(by_country.items())
    )
    heads = columns(
        "country",
        ("projects", "whole"),
        ("public", "number", unit),
        ("private", "number", unit),
        ("of it backed by guarantee or offtake", "number", unit),
    )
    return Grid("countries", tr("Capital cost of the financed projects, by country and payer"), heads, rows)


def _parts(code: str, of: list[Financed]) -> list[dict[str, Any]]:
    backed = fsum(min(f.contingent_m, f.private_m) for f in of)
    amounts = (fsum(f.public_m for f in of), backed, fsum(f.private_m for f in of) - backed)
    return [
        {
            "country": country_name(code),
            "part": tr(payer),
            "order": n,
            "m": m,
            "words": tr("{country}, {part}: {amount}", country=country_name(code), part=tr(payer), amount=money(m)),
        }
        for n, (payer, m) in enumerate(zip(PAYERS, amounts, strict=True))
        if m > 1e-9
    ]
