"""Topics of the reasons for which a plan leaves a project out: what each means, and what would change it."""

from collections.abc import Iterator

from optimizer.reports.guide.topic import Topic

CHAPTER = "Reasons"
REASONS = {
    "barred": (
        ("The project may not be financed: its `status` is barred, `--exclude` names it, or something that it cannot be "
        "financed without is barred."),
        "Change `status`, or leave `--exclude` out.",
    ),
    "fails rule": (
        "It does not meet a rule with the aggregate [each](#rule-each), by itself, whatever else is financed.",
        "Look at the number that the reason names; correct it, or change the rule.",
    ),
    "off the country list": (
        "Its country is not in the setting [countries](#settings.countries), or is in `excluded_countries`.",
        "Add the country to the setting.",
    ),
    "no eligible programme": (
        ("No programme may finance it: by country, by stage, because of a ticket that it can never take, or because it holds "
        "none of the material that an offtake counts."),
        "Look at [countries](#programmes.countries), [stages](#programmes.stages) and tickets of the programmes.",
    ),
    "needs another": (
        "It requires a project that is not financed, or not as early.",
        "See [requires](#projects.requires); `mine2magnet explain PLAN PROJECT` says what both together would cost.",
    ),
    "excluded by another": (
        "A financed project excludes it, or is of the same `group`.",
        "See [excludes](#projects.excludes) and [group](#projects.group).",
    ),
    "does not fit the horizon": (
        ("It has no year in which it could be decided and still deliver, between `earliest_fid` and `latest_fid`, before "
        "`last_fid_year`."),
        "Look at its window, at `build_years`, and at the setting `last_fid_year`.",
    ),
    "nothing is financed that it could follow": (
        "With a chain: whatever it makes or takes, no other plant feeds it or takes its product in any year.",
        "Look at its `process` and the recipes in the sheet [processes](#processes).",
    ),
    "programmes closed in its years or too small": (
        ("The programmes that may finance it have no money in the years of its window, or together less than it needs at the "
        "least, even if nobody else took any."),
        "Look at the year columns of the programmes, `max_share` and `max_ticket_m`; widen the window, or lower the need.",
    ),
    "does not pay at these prices": (
        "Viability: with the most support that it can take it still earns less than private money asks.",
        "See [opex_per_t](#projects.opex_per_t), the sheet [prices](#prices) and [viability](#viability); the detail names the gap.",
    ),
    "adds nothing": (
        "Added to the plan it would not raise the objective: demand is covered already in the years in which it could deliver.",
        "Nothing to mend. Another objective or a larger demand would count it.",
    ),
    "rule leaves no room": (
        "With it, a rule would be broken that the plan keeps; the detail names the rule and what it would come to.",
        "Change the limit, or make the rule soft: `hard` no, with a `penalty`.",
    ),
    "limit leaves no room": (
        "With it, a limit of the [settings](#settings) would be passed; the detail says which, and what has filled it.",
        "Raise the limit or leave its cell empty, or give the project years in which there is room.",
    ),
    "outbid": (
        ("It would raise the objective, but other projects use the money better: in no year of its window could what is unspent "
        "pay for it. The detail says what it would add and how much of its need could still be paid."),
        ("A larger budget ([explore](#explore) shows which), a smaller need, or more output; `mine2magnet explain PLAN PROJECT` "
        "says by how much."),
    ),
    "not worked out": (
        "None of the checks above shows why; the best plan as a whole leaves it out.",
        "Ask `mine2magnet explain PLAN PROJECT`: it solves again with the project in.",
    ),
}  # fmt: skip
"""Reason as in plan.json -> its meaning, and what to do."""


def topics() -> Iterator[Topic]:
    """One topic per reason."""
    for reason, (meaning, cure) in REASONS.items():
        name = reason.replace(" ", "-")
        yield Topic(name, f"Left out: {reason}", CHAPTER, f"{meaning}\n\n**What to do.** {cure}", aliases=(reason,))
