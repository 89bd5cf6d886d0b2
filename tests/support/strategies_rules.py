"""Random policy rules: every aggregate and measure, hard and soft, limits that bite."""

from typing import Any

from support.draws import COUNTRIES, STAGES, Draw


def draw_rules(
    draw: Draw, projects: Any, programmes: Any, horizon: dict[str, int], objective: str
) -> list[dict[Any, Any]]:
    rows = []
    for number in range(draw.one((0, 0, 1, 1, 2, 3))):
        row = {"rule": f"r{number}", **_rule(draw, projects, programmes, horizon)}
        if row["aggregate"] != "each" and draw.maybe(35):
            row["hard"] = "no"
            row["penalty"] = draw.one((0.5, 2, 10) if objective == "capacity" else (0.0001, 0.001, 0.01))
        rows.append(row)
    return rows


def _rule(draw: Draw, projects: Any, programmes: Any, horizon: dict[str, int]) -> dict[Any, Any]:
    data = ["capex", "count", "capacity_tpa", *(["esg", "esg_e"] if "esg_e" in projects[0] else [])]
    data += ["ghg_t"] if "ghg_t" in projects[0] else []
    awards = ["award", "public_cost", "public", "private", *(["contingent", "joint"] if programmes else [])]
    aggregate = draw.one(("each", "sum", "sum", "average", "share", "share", "ratio", "ratio"))
    where = _where(draw)
    if aggregate == "each":
        measure = draw.one(data)
        quiet = not any(p["status"] == "committed" for p in projects)
        value = _limit(draw, projects, measure, 1) if quiet else 0
        return {"measure": measure, "aggregate": aggregate, "where": where, "sense": ">=", "value": value}
    sense = draw.one(("<=", ">="))
    year = draw.whole(horizon["first_year"], horizon["last_year"]) if draw.maybe(30) else None
    row: dict[Any, Any] = {"aggregate": aggregate, "where": where, "year": year, "sense": sense}
    if aggregate == "average":
        row |= {"measure": draw.one(data), "weight": draw.one((None, "capacity_tpa", "count"))}
        return row | {"value": _limit(draw, projects, row["measure"], 1)}
    measure = draw.one((draw.one(data), "capacity", draw.one(awards)))
    if measure == "joint":
        row["weight"] = draw.one((None, "count"))
    if measure in awards and programmes and measure not in ("joint", "private") and draw.maybe(40):
        clause = draw.one(("programme.donor=JP", "programme.id=fund0", "programme.instrument=loan|grant"))
        row["where"] = "; ".join(filter(None, (None if draw.maybe(50) else where, clause)))
    if measure == "capacity" and aggregate in ("sum", "share") and draw.maybe(40):
        one_stage = draw.one(("stage=mine", "stage=mine; country=US|AU", "stage=magnet"))
        value = draw.whole(1, 8) * 50 if aggregate == "sum" else draw.one((0.3, 0.5))
        return row | {"measure": "capacity_total", "where": one_stage, "value": value}
    if aggregate == "sum":
        return row | {
            "measure": measure,
            "value": round(_limit(draw, projects, row.get("weight") or measure, len(projects)), 1),
        }
    if aggregate == "share":
        return row | {"measure": measure, "value": draw.one((0.2, 0.3, 0.4, 0.5, 0.6))}
    return row | _ratio(draw, row, measure, awards, projects)


def _below(row: dict[Any, Any], measure: str) -> tuple[str, ...]:
    """What may stand under an award-type measure: with a programme clause, such a measure too."""
    if measure == "private":
        return ("public", "capex")
    return ("award", "public", "public_cost") if "programme." in str(row["where"]) else ("capex", "award", "public")


def _ratio(draw: Draw, row: dict[Any, Any], measure: str, awards: list[str], projects: Any) -> dict[Any, Any]:
    if measure in awards:
        return {"measure": measure, "per": draw.one(_below(row, measure)), "value": draw.one((0.2, 0.5, 1, 1.5))}
    per, bottom = draw.one((("capex", 50), ("capacity", 200), ("capacity_tpa", 200), ("count", 1), ("public", 40)))
    top = 300 if measure in ("capacity", "capacity_tpa") else _limit(draw, projects, measure, 1)
    return {"measure": measure, "per": per, "value": round(top / bottom, 2)}


def _limit(draw: Draw, projects: Any, measure: str, many: int) -> float:
    """A limit that bites: some part of the measure's sum over all projects, or near one project's own."""
    typical = {"capex": 45, "count": 1, "esg": 50, "esg_e": 50, "ghg_t": 500}.get(measure)
    if typical is None:
        typical = 230 if measure.startswith("capacity") else 25
    if many == 1:
        return typical * draw.one((0.4, 0.8, 1, 1.2))
    return typical * many * draw.one((0.1, 0.25, 0.4, 0.6))


def _where(draw: Draw) -> str | None:
    country = "country=" + "|".join(draw.some(COUNTRIES) or ["US"])
    stage = f"stage={draw.one(STAGES)}"
    fixed = (
        "geology=clay",
        "geology=carbonatite",
        "status=underway|candidate|committed",
        "status=candidate",
        "group=one",
    )
    return draw.one((None, None, country, stage, f"{country}; {stage}", draw.one(fixed)))
