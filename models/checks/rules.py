"""Rules that name no measure, are not linear, or read an empty cell."""

from collections.abc import Callable, Iterator

from models.case import Case
from models.checks.findings import Findings, listed
from models.checks.where_values import other_spellings
from models.for_each import DONOR, columns, may_name
from models.measures import data_measure, is_data_measure, matches, normal_form, picks_underway
from models.nearest import did_you_mean
from models.numbers import as_typed as number
from models.rule_holds import OVER_SCENARIOS, asks_scenarios, least_probability
from models.scenario_sets import delivers_in
from models.schema import AWARD_MEASURES, DELIVERY_MEASURES, Programme, Project, Rule
from models.sets import Sets
from models.text import Text

_OF_AWARDS = tuple(m for m in AWARD_MEASURES if m not in ("private", "joint"))
_COLUMNS = {"capex": ("capex_m",), "count": ("id",), "esg": ("esg_e", "esg_s", "esg_g")}

_NEVER_EMPTY = ("capex", "count")
_FRACTIONS = ("private_share", "allied_share", "payable")
_SCORES = ("esg", *_COLUMNS["esg"])

Claim = tuple[str, str]
"""Column and message of a fault."""
Doubt = tuple[str, Text]
"""Column and message of a warning."""


def check(findings: Findings) -> tuple[Rule, ...]:
    """Note the faults of the rules as written. Returns the rules without one."""
    sound = []
    for rule in findings.case.rules:
        claims = [claim for faults_of in _FAULTS for claim in faults_of(findings, rule)]
        for column, message in claims:
            findings.fault(rule, column, message)
        for column, doubt in (*_doubts(findings.case, rule), *_holds_nothing(findings.case, rule)):
            findings.warn(rule, column, doubt)
        if not claims:
            sound.append(rule)
    return tuple(sound)


def check_picks(findings: Findings, sets: Sets) -> None:
    """Note empty cells that a sound rule would add up, and rules that pick no project."""
    for rule in sets.case.rules:
        _picks_nobody(findings, sets, rule)
        if rule.aggregate != "each":
            _missing_numbers(findings, sets, rule)


def known_measures(case: Case) -> tuple[str, ...]:
    """Names that a rule's `measure` may take in this case."""
    columns = {name for p in case.projects for name in p.measures} | {
        f"share_{m}" for p in case.projects for m in p.shares
    }
    return ("capex", "count", "esg", "capacity_tpa", *DELIVERY_MEASURES, *AWARD_MEASURES, *sorted(columns))


def measure_cell(findings: Findings, project: Project, measure: str) -> str:
    """Address of the cell (the first empty one of a mean) that a data measure reads."""
    columns = _COLUMNS.get(measure, (measure,))
    empty = [c for c in columns if getattr(project, c, None) is None]
    return findings.cell(project, (empty or list(columns))[0])


# -- as written -------------------------------------------------------------------------------------------------


def _is_of_plan(case: Case, name: str) -> bool:
    return (name in DELIVERY_MEASURES or name in AWARD_MEASURES) and not is_data_measure(case, name)


def _is_measure(case: Case, name: str) -> bool:
    return name in DELIVERY_MEASURES or name in AWARD_MEASURES or is_data_measure(case, name)


def _unknown_names(findings: Findings, rule: Rule) -> Iterator[Claim]:
    for column in ("measure", "per", "weight"):
        name = getattr(rule, column)
        if name and not _is_measure(findings.case, name):
            cure = findings.suggest(name, known_measures(findings.case))
            cure = cure or "; name capex, count, esg, a numeric column of projects, or a measure of the manual"
            yield column, f'"{name}" is not a measure{cure}'
    if rule.for_each and not may_name(findings.case, rule, rule.for_each):
        yield "for_each", _not_for_each(findings, rule, rule.for_each)


def _not_for_each(findings: Findings, rule: Rule, column: str) -> str:
    """Why a rule cannot hold for each value of a column."""
    if column == DONOR:
        return (
            f"donor selects awards, but {rule.measure} is not paid by donors: choose award, public_cost, public, contingent "
            "or support as the measure, or name a column of projects, such as country"
        )
    cure = findings.suggest(column, (*columns(findings.case), DONOR))
    return f'"{column}" is not a text column of projects{cure}'


def _aggregate(findings: Findings, rule: Rule) -> Iterator[Claim]:
    if rule.aggregate in ("each", "average") and _is_of_plan(findings.case, rule.measure):
        cure = "capacity_tpa" if rule.measure in DELIVERY_MEASURES else "sum, share or ratio"
        needs = (
            f"`{rule.aggregate}` ({findings.cell(rule, 'aggregate')}) needs a number that each project has in its row"
        )
        yield "measure", f"{needs}, and {rule.measure} is known only with the plan: use {cure}"
    if rule.aggregate == "ratio" and not rule.per:
        yield "per", "a ratio needs a measure in the denominator: name it here (private per public, ghg_t per capacity)"


def _weight(findings: Findings, rule: Rule) -> Iterator[Claim]:
    if rule.weight is None:
        return
    if rule.measure == "joint" and rule.weight not in ("count", "capex"):
        yield (
            "weight",
            f"joint counts each project with its capital cost or once: write capex or count, not {rule.weight}",
        )
    elif rule.aggregate == "average" and _is_of_plan(findings.case, rule.weight):
        known = f"{rule.weight} is known only with the plan and cannot weigh an average"
        yield "weight", f"{known}: name capex or a numeric column"


def _holds(_findings: Findings, rule: Rule) -> Iterator[Claim]:
    """The texts of `holds`, and the rules that can have it."""
    try:
        least = least_probability(rule.holds)
    except ValueError:
        yield "holds", f'"{rule.holds}" is none of plan, always and a probability above 0: write always, or 0.9'
        return
    if least is not None and not delivers_in(rule):
        yield "holds", "a rule on what is decided holds in every state: leave the cell empty"


def _holds_nothing(case: Case, rule: Rule) -> Iterator[Doubt]:
    """Warn of a cell `holds` that nothing reads."""
    if not asks_scenarios(rule) or not delivers_in(rule):
        return
    if not rule.hard:
        yield "holds", Text("a soft rule costs its penalty in every scenario: holds changes nothing")
    elif case.settings.risk not in OVER_SCENARIOS:
        yield (
            "holds",
            Text("scenarios are not modelled under risk = {risk}: the rule holds as planned", risk=case.settings.risk),
        )


def _softness(findings: Findings, rule: Rule) -> Iterator[Claim]:
    if rule.hard:
        return
    if rule.aggregate == "each":
        each = f"an `each` rule ({findings.cell(rule, 'aggregate')})"
        yield "hard", f"{each} bars projects and cannot be soft: write yes, or use another aggregate"
    elif rule.penalty is None:
        penalty = "a penalty, plan-score points lost per unit of shortfall"
        yield "penalty", f"hard is no ({findings.cell(rule, 'hard')}), so the rule needs {penalty}"


def _no_programmes(findings: Findings, rule: Rule) -> Iterator[Claim]:
    if findings.case.programmes:
        return
    absent = "and there is no `programmes` sheet: fill it, or remove the"
    for column in ("measure", "per"):
        if (name := getattr(rule, column)) in ("joint", "contingent"):
            yield column, f"{name} counts awards of programmes, {absent} rule"
    if rule.picks.programmes:
        yield "where", f"`programme.` picks awards, {absent} clause"


def _programme_clauses(findings: Findings, rule: Rule) -> Iterator[Claim]:
    if findings.case.programmes and rule.picks.programmes:
        names = [rule.measure, *([rule.per] if rule.aggregate == "ratio" and rule.per else [])]
        for name in (n for n in names if n not in _OF_AWARDS and _is_measure(findings.case, n)):
            cure = f"use it with {listed(_OF_AWARDS)}, or remove the clause"
            yield "where", f"`programme.` picks awards and does not serve {name}: {cure}"


def _stages(findings: Findings, rule: Rule) -> Iterator[Claim]:
    stages = {normal_form(s): s for s in findings.case.settings.stages}
    named = [v for column, values in rule.picks.projects if column == "stage" for v in values]
    for value in (v for v in named if normal_form(v) not in stages):
        hint = findings.suggest(value, stages.values())
        yield "where", f'"{value}" is not a stage ({listed(stages.values())}; {findings.setting("stages")}){hint}'
    if "capacity_total" in (rule.measure, rule.per) and len(named) != 1:
        yield "where", "capacity_total adds up one stage: name it, for example stage=separation"


def _year(findings: Findings, rule: Rule) -> Iterator[Claim]:
    s = findings.case.settings
    delivers = rule.measure in DELIVERY_MEASURES or rule.per in DELIVERY_MEASURES
    if rule.year is not None and delivers and not s.first_year <= rule.year <= s.last_year:
        yield "year", f"{rule.year} is outside the horizon {s.first_year} to {s.last_year}: name a year in it"


_FAULTS: tuple[Callable[[Findings, Rule], Iterator[Claim]], ...] = (
    _unknown_names,
    _aggregate,
    _weight,
    _holds,
    _softness,
    _no_programmes,
    _programme_clauses,
    _stages,
    _year,
)


def _doubts(case: Case, rule: Rule) -> Iterator[Doubt]:
    if rule.aggregate == "share" and not 0 <= rule.value <= 1:
        yield "value", Text("{value} is not between 0 and 1: a share of 40 % is written 0.4", value=number(rule.value))
    if rule.aggregate in ("each", "average"):
        yield from _scale(rule)
    if rule.hard and rule.penalty is not None:
        yield (
            "penalty",
            Text("the rule is hard, so the penalty is not used: set hard to no if it may be broken at this price"),
        )
    if rule.per and rule.aggregate != "ratio":
        yield (
            "per",
            Text("only a ratio has a denominator: not used by {aggregate}", aggregate=rule.aggregate),
        )
    if rule.weight and rule.aggregate != "average" and rule.measure != "joint":
        yield "weight", Text("only an average has a weight: not used by {aggregate}", aggregate=rule.aggregate)
    if rule.year is not None and rule.aggregate == "each":
        yield "year", Text("an `each` rule looks at every project whenever it is decided: the year is not used")
    elif rule.year is not None and rule.year < case.settings.first_year and rule.measure not in DELIVERY_MEASURES:
        yield "year", Text("nothing is decided before {year}: the rule picks no project", year=case.settings.first_year)


def _scale(rule: Rule) -> Iterator[Doubt]:
    """A limit on another scale than its measure always holds, or never."""
    if rule.measure in _SCORES and 0 < rule.value <= 1:
        yield (
            "value",
            Text(
                "scores run from 0 to 100, and the limit is {limit}: did you mean {other}?",
                limit=number(rule.value),
                other=number(100 * rule.value),
            ),
        )
    if (rule.measure in _FRACTIONS or rule.measure.startswith("share_")) and rule.value > 1:
        yield (
            "value",
            Text(
                "{measure} runs from 0 to 1, and the limit is {limit}: 40 % is written 0.4",
                measure=rule.measure, limit=number(rule.value),
            ),
        )  # fmt: skip


# -- against the projects ---------------------------------------------------------------------------------------


def _entering(sets: Sets, rule: Rule) -> tuple[Project, ...]:
    """Projects that a rule can count: those that may be financed, and underway ones if it names them."""
    return sets.candidates + (sets.underway if picks_underway(rule.picks) else ())


def _picks_nobody(findings: Findings, sets: Sets, rule: Rule) -> None:
    everybody = findings.case.projects if rule.aggregate == "each" else _entering(sets, rule)
    picks_nobody = not any(matches(rule.picks, p) for p in everybody)
    spellings = tuple(other_spellings(rule.picks, findings.case.projects))
    for column, value, meant in spellings:
        message = Text(
            "no project has {column}={value}, and some have {column}={meant}{cure}",
            column=column, value=value, meant=meant, cure=did_you_mean(meant),
        )  # fmt: skip
        if picks_nobody:
            findings.fault(rule, "where", message)
        else:
            findings.warn(rule, "where", message)
    if picks_nobody and not spellings:
        findings.warn(
            rule,
            "where",
            Text(
                'THIS RULE RESTRICTS NOTHING: "{where}" picks no project that could be financed, so the rule acts on nothing',
                where=rule.where,
            ),
        )
    clauses = rule.picks.programmes
    if clauses and not any(_is_picked(clauses, p) for p in findings.case.programmes):
        findings.warn(
            rule,
            "where",
            Text(
                'THIS RULE RESTRICTS NOTHING: "{where}" picks no programme: the rule acts on nothing', where=rule.where
            ),
        )


def _is_picked(clauses: tuple[tuple[str, tuple[str, ...]], ...], programme: Programme) -> bool:
    return all(
        normal_form(getattr(programme, column, None)) in {normal_form(v) for v in values} for column, values in clauses
    )


def _missing_numbers(findings: Findings, sets: Sets, rule: Rule) -> None:
    """A missing number must not count as 0; for a share this includes the projects that it does not pick."""
    names = [rule.measure]
    if rule.aggregate == "average":
        names.append(rule.weight or "capex")
    elif rule.aggregate == "ratio" and rule.per:
        names.append(rule.per)
    for name in (n for n in names if n not in _NEVER_EMPTY and is_data_measure(findings.case, n)):
        for p in _entering(sets, rule):
            if (rule.aggregate == "share" or matches(rule.picks, p)) and data_measure(findings.case, p, name) is None:
                _missing(findings, rule, p, name)


def _missing(findings: Findings, rule: Rule, project: Project, name: str) -> None:
    weights = findings.case.settings.esg_weights
    counted = [k for k in "esg" if weights.get(k, 0.0 if weights else 1.0) > 0]
    columns = [f"esg_{k}" for k in counted] if name == "esg" else [name]
    for column in columns:
        if getattr(project, column, None) is None:
            adds = f"the rule {rule.rule} ({findings.cell(rule, 'measure')}) adds {name} up"
            findings.fault(
                project, column, f"no number, and {adds}: fill the cell, or leave the project out by `where`"
            )
