"""The options of the command line, each defined once for all commands."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from models.objective_names import CHAIN_OBJECTIVES, OBJECTIVES
from models.settings import LANGUAGES
from optimizer.reports.command_line import quoted as quoted  # noqa: PLC0414 - for the verbs
from optimizer.solver.options import GAP, NAMES, QUESTION_TIME_LIMIT, SEED, THREADS, TIME_LIMIT, WHOLE_TIME_LIMIT
from optimizer.solver.options import Solving as Solving  # noqa: PLC0414

if TYPE_CHECKING:
    from optimizer.workbook.overrides import Overrides

_NUMBER = r"(?:\d+|\d{1,3}(?:[, ]\d{3})+)(?:\.\d+)?"
_BUDGET = re.compile(rf"none|{_NUMBER} ?(?:m|mn|million|bn|b|billion|%)?", re.IGNORECASE | re.ASCII)


def budget(value: str) -> str:
    """A budget as text: 3000, 3,000, 3bn, 80%, none.

    >>> budget(" 3 bn"), budget("3,000")
    ('3 bn', '3000')
    """
    text = " ".join(value.split())
    if not _BUDGET.fullmatch(text):
        raise click.BadParameter(
            f'"{text}" is not a budget: write millions (3000), 3bn, 80% of the workbook\'s, or none'
        )
    return re.sub(r"(?<=\d)[, ](?=\d)", "", text)


def millions(text: str, base: float | None) -> float:
    """An amount of the command line in millions; a percentage is of the workbook's own amount.

    >>> millions("3bn", None), millions("80%", 500.0), millions("1,200", None)
    (3000.0, 400.0, 1200.0)
    """
    plain = re.sub(r"[,_ ]", "", text).lower()
    if plain == "none":
        raise click.BadParameter("none is no amount here: write 3000 or 3bn, or leave the option out")
    if plain.endswith("%"):
        if base is None:
            raise click.BadParameter(f"{text}: the workbook has no budget of which this could be a part")
        return float(plain[:-1]) * base / 100
    number = re.match(r"[\d.]+", plain)
    assert number is not None
    return float(number[0]) * (1000.0 if plain[number.end() :] in ("bn", "b", "billion") else 1.0)


def not_negative(value: str | float) -> float:
    """A finite number, 0 or more."""
    try:
        number = float(value)
    except ValueError:
        raise click.BadParameter(f'"{value}" is not a number') from None
    if not math.isfinite(number) or number < 0:
        raise click.BadParameter(f"{value} must be a number of at least 0")
    return number


def positive(value: str | float) -> float:
    """A finite number above 0."""
    number = not_negative(value)
    if number == 0:
        raise click.BadParameter(f"{value} must be more than 0")
    return number


def fraction(value: str | float) -> float:
    """A fraction of 0 or more: 0.01 or 1%.

    >>> fraction("1%"), fraction("0.001"), fraction(0.5)
    (0.01, 0.001, 0.5)
    """
    text = str(value).strip()
    return not_negative(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)


def part(value: str) -> float:
    """A part above 0 and below the whole: 0.02 or 2%.

    >>> part("2%"), part("0.05")
    (0.02, 0.05)
    """
    number = fraction(value)
    if number == 0:
        raise click.BadParameter(f"{value} must be more than 0")
    if number >= 1:
        raise click.BadParameter(f"{value} must be less than 100 %: write 2% or 0.02")
    return number


def objective(value: str) -> str:
    """A name of an objective, in any case."""
    if value.casefold() not in OBJECTIVES:
        raise click.BadParameter(f'"{value}" is not an objective: {", ".join(OBJECTIVES)}')
    return value.casefold()


def risk(value: str) -> str:
    """A name of a measure of risk, in any case."""
    from models.schema import RISKS

    if value.casefold() not in RISKS:
        raise click.BadParameter(f'"{value}" is not a measure of risk: {", ".join(RISKS)}')
    return value.casefold()


def setting(value: str) -> tuple[str, str]:
    """KEY=VALUE, where KEY is a setting of the workbook.

    >>> setting("Last_Year = 2035")
    ('last_year', '2035')
    """
    key, sign, text = value.partition("=")
    if not sign or not key.strip() or not text.strip():
        raise click.BadParameter(f'"{value}" is not KEY=VALUE, as in last_year=2040')
    return _known_setting(key.strip()), text.strip()


def _known_setting(key: str) -> str:
    from models.nearest import did_you_mean, nearest
    from models.schema import Settings

    name = key.casefold()
    if name not in Settings.model_fields:
        raise click.BadParameter(f'there is no setting "{key}"{did_you_mean(nearest(name, Settings.model_fields))}')
    return name


def _either(names: Sequence[str], without: Sequence[str] = ()) -> str:
    """`a, b or c`."""
    *first, last = (name for name in names if name not in without)
    return f"{', '.join(first)} or {last}" if first else last


_ITS_FOLDER = click.Path(path_type=Path, file_okay=False)

OPTIONS: dict[str, Callable[[Any], Any]] = {
    "budget": click.option(
        "--budget", type=budget, metavar="MONEY",
        help="Total budget: millions of the base currency (3000), 3bn, or a share of the workbook's (80%).",
    ),
    "objective": click.option(
        "--objective", type=objective, metavar="NAME",
        help=f"Objective to maximize: {_either(OBJECTIVES, without=CHAIN_OBJECTIVES)}; with recipes also "
        f"{_either(CHAIN_OBJECTIVES)}.",
    ),
    "set": click.option(
        "--set", "settings", type=setting, metavar="KEY=VALUE", multiple=True,
        help="Override a setting of the workbook. Repeatable.",
    ),
    "include": click.option(
        "--include", metavar="ID", multiple=True, help="Project that must be financed. Repeatable."
    ),
    "exclude": click.option(
        "--exclude", metavar="ID", multiple=True, help="Project that must not be financed. Repeatable."
    ),
    "risk": click.option(
        "--risk", type=risk, metavar="NAME",
        help="Measure of risk to maximize over the scenarios: expected, cvar, worst, regret or failures; none for the "
        "workbook as planned.",
    ),
    "alpha": click.option(
        "--alpha", type=fraction, metavar="FRACTION",
        help="Confidence level of cvar: the mean of the worst 1 - alpha of probability.",
    ),
    "aversion": click.option(
        "--aversion", type=fraction, metavar="FRACTION", help="Weight of the worst cases in cvar."
    ),
    "failures": click.option(
        "--failures", type=click.IntRange(0, 1000), metavar="N",
        help="Number of projects, sponsors or countries that fail together, for --risk failures.",
    ),
    "failures_by": click.option(
        "--failures-by", type=click.Choice(("project", "sponsor", "country")), help="What fails together."
    ),
    "draws": click.option(
        "--draws", type=click.IntRange(0), metavar="N",
        help="Random draws of scenarios and risks to plan for; 0 for the named scenarios alone.",
    ),
    "value_of_information": click.option(
        "--value-of-information", is_flag=True, default=None,
        help="Also work out the value of the stochastic solution and of perfect information.",
    ),
    "review_year": click.option(
        "--review-year", type=click.IntRange(1900, 2200), metavar="YEAR",
        help="Year from which decisions may differ by scenario.",
    ),
    "contingency": click.option(
        "--contingency", type=not_negative, metavar="MONEY",
        help="Most that capital calls may add up to in any one scenario, in millions of the base currency.",
    ),
    "brief": click.option(
        "--brief", type=click.Choice(("docx", "pptx")), help="Also write the brief, as a Word document or slides."
    ),
    "title": click.option("--title", metavar="TEXT", help="Title of the reports."),
    "author": click.option("--author", metavar="TEXT", help="Author of the reports."),
    "draft": click.option(
        "--draft", is_flag=True, default=None, help="Mark every page and sheet of the reports as a draft."
    ),
    "language": click.option(
        "--language", type=click.Choice(LANGUAGES), metavar="TAG", show_default="the setting `language`",
        help="Language of the page, the workbook and the brief: en, ja or de.",
    ),
    "gap": click.option(
        "--gap", type=fraction, metavar="FRACTION", default=GAP, show_default=True,
        help="Relative MIP gap at which to stop: the plan is then proved this close to the best possible.",
    ),
    "time_limit": click.option(
        "--time-limit", type=positive, metavar="SECONDS", default=TIME_LIMIT, show_default=True,
        help="Time limit of all searches of the command. They then stop with the best plan found; the reports follow.",
    ),
    "question_gap": click.option(
        "--gap", type=fraction, metavar="FRACTION", show_default="the gap of the plan",
        help="Relative MIP gap at which each question stops.",
    ),
    "whole_time_limit": click.option(
        "--time-limit", type=positive, metavar="SECONDS", show_default=f"{WHOLE_TIME_LIMIT:g}",
        help="Time limit of the whole search. It then stops with what it has found.",
    ),
    "explain_time_limit": click.option(
        "--time-limit", type=positive, metavar="SECONDS",
        show_default=f"{QUESTION_TIME_LIMIT:g}; without PROJECT {WHOLE_TIME_LIMIT:g}",
        help="Time limit of each question; without PROJECT, of all questions together.",
    ),
    "explore_time_limit": click.option(
        "--time-limit", type=positive, metavar="SECONDS", default=TIME_LIMIT, show_default=True,
        help="Time limit of the whole exploration. It then stops with what is proved, and --resume continues it.",
    ),
    "threads": click.option(
        "--threads", type=click.IntRange(1, 1024), default=THREADS, show_default=True, help="Threads of the solver."
    ),
    "seed": click.option(
        "--seed", type=click.IntRange(0, 2**31 - 1), default=SEED, show_default=True, help="Random seed of the solver."
    ),
    "out": click.option(
        "--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder to write.",
        show_default="outputs/<workbook>-NN",
    ),
    "explore_out": click.option(
        "--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder to write.",
        show_default="outputs/<workbook>-frontier-NN",
    ),
    "force": click.option(
        "--force", is_flag=True, help="Replace the files that an earlier run wrote there. Never replaces an input."
    ),
    "figures": click.option(
        "--figures", type=_ITS_FOLDER, metavar="DIR", help="Folder for every chart as PNG and SVG."
    ),
    "json": click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout, and nothing else."),
    "verbose": click.option("--verbose", is_flag=True, help="Show everything; without it the answer fits one screen."),
    "quiet": click.option("--quiet", is_flag=True, help="Print only the path of the result: no progress, no messages."),
}  # fmt: skip
"""Name -> option, in the order of the help."""

WORKBOOK = ("budget", "objective", "set", "include", "exclude")
RISK = (
    "risk",
    "alpha",
    "aversion",
    "failures",
    "failures_by",
    "draws",
    "value_of_information",
    "review_year",
    "contingency",
)
"""Options that are settings of the measure of risk."""
HEAD = ("title", "author", "draft", "language")
"""Options that are settings of the head of every report."""
SOLVER = NAMES
QUESTION = ("question_gap", "whole_time_limit", "threads", "seed")
"""Solver options of a command that answers many questions about one plan."""
EXPLAIN = ("question_gap", "explain_time_limit", "threads", "seed")
EXPLORE = ("explore_time_limit", "threads", "seed", "explore_out", "force")
FOLDER = ("out", "force")
SCREEN = ("json", "quiet")
PLAN_SCREEN = ("verbose", *SCREEN)


def options(*names: str) -> Callable[[Any], Any]:
    """Decorator: add these options to a command, in this order."""

    def decorate(function: Any) -> Any:
        for name in reversed(names):
            function = OPTIONS[name](function)
        return function

    return decorate


def workbook(value: str) -> Path:
    """An existing workbook: a file, or a folder of csv files."""
    path = Path(value)
    if not path.exists():
        raise click.BadParameter(f"there is no {value}{_beside(path)}")
    if not path.is_dir() and not path.is_file():
        raise click.BadParameter(f"{value} is a pipe or a device: save the workbook as a file first")
    if path.is_dir() and (path / "plan.json").is_file():
        raise click.BadParameter(
            f"{value} is a plan folder: name the workbook in it, or use `mine2magnet rerun {quoted(value)}`"
        )
    if path.name == "plan.xlsx" and (path.parent / "plan.json").is_file():
        raise click.BadParameter(
            f"{value} shows a plan and is no input: name the workbook beside it, or the folder if the command takes a plan"
        )
    return path


def _beside(path: Path) -> str:
    """The file that was probably meant."""
    from models.nearest import did_you_mean, nearest

    try:
        names = [p.name for p in path.parent.iterdir()]
    except OSError:
        return ""
    near = nearest(path.name, names)
    return did_you_mean(str(path.parent / near)) if near else ""


def solving(ctx: click.Context) -> Solving:
    """The solver's options of this command line, with defaults for the others."""
    given = frozenset(n for n in SOLVER if ctx.get_parameter_source(n) is ParameterSource.COMMANDLINE)
    return Solving(**{n: ctx.params[n] for n in SOLVER if ctx.params[n] is not None}, asked=given)


def _as_settings(parameters: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Setting, text and option of the options on risk and on the head of the reports."""
    names = {"contingency": "contingency_m"}
    given = [(n, parameters.get(n)) for n in (*RISK, *HEAD)]
    return [
        (names.get(n, n), "yes" if v is True else str(v), f"--{n.replace('_', '-')}")
        for n, v in given
        if v is not None and v is not False
    ]


def overrides(parameters: Mapping[str, Any]) -> "Overrides":
    """The overrides of this command line. Two options for one setting are wrong usage."""
    from optimizer.workbook.overrides import Overrides

    settings: dict[str, tuple[str, str]] = {}
    named: Sequence[tuple[str, str, str]] = [
        ("total_budget_m", parameters["budget"], "--budget"),
        ("objective", parameters["objective"], "--objective"),
        *_as_settings(parameters),
        *((key, text, f"--set {key}") for key, text in parameters["settings"]),
    ]
    for key, text, option in named:
        if text is None:
            continue
        if key in settings:
            raise click.UsageError(f"{key} is given twice, by {settings[key][1]} and by {option}: leave one out")
        settings[key] = (text, option)
    both = sorted(set(parameters["include"]) & set(parameters["exclude"]))
    if both:
        raise click.UsageError(f"--include and --exclude both name {both[0]}: leave one out")
    return Overrides(settings=settings, include=parameters["include"], exclude=parameters["exclude"])
