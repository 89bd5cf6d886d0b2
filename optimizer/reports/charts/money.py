"""Money: which programme commits how much in which year, and who carries the capital cost in which country."""

from collections import defaultdict
from math import fsum
from typing import Any

import altair as alt

from models.case import Case
from models.countries import english
from models.plan import Financed, Plan
from optimizer.reports.formatting import money, number, shorten
from optimizer.reports.html.charts import (
    AFTER_NUMBER,
    EXISTING,
    FINANCED,
    INK,
    SERIES,
    Figure,
    colours,
    numbered,
    values,
)
from optimizer.reports.plan_summary import commitments
from optimizer.reports.report_table import Grid, Kind, columns

MOST_PROGRAMMES = 30
"""Programmes of the chart, the largest first; the sum and the table have them all."""
PAYERS = {"public": FINANCED, "private, backed by guarantee or offtake": SERIES[1], "private": EXISTING}
"""Who carries the capital cost, and the colour of it."""


def committed(case: Case, plan: Plan) -> dict[str, dict[int, float]]:
    """Programme -> year of decision -> face value, millions, the largest programme first. Without programmes the
    public need, under one empty name."""
    faces: defaultdict[str, defaultdict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for _, award in commitments(case, plan):
        faces[award.programme][award.year].append(award.face_m)
    sums = {p: {y: fsum(of) for y, of in sorted(by_year.items())} for p, by_year in faces.items()}
    return dict(sorted(sums.items(), key=lambda item: (-fsum(item[1].values()), item[0])))


def programme_names(case: Case) -> dict[str, str]:
    """Programme -> its name for people; the empty one stands for a case without programmes."""
    return {"": "public support", **{p.id: p.name or p.id for p in case.programmes}}


def money_figure(case: Case, plan: Plan) -> Figure:
    """Support committed by programme and decision year, with the sum of each year on top."""
    faces, names = committed(case, plan), programme_names(case)
    last = max((y for by_year in faces.values() for y in by_year), default=case.settings.first_year)
    years = range(case.settings.first_year, last + 1)
    sums = {y: fsum(by_year.get(y, 0.0) for by_year in faces.values()) for y in years}
    cells = _cells(numbered(0, "all programmes"), sums)
    for n, (programme, by_year) in enumerate(list(faces.items())[:MOST_PROGRAMMES], 1):
        cells += _cells(numbered(n, shorten(names[programme], 44)), by_year)
    most = ", ".join(
        f"{shorten(names[p], 60)} {money(fsum(by_year.values()))}" for p, by_year in list(faces.items())[:3]
    )
    title = f"Support committed by programme and year of decision, face value, M {case.settings.base_currency}"
    words = f"Largest: {most}." if most else "Nothing is committed."
    return Figure("money", title, words, _heat(cells, years), _money_table(faces, names, sums, title))


def _money_table(faces: dict[str, dict[int, float]], names: dict[str, str], sums: dict[int, float], title: str) -> Grid:
    heads: tuple[tuple[str, Kind], ...] = tuple((str(year), "amount") for year in sums)
    rows = [(names[p], p, *(by_year.get(y) for y in sums), fsum(by_year.values())) for p, by_year in faces.items()]
    rows.append(("all programmes", "", *sums.values(), fsum(sums.values())))
    return Grid("money", title, columns("programme", ("id", "id"), *heads, ("all years", "amount")), tuple(rows))


def _cells(label: str, by_year: dict[int, float]) -> list[dict[str, Any]]:
    return [
        {"programme": label, "year": str(y), "m": m, "shown": number(m), "words": f"{y}, {label[4:]}: {money(m)}"}
        for y, m in by_year.items()
        if m > 0
    ]


def _heat(cells: list[dict[str, Any]], years: range) -> Any:
    along = alt.Axis(labelAngle=0, orient="top", domain=False, ticks=False)
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
    texts = base.mark_text(color=INK, fontSize=11).encode(text=alt.Text("shown:N"))
    return (fields + texts).properties(width=58 * len(years), height=alt.Step(24))


def country_figure(case: Case, plan: Plan) -> Figure:
    """Capital cost of the financed projects by country and by who carries it."""
    country = {p.id: p.country for p in case.projects}
    by_country: defaultdict[str, list[Financed]] = defaultdict(list)
    for financed in plan.projects:
        by_country[country[financed.id]].append(financed)
    parts = [part for code, of in sorted(by_country.items()) for part in _parts(code, of)]
    used = {payer: colour for payer, colour in PAYERS.items() if any(p["part"] == payer for p in parts)}
    chart = (
        alt.Chart(values(parts))
        .mark_bar(size=18)
        .encode(
            y=alt.Y("country:N", title=None, sort="-x"),
            x=alt.X("m:Q", title=f"M {case.settings.base_currency}", axis=alt.Axis(format=",~f", tickCount=6)),
            color=colours("part", used),
            order=alt.Order("order:Q"),
            description=alt.Description("words:N"),
        )
        .properties(width=480, height=alt.Step(28))
    )
    total = {code: fsum(f.public_m + f.private_m for f in of) for code, of in by_country.items()}
    words = ", ".join(f"{english(c)} {money(total[c])}" for c in sorted(total, key=lambda c: (-total[c], c)))
    table = _country_table(by_country, case.settings.base_currency)
    return Figure("countries", table.title, f"{words}.", chart, table)


def _country_table(by_country: dict[str, list[Financed]], currency: str) -> Grid:
    rows = tuple(
        (
            english(code),
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
        (f"public, M {currency}", "number"),
        (f"private, M {currency}", "number"),
        (f"of it backed by guarantee or offtake, M {currency}", "number"),
    )
    return Grid("countries", "Capital cost of the financed projects, by country and payer", heads, rows)


def _parts(code: str, of: list[Financed]) -> list[dict[str, Any]]:
    backed = fsum(min(f.contingent_m, f.private_m) for f in of)
    amounts = (fsum(f.public_m for f in of), backed, fsum(f.private_m for f in of) - backed)
    return [
        {"country": english(code), "part": payer, "order": n, "m": m, "words": f"{english(code)}, {payer}: {money(m)}"}
        for n, (payer, m) in enumerate(zip(PAYERS, amounts, strict=True))
        if m > 1e-9
    ]
