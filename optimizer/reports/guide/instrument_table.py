"""The table of instruments in the guide, from what each instrument declares."""

from collections.abc import Container

from models.instruments import INSTRUMENTS
from models.instruments.instrument import Instrument


def instrument_table(pages: Container[str]) -> str:
    """A Markdown table with one row per instrument; one that has its own page in `pages` links to it."""
    head = "| instrument | the project receives | the budget pays (cost_rate unless given) | counts as |\n| --- | --- | --- | --- |"
    return "\n".join([head, *(_row(instrument, pages) for instrument in INSTRUMENTS.values())])


def _row(instrument: Instrument, pages: Container[str]) -> str:
    more = f", see [{instrument.name}](#{instrument.name})" if instrument.name in pages else ""
    kind = "public" if instrument.funded else "contingent"
    return f"| `{instrument.name}` | {instrument.receives} | {instrument.pays}{more} | {kind} |"
