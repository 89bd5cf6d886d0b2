"""Description of one column of a sheet: the kind of its cells, its range, and one sentence that explains it."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import Field
from pydantic.fields import FieldInfo

from models.frozen import Frozen

Kind = Literal[
    "id",  # a name that other cells may point at
    "text",
    "country",  # ISO-2 code or English name; stored as ISO-2 (or ROW)
    "number",
    "money",  # millions of `currency`, not negative
    "share",  # 0 to 1
    "score",  # 0 to 100
    "whole",  # a whole number, not negative
    "degrees",  # latitude or longitude; north and east positive
    "year",
    "date",  # a day, a month or a year; the first day of it
    "ramp",  # per cents, 40;70;100
    "delays",  # years:per cent, 0:25; 1:75
    "ids",  # id;id
    "alternatives",  # id;id|id
    "names",  # name;name
    "countries",
    "choice",
    "yes_no",
    "years",  # 2030; 2035
    "weights",  # mine=1; separation=2
    "where",
    "money_or_none",
]


@dataclass(frozen=True)
class Column:
    """One column of a sheet, or a family of columns such as `<year>`."""

    field: str
    """Name of the field in code; the header too, unless `family` is given."""
    kind: Kind
    doc: str
    unit: str
    required: bool
    choices: tuple[str, ...]
    family: str | None
    """Pattern of the headers that fill one field: `share_<material>`, `<year>`, `year_<k>`, `<measure>`, `<text>`."""
    synonyms: tuple[str, ...]
    """Other headers in use, compared without case and spacing; they are proposed as a cure, never read silently."""
    low: float | None
    high: float | None

    @property
    def header(self) -> str:
        return self.family or self.field


def column(
    kind: Kind,
    doc: str,
    default: Any = ...,
    *,
    unit: str = "",
    choices: tuple[str, ...] = (),
    family: str | None = None,
    synonyms: tuple[str, ...] = (),
    low: float | None = None,
    high: float | None = None,
) -> Any:
    """A field of a sheet. Without a default it is a starred (required) column."""
    if low is None and kind in ("money", "share", "score", "whole"):
        low = 0
    if high is None and kind in ("share", "score"):
        high = {"share": 1.0, "score": 100.0}[kind]
    extra: dict[str, Any] = {
        "kind": kind,
        "unit": unit,
        "choices": list(choices),
        "family": family,
        "synonyms": list(synonyms),
        "low": low,
        "high": high,
    }
    return Field(default, description=doc, json_schema_extra=extra)


def as_of_column(what: str = "the row's numbers") -> Any:
    """The column `as_of`: the date of `what`, or the date on which it was last checked."""
    return column(
        "date", f"Day or month of which {what} are, or on which they were last checked.", None,
        synonyms=("as of date", "as at", "data as of"),
    )  # fmt: skip


class Row(Frozen):
    """A row of a sheet."""

    row: int = Field(ge=0, description="Row number as the spreadsheet program shows it; 0 when made in code.")


@cache
def columns(sheet: type[Frozen]) -> tuple[Column, ...]:
    """The columns of a sheet in the order of the schema."""
    return tuple(_as_column(name, info) for name, info in sheet.model_fields.items() if _is_column(info))


def _is_column(info: FieldInfo) -> bool:
    return isinstance(info.json_schema_extra, dict) and "kind" in info.json_schema_extra


def _as_column(name: str, info: FieldInfo) -> Column:
    extra: dict[str, Any] = dict(info.json_schema_extra)  # type: ignore[arg-type]
    return Column(
        field=name,
        kind=extra["kind"],
        doc=info.description or "",
        unit=extra["unit"],
        required=info.is_required(),
        choices=tuple(extra["choices"]),
        family=extra["family"],
        synonyms=tuple(extra["synonyms"]),
        low=extra["low"],
        high=extra["high"],
    )
