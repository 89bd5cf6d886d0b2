"""The first sheet of the template: five steps, and a picture of what goes where."""

from typing import Any

TITLE = "Start here"

_STEPS = (
    "Fill projects: one row for each candidate. Dark headers are required; every header has a note with its meaning.",
    "Say how much money there is: a row for each programme in programmes, or one number, total_budget_m, in settings.",
    "Say what is needed (demand, by stage and year) and what is there already (existing), or leave both empty.",
    "Add what else you know: rules, fx, outlays, processes, scenarios. An empty sheet switches its part off.",
    "Run  mine2magnet check FILE.xlsx , mend what it names, then run  mine2magnet solve FILE.xlsx .",
)
_BOXES = (
    # row, column, text, style
    (0, 0, "projects", "must"), (0, 2, "programmes", "may"), (0, 4, "demand", "may"), (0, 6, "existing", "may"),
    (1, 0, "what could be built", "box"), (1, 2, "who pays, how much, when", "box"), (1, 4, "what is needed", "box"),
    (1, 6, "what is there", "box"),
    (2, 0, "↓", "arrow"), (2, 2, "↓", "arrow"), (2, 4, "↓", "arrow"), (2, 6, "↓", "arrow"),
    (4, 0, "rules", "may"), (4, 2, "settings", "may"), (4, 4, "fx", "may"), (4, 6, "scenarios, risks", "may"),
    (5, 0, "what must hold", "box"), (5, 2, "years, budget, objective", "box"), (5, 4, "currencies", "box"),
    (5, 6, "what may go wrong", "box"),
)  # fmt: skip
_NOTES = (
    "Rows named EXAMPLE show how a row is filled. The project EXAMPLE is barred; the other EXAMPLE rows are not read.",
    "The row (unit) under each header is not read either. Write over these rows, or delete them.",
    "Your own headers stay: name them in the sheet columns (ours, theirs, and a scale where your numbers have another unit).",
    "Other sheets of yours are not read. One that looks like input is a fault, unless the setting ignore_sheets names it.",
)


def write_start_here(book: Any) -> None:
    """Write the sheet as the first one of a workbook of xlsxwriter; it prints on one page."""
    sheet = book.add_worksheet(TITLE)
    formats = {
        "must": book.add_format(
            {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1, "align": "center"}
        ),
        "may": book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "align": "center"}),
        "box": book.add_format({"border": 1, "align": "center", "text_wrap": True, "valign": "top"}),
        "arrow": book.add_format({"align": "center"}),
    }
    big = book.add_format({"bold": True, "font_size": 16})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_string(0, 0, "Fill this workbook in five steps", big)
    for column in range(7):
        sheet.set_column(column, column, 24 if column % 2 == 0 else 3)
    row = 2
    for number, text in enumerate(_STEPS, 1):
        sheet.merge_range(row, 0, row, 6, f"{number}.  {text}", wrapped)
        sheet.set_row(row, 32)
        row += 1
    row += 1
    sheet.write_string(row, 0, "What goes where", big)
    for down, column, text, style in _BOXES:
        sheet.write_string(row + 1 + down, column, text, formats[style])
    sheet.merge_range(
        row + 4, 0, row + 4, 6, "the plan: which projects, when, paid by which programme", formats["must"]
    )
    row += 8
    for text in _NOTES:
        sheet.merge_range(row, 0, row, 6, text, wrapped)
        sheet.set_row(row, 32)
        row += 1
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.print_area(0, 0, row, 6)
    sheet.fit_to_pages(1, 1)
