"""The `projects` sheet: every mine, separation and magnet project of the facts, with the planner's treatment of each.

Numbers come from `facts_projects.csv`, places from `facts_sites.csv`; what is ours (statuses, links, private shares,
secured money, ramps) from `assumptions/projects.csv` and `assumptions/stages.csv`, with its reason in each row's note.
"""

from collections.abc import Collection

from . import esg
from .economics import SAYS, economics
from .facts import Record, Text, assumptions, facts, number

STAGES = ("mine", "separation", "magnet")
"""Stages of the book without recipes; the chain book has metal makers too."""
MATERIALS = ("ndpr", "dy", "tb")

_UNTREATED: Text = dict.fromkeys(assumptions("projects")[0], "")


def projects(stages: Collection[str] = STAGES, *, with_prices: bool = False) -> list[Record]:
    """Rows of the `projects` sheet for these stages, in the order of the facts; `with_prices`: with what they cost to
    run."""
    treated = {row["id"]: row for row in assumptions("projects")}
    by_stage = {row["stage"]: row for row in assumptions("stages")}
    rubric = assumptions("esg_rubric")
    facts_of = {fact["id"]: fact for fact in facts("projects")}
    sites = {row["id"]: row for row in facts("sites")}
    rows = []
    for fact in facts_of.values():
        if fact["stage"] in stages:
            treatment = treated.get(fact["id"], _UNTREATED)
            alike = facts_of.get(treatment["same_site_as"])
            scores = esg.scores(_esg_texts(fact, alike), fact["country"], rubric)
            costs = economics(fact) if with_prices and "ndpr" not in treatment["not_separated"] else {}
            row = {**_row(fact, treatment, by_stage[fact["stage"]]), **_site(sites[fact["id"]])}
            numbers = {k: v for k, v in costs.items() if k not in SAYS}
            bases = {k: costs[k] for k in SAYS if k in costs}
            rows.append({**row, **numbers, **scores, **_story(fact, treatment), **bases})
    return rows


def _row(fact: Text, treatment: Text, stage: Text) -> Record:
    decided = number(treatment["decided"])
    private = number(treatment["private_share"] or stage[f"private_{fact['confidence']}"])
    return {
        **{key: fact[key] for key in ("id", "name", "sponsor", "country", "stage", "feed")},
        "status": _status(treatment),
        "capacity_tpa": float(fact["capacity_tpa"]),
        **_shares(fact, treatment["not_separated"]),
        "capex_m": float(fact["capex_musd"]),
        "private_share": private if decided is None else None,
        "secured_m": number(treatment["secured_m"]),
        "earliest_fid": int(decided or float(fact["earliest_fid_year"])),
        "build_years": int(fact["build_years"]),
        "ramp": stage["ramp"],
        "requires": treatment["requires"],
        "together": treatment["together"],
    }


def _site(site: Text) -> Record:
    return {key: number(site[key]) for key in ("latitude", "longitude")}


def _status(treatment: Text) -> str:
    if treatment["barred_why"]:
        return "barred"
    return "underway" if treatment["decided"] else "candidate"


def _shares(fact: Text, not_separated: str) -> Record:
    """Element shares, and the Dy and Tb that they come to: the measure `dy_tb_t` of the heavy-rare-earth rule."""
    if fact["stage"] in ("metal", "magnet"):
        return {}
    shares = {f"share_{m}": 0.0 if m in not_separated else float(fact[f"{m}_share"]) for m in MATERIALS}
    heavy = float(fact["capacity_tpa"]) * (shares["share_dy"] + shares["share_tb"])
    return {**shares, "dy_tb_t": round(heavy, 1)}


def _esg_texts(fact: Text, alike: Text | None) -> tuple[str, ...]:
    """Text that the rubric reads; a note that only says "as phase 1" adds the note of the other project."""
    texts = (f"feed {fact['feed']}", fact["sponsor"], fact["esg_notes"], fact["status_note"])
    return texts if alike is None else (*texts, alike["esg_notes"])


def _story(fact: Text, treatment: Text) -> Record:
    """Where the row comes from; the note is the facts' status note, then each treatment of ours."""
    ours = {
        "barred": treatment["barred_why"],
        "underway": treatment["decided_why"] and f"{treatment['decided_why']}; earliest_fid set to give that year",
        "private_share": treatment["private_why"],
        "secured_m": treatment["secured_why"],
        "shares 0": treatment["not_separated"] and f"{treatment['not_separated']} leave the plant unseparated",
    }
    parts = [fact["status_note"], *(f"{key}: {why}" for key, why in ours.items() if why)]
    return {
        "confidence": fact["confidence"],
        "source": fact["basis"],
        "as_of": fact["as_of"],
        "note": "; ".join(part for part in parts if part),
        "public_support": fact["public_support_known"],
        "esg_notes": fact["esg_notes"],
    }
