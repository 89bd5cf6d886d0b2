"""The sections of the report that are one table: each file of this folder that declares one, in the order of their names."""

from importlib import import_module
from pkgutil import iter_modules

from optimizer.reports import tables
from optimizer.reports.tables.table_section import TableSection


def _declared() -> tuple[TableSection, ...]:
    """The constant `RULES` of the file `rules.py`, for each file that has one."""
    names = sorted(module.name for module in iter_modules(tables.__path__) if module.name != "sections")
    constants = [getattr(import_module(f"{tables.__name__}.{name}"), name.upper(), None) for name in names]
    return tuple(section for section in constants if isinstance(section, TableSection))


TABLE_SECTIONS: tuple[TableSection, ...] = _declared()
"""Their place on the page is between projects and countries, in the workbook between the sheets Gap and Not financed."""
