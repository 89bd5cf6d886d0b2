"""Renders a page from its template: one file with everything in it, all text escaped, and only our own scripts."""

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from models.settings import ENGLISH
from optimizer.reports.formatting import money, number, percent, whole
from optimizer.reports.language import N_, language, tr, tr_c, tr_n
from optimizer.reports.report_table import Grid, shown
from optimizer.safe_text import json_text, printable
from optimizer.version import __version__

LONG_TABLE = 300
"""Rows of a table that are printed; the screen has all of them."""
IN_FULL = 1_500
"""Rows of a table that the page writes out; the rest is packed, and the page's script unpacks it when it opens, so that
a plan of thousands of projects stays a file that can be sent."""


SCRIPT_WORDS = (
    N_("Find in this table"),
    N_("all"),
    N_("{n} shown"),
    N_("{n} that fit, of {all} shown"),
    N_("first {n} of {fitting}"),
    N_("first {n} of {fitting} that fit, of {all}"),
    N_("Show all {n}"),
    N_("This browser shows the first rows alone: all are in the workbook beside this page."),
    N_("nothing"),
    N_("Share of demand met: {rows}"),
    N_("Public money by year: {rows}"),
    N_("The first plan of this range."),
    N_("in: {names}"),
    N_("out: {names}"),
    N_("the same projects, otherwise timed"),
    N_("Against the plan of {budget}: {changes}."),
    N_("not bounded"),
    N_("at most {score}"),
    N_("{budget}: no plan is known"),
    N_("{budget}: {score}, {high}; the plan needs {least}"),
    N_("Financed: {n} project"),
    N_("Financed: {n} projects"),
)
"""Sentences of the scripts of a page; each is looked up in the page's words, and is English if they lack it."""


def script_words() -> dict[str, str]:
    """The words of the scripts in the current language; none in English."""
    units = (
        N_("{value} points"),
        N_("{amount} M"),
        N_("{amount} t/yr"),
        N_("{amount} t"),
        N_("{number} %"),
        N_(", "),
        N_("; "),
    )
    return {} if language() == ENGLISH else {words: tr(words) for words in (*SCRIPT_WORDS, *units)}


def render(template: str, *, scripts: Sequence[str] = ("page.js",), **content: Any) -> str:
    """A page of `templates/` with these scripts. Missing content is an error, and what comes from a workbook is escaped."""
    script = "".join(map(asset, scripts))
    return environment().get_template(template).render(
        style=Markup(asset("style.css")),  # a file of the package, as the scripts
        script=Markup(script),
        policy=policy(script),
        version=__version__,
        **content,
    )  # fmt: skip


@cache
def environment() -> Environment:
    """The templates, with the filters that people's numbers take."""
    environment = Environment(
        loader=PackageLoader("optimizer.reports.html"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        in_full=IN_FULL, tr=tr, tr_n=tr_n, tr_c=tr_c, language=language, whole=whole, script_words=script_words
    )
    environment.filters.update(
        shown=shown, number=number, percent=percent, money=money, data=data_block, lines=printed_lines, flow=flow,
        packed=packed_rows,
    )  # fmt: skip
    return environment


def _finalized(value: Any) -> Any:
    """Finalize what a template writes: remove control characters from text of a workbook; its own markup stays."""
    return printable(value) if type(value) is str else value


@cache
def asset(name: str) -> str:
    """A file of this folder as text."""
    return (files("optimizer.reports.html") / name).read_text(encoding="utf-8")


def policy(script: str) -> str:
    """The Content Security Policy of a page: the browser may run this script, and nothing is fetched or sent.

    See Content Security Policy Level 3, W3C: a hash allows one script, whatever else a name might smuggle in.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    parts = ("default-src 'none'", "style-src 'unsafe-inline'", f"script-src 'sha256-{digest}'")
    return "; ".join((*parts, "base-uri 'none'", "form-action 'none'"))


_UNIT = re.compile(r"(?<=\d) (?=%|M\b|t/yr)|(?<=\d M) (?=[A-Z]{3}\b)")
_ARROW = re.compile(r"(?<=\S) -> (?=\d)")


def flow(text: str) -> str:
    """A sentence for the page: a real arrow between numbers, and no line broken at it or before a unit.

    >>> flow("mines 48 -> 71 %, a->b").replace("\\u00a0", "_")
    'mines 48_→_71_%, a->b'
    """
    return _UNIT.sub("\u00a0", _ARROW.sub("\u00a0→\u00a0", text)).replace("/年", "/\u2060年")


def packed_rows(grid: Grid) -> Markup:
    """The rows of a table that the page does not write out, as it shows them: zlib (RFC 1950) of JSON, in base64."""
    rows = [[shown(v, c.kind) for v, c in zip(row, grid.columns, strict=True)] for row in grid.rows[IN_FULL:]]
    return Markup(base64.b64encode(zlib.compress(json.dumps(rows).encode(), 9)).decode()) if rows else Markup("")


def data_block(value: Any) -> Markup:
    """JSON for a `<script type="application/json">`: no character in it can end the block.

    >>> data_block({"name": "</script>&"})
    Markup('{"name":"\\\\u003c/script\\\\u003e\\\\u0026"}')
    """
    text = json_text(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def printed_lines(grid: Grid) -> str:
    """A sentence for paper where a table is longer than what is printed; empty where it is not."""
    if len(grid.rows) <= LONG_TABLE:
        return ""
    return tr(
        "The first {most} of {n} rows; the file on screen and the workbook have all.",
        most=LONG_TABLE, n=whole(len(grid.rows)),
    )  # fmt: skip
