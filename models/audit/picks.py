"""The projects, awards and existing plants that a `where` picks."""

from decimal import Context, Decimal, InvalidOperation

from models.audit.exact import exact
from models.schema import Existing, Programme, Project, Rule

Clauses = tuple[tuple[str, tuple[str, ...]], ...]
DIGITS = Context(prec=12)
"""Numbers of a `where` are compared to this many digits."""
NOT_CELLS = {"row", "shares", "measures", "texts", "envelopes"}
PLANT_COLUMNS = ("stage", "country", "process", "name")
"""Columns of the projects sheet that a plant of the existing sheet has too."""


def picks(rule: Rule, row: Project | Existing, columns: tuple[str, ...] | None = None) -> bool:
    """Whether the rule's clauses (those on these columns, if named) hold for this project or existing plant."""
    clauses = rule.picks.projects
    if columns is not None:
        clauses = tuple(clause for clause in clauses if clause[0] in columns)
    return holds(clauses, row)


def picks_award(rule: Rule, programme: Programme) -> bool:
    """Whether the rule's clauses on programmes hold for this one."""
    return holds(rule.picks.programmes, programme)


def names_underway(rule: Rule) -> bool:
    """Whether the rule speaks of underway projects."""
    return any(column == "status" and "underway" in map(str.casefold, values) for column, values in rule.picks.projects)


def holds(clauses: Clauses, row: Project | Programme | Existing) -> bool:
    """Every clause has the row's cell among its values."""
    return all(any(same(value, cell(row, column)) for value in values) for column, values in clauses)


def cell(row: Project | Programme | Existing, column: str) -> object:
    """The value under a header; None if the row has none."""
    column = "capex_m" if column == "capex" else column
    if column in type(row).model_fields and column not in NOT_CELLS:
        return getattr(row, column)
    if column.startswith("share_"):
        return getattr(row, "shares", {}).get(column.removeprefix("share_"))
    for further in ("measures", "texts"):
        if column in getattr(row, further, {}):
            return getattr(row, further)[column]
    return None


def same(value: str, content: object) -> bool:
    """Whether a clause's value is the content of a cell; of a list, whether it is one of its entries.

    >>> same("vn", "VN"), same("3", 3.0), same("yes", True), same("b", (("a", "b"),)), same("", None)
    (True, True, True, True, False)
    """
    if isinstance(content, tuple):
        return any(same(value, entry) for entry in content)
    if isinstance(content, bool):
        return value.casefold() in (("yes", "true") if content else ("no", "false"))
    if isinstance(content, int | float):
        try:
            return DIGITS.plus(Decimal(value)) == DIGITS.plus(exact(content))
        except InvalidOperation:
            return False
    return isinstance(content, str) and value.casefold().split() == content.casefold().split()
