"""The details of reasons, which `plan.json` holds in English, in the language of a report.

A detail is held against the sentences that `models.reasons` writes; one of the planner's own, such as a note, stays as it is.
"""

import re
from functools import cache

from optimizer.reports.formatting import country_name
from optimizer.reports.language import N_, language, localized, tr

DETAILS = (
    N_("not worked out with the plan; `mine2magnet explain` works it out"),
    N_("it would only lower the penalty of soft rules; `mine2magnet explain` works it out"),
    N_(
        "it could be added to this plan, which is not proved to be the best; a smaller --gap or `mine2magnet explain` tells more"
    ),
    N_("what it would add in the scenarios is not worked out"),
    N_("another rule or limit stands against it in each year; `mine2magnet explain` works it out"),
    N_("it has no decision year in common with {names}"),
    N_("{other} is decided in {year}, its last year is {last}"),
    N_("{other} goes ahead without support in {year}, its last year is {last}"),
    N_("the need of {need} M is more than the total budget of {total} M"),
    N_("at most {paid} M of the need of {need} M could be paid, in {year}"),
    N_("the market leaves it {gap} M short in {year}; support is worth at most {worth} M to it"),
    N_("the market leaves {name} {gap} M short in {year}; support is worth at most {worth} M to it"),
    N_("financing it would bring nothing that does not come without support"),
    N_("its process has more capacity already than the chain can feed and place"),
    N_("it has no output outside China"),
    N_("it delivers nothing in {year}, or its stage has no weight"),
    N_("what it makes is not in demand"),
    N_("another demand row is the least covered"),
    N_("demand is already covered in the years in which it could deliver"),
    N_("no programme serves its country and stage"),
    N_("needs {names}, which is not financed"),
    N_("excluded by {name}"),
    N_("would deliver from {year} on"),
    N_("barred by the planner"),
    N_("{country} is not among the countries that may be financed"),
    N_("{rule}: {measure} has no value, the rule asks {sense} {limit}"),
    N_("{rule}: {measure} is {value}, the rule asks {sense} {limit}"),
    N_(
        "decided in {year} it would add {gain} {unit}, but others use the money: {left} M of the {need} M that it needs could still be paid"
    ),
    N_("{rule}: with it {what} would be {attained}, not at least {limit}, at a penalty above its gain"),
    N_("{rule}: with it {what} would be {attained}, not at most {limit}, at a penalty above its gain"),
    N_("{rule}: with it {what} would be {attained}, not at least {limit}"),
    N_("{rule}: with it {what} would be {attained}, not at most {limit}"),
    N_("{rule}: with it {what} would not be at least {limit}"),
    N_("{rule}: with it {what} would not be at most {limit}"),
    N_("goes together with {partner}, which is not financed ({reason})"),
)
"""The sentences of `models.reasons`; of two that fit the first is meant."""
AGGREGATES = (N_("the average"), N_("the share"), N_("the ratio"))
"""What a rule that is no sum limits."""
AHEAD = N_("{detail}; it goes ahead without support in {year}")
"""What follows the detail of a project that needs no support."""
_NUMBER = re.compile(r"-?\d{1,3}(,\d{3})*(\.\d+)?|-?\d+\.\d+")


def reason_detail(detail: str) -> str:
    """The detail of a reason in the current language.

    >>> reason_detail("would deliver from 2031 on")
    'would deliver from 2031 on'
    """
    if language() == "en" or not detail:
        return detail
    if ahead := _pattern(AHEAD).fullmatch(detail):
        return tr(AHEAD, detail=reason_detail(ahead["detail"]), year=ahead["year"])
    for template in DETAILS:
        if found := _pattern(template).fullmatch(detail):
            return tr(template, **{name: _value(name, text) for name, text in found.groupdict().items()})
    return detail


def _value(name: str, text: str) -> str:
    if name in ("reason", "unit"):
        return tr(text)
    if name == "what":
        return tr(text) if text in AGGREGATES else text
    if name == "country":
        return country_name(text)
    if name == "names":
        return text.replace(" or ", tr(" or "))
    return localized(text) if _NUMBER.fullmatch(text) else text


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """What a sentence looks like with its values in place."""
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile("".join(f"(?P<{part}>.+?)" if n % 2 else re.escape(part) for n, part in enumerate(parts)))
