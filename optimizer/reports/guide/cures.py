"""Cures for the messages of each topic, one for the whole family of messages.

A message names the cell and its own cure. The guide adds why it is asked, and where to look.
"""

CURES = {
    "checks-affordability": (
        "Compare [total_budget_m](#settings.total_budget_m) and the year columns of [programmes](#programmes) with the "
        "capital costs: all are in millions. A budget typed in billions, or costs typed in full units, is the usual "
        "cause; a unit in the header (`Capex (USD bn)`) mends a whole column."
    ),
    "checks-chain": (
        "Draw the recipe as a line: what goes in is negative, what comes out positive, per tonne run. Write each "
        "material with one name in [processes](#processes), [demand](#demand) and [existing](#existing), and give a "
        "material that is bought a row of [existing](#existing). See [chain](#chain)."
    ),
    "checks-checks": (
        "Say how much money there is: `--budget 3bn`, the setting [total_budget_m](#settings.total_budget_m), a sheet "
        "[programmes](#programmes), or `none` to plan without a limit."
    ),
    "checks-committed-limits": (
        "Committed projects are in every plan, and these pass a limit in a year that none of them can leave. Raise the limit "
        "on the sheet [settings](#settings), give one of them more years in [latest_fid](#projects.latest_fid), or make it a "
        "candidate in [status](#projects.status)."
    ),
    "checks-coverage": (
        "Compare stage and material of the row with those of [projects](#projects): a demand that nobody serves stays "
        "open whatever is financed. Without a sheet [demand](#demand) choose an [objective](#objectives) that needs "
        "none."
    ),
    "checks-evidence": (
        "Look the numbers up, and write the day in [as_of](#projects.as_of). See [data quality](#data-quality)."
    ),
    "checks-exchange-rates": (
        "[per_base](#fx.per_base) holds how many units of the currency one unit of the base currency buys: 150 for yen "
        "where the base is dollars. Turn an inverted rate round. See [currencies](#currencies)."
    ),
    "checks-magnitudes": (
        "A whole column is likely in another unit: money is in millions, capacity and demand in tonnes a year. Name the "
        "unit in the header (`Capex (USD bn)`, `Capacity (kt/yr)`), and all of its cells are read in it."
    ),
    "checks-materials": (
        "Write the material as [demand](#demand), [existing](#existing) or [processes](#processes) writes it, or delete "
        "the column `share_...`."
    ),
    "checks-money": (
        "A row of [outlays](#outlays) adds up to the capital cost of its project. [requested_m](#projects.requested_m) and "
        "[private_share](#projects.private_share) say the same thing twice: give one of them. Rates of exchange: see "
        "[currencies](#currencies)."
    ),
    "checks-places": (
        "Fill both [latitude](#projects.latitude) and [longitude](#projects.longitude), in degrees, or neither."
    ),
    "checks-plausibility": (
        "One number is far from those of its stage. Look whether it is in another unit than its column: capital cost in "
        "millions, capacity in tonnes a year. If it is right, leave it: a warning changes nothing."
    ),
    "checks-precedence": (
        "Two cells ask for opposite things, as a committed project that requires a barred one. Change "
        "[status](#projects.status), [requires](#projects.requires), [excludes](#projects.excludes), "
        "[together](#projects.together) or [group](#projects.group) of one of the projects that are named; see "
        "[overrides](#overrides) for what `--include` and `--exclude` do."
    ),
    "checks-prices": (
        "Viability needs three things: [opex_per_t](#projects.opex_per_t) of the project, a row of [prices](#prices) "
        "for each material that it sells, and the setting [hurdle_rate](#settings.hurdle_rate). Fill what is missing, "
        "or empty opex_per_t to leave the project out of it. Rates are parts of one and real: 8 % is 0.08. See "
        "[viability](#viability) and [offtake](#offtake)."
    ),
    "checks-programmes": (
        "Give every programme a limit that it can reach (one column per year, [total_m](#programmes.total_m) or "
        "[total_face_m](#programmes.total_face_m)), tickets that its projects can take, and countries and stages that "
        "some candidate has. Limits of one [fund](#programmes.fund) stand in one row. See [budgets](#money) and "
        "[instruments](#instruments)."
    ),
    "checks-references": (
        "A cell names something that its sheet does not have. Copy the id or the name from there: ids of "
        "[projects](#projects) and [programmes](#programmes), [stages](#settings.stages), ISO codes of countries, "
        "currencies of [fx](#fx). Names may stand once only."
    ),
    "checks-risk": (
        "Settings of [risk](#settings.risk) that belong to another measure change nothing: leave them out, or choose "
        "the measure. What is not modelled together is named; `mine2magnet stress` works it out for a finished plan. "
        "See [scenarios and risk](#scenarios-and-risk)."
    ),
    "checks-risks": (
        "Compare `where` of the row with the columns of [projects](#projects). A factor on cost is a multiple: 1.2 for "
        "20 % more. See [risks](#risks)."
    ),
    "checks-rules": (
        "Look at [measure](#rules.measure), [aggregate](#rules.aggregate) and [where](#rules.where) of the row: the "
        "example of each aggregate (as [share](#rule-share)) shows one that works. A rule over an empty cell cannot be "
        "judged: fill the cell, or leave the project out by [where](#where)."
    ),
    "checks-scales": (
        "Shares and rates are parts of one: 3 % is 0.03, or `3%`. Scores run from 0 to 100. A ramp is in per cent by "
        "year: `40;70;100`."
    ),
    "checks-scenarios": (
        "Rows of one name in [scenarios](#scenarios) are one scenario with one probability; all probabilities add up to "
        "1 at most, and what is left is the book as planned. A row that picks nothing, or years outside the horizon, "
        "changes nothing: correct `where`, `from_year` or `to_year`."
    ),
    "checks-windows": (
        "Put the years in order: [first_year](#settings.first_year), [earliest_fid](#projects.earliest_fid), "
        "[latest_fid](#projects.latest_fid), [last_fid_year](#settings.last_fid_year), "
        "[last_year](#settings.last_year). Output begins after [build_years](#projects.build_years). See [time](#time)."
    ),
    "workbook-build-case": (
        "Add the currency to the sheet [fx](#fx), with its rate. Filters are written as in [where](#where)."
    ),
    "workbook-cell-parser": (
        "Type the value as the column's topic says under Written as. Lists have semicolons; a formula with an error is "
        "mended in the spreadsheet program."
    ),
    "workbook-column-mapping": (
        "In the sheet [columns](#columns) `ours` is a name of this guide and `theirs` the header of your sheet, each "
        "header once."
    ),
    "workbook-column-reader": (
        "Write the whole column either in per cent, with a header that says so, or as parts of one."
    ),
    "workbook-column-scales": (
        "Give one factor: in [scale](#columns.scale), or as a unit in the header, not both; only amounts have one."
    ),
    "workbook-control-characters": (
        "Type the text again in the cell, or clean it with the spreadsheet function CLEAN; a text that was lost cannot "
        "be guessed."
    ),
    "workbook-country-columns": (
        "Write the country, and the state in a column of your own: AU and `state` SA for South Australia."
    ),
    "workbook-csv-encoding": "Save the file again as UTF-8: in Excel, Save As, CSV UTF-8.",
    "workbook-csv-folder": (
        "Save every sheet as one `.csv` file named after it, all in UTF-8 with the same delimiter, straight in the "
        "folder. Where decimal marks were detected wrongly, save the workbook as `.xlsx` instead."
    ),
    "workbook-date-cells": (
        "Format the cell as a date, or type it as 2026-03-31: that has one meaning in every country."
    ),
    "workbook-defaults-in-use": (
        "Empty columns are filled with the defaults that are named. Fill those that decide your plan; `mine2magnet "
        "guide` and the name of a column say what its default is."
    ),
    "workbook-degree-cells": "Use decimal degrees: south and west are negative, or end in S and W.",
    "workbook-further-columns": (
        "Columns that the schema does not have are kept for [rules](#rules) and [where](#where). If one of them was "
        "meant as a known column, rename its header or map it in the sheet [columns](#columns)."
    ),
    "workbook-header": (
        "Look whether each header was taken for what you mean; map the others in the sheet [columns](#columns)."
    ),
    "workbook-header-currencies": (
        "Name the currency with its code of three letters, in the header (`Capex (JPY bn)`) or in the column "
        "`currency`, not differently in both; `$` is the base currency. See [currencies](#currencies)."
    ),
    "workbook-header-row": (
        "Put one header row above the data, within the first 20 rows, with the first required column of the sheet in "
        "it. `mine2magnet template FILE` writes every sheet with its headers."
    ),
    "workbook-integrity": (
        "Open the file in your spreadsheet program and save it again as .xlsx, without a password. Very large books: "
        "move sheets that are no input to another file."
    ),
    "workbook-normalize": (
        "Spell the name alike in every cell, or choose two names that differ by more than capitals."
    ),
    "workbook-number-cells": (
        "Type digits alone, in the unit of the header. A comma that could be a decimal mark or a thousands mark is not "
        "guessed: format the cell as a number."
    ),
    "workbook-project-names": "Give the id as it stands in [id](#projects.id); ids are found without regard to case.",
    "workbook-rows": (
        "Delete rows that are no data (totals, notes, repeated headers), or fill what the row lacks. Notes can stand in "
        "a sheet of their own."
    ),
    "workbook-scan-ods": "Open the file in LibreOffice and save it again as .ods or .xlsx, without a password.",
    "workbook-scan-xlsx": "Open the file in your spreadsheet program and save it again as .xlsx.",
    "workbook-settings": (
        "Look the key up among the [settings](#settings); the message proposes the nearest. A part such as `80%` needs "
        "a budget in the workbook."
    ),
    "workbook-settings-sheet": (
        "One key a row in the columns `key` and `value`, each key once, its number in the unit of the "
        "[settings](#settings)."
    ),
    "workbook-sheet-names": (
        "Name each sheet as the guide lists them: [projects](#projects), [programmes](#programmes), [rules](#rules) and "
        "so on. Sheets that are no input stand in the setting [ignore_sheets](#settings.ignore_sheets)."
    ),
    "workbook-sheet-notices": (
        "Hidden and filtered rows are read: delete those that should not count, or set their [status](#projects.status) "
        "to barred. Unmerge cells and fill each of them."
    ),
    "workbook-stated-settings": "Write currencies as codes of three letters: USD, JPY, EUR.",
    "workbook-status-overrides": (
        "Name each project in `--include` or in `--exclude`, by its id. See [overrides](#overrides)."
    ),
    "workbook-tables-beside": "Keep one table on a sheet: move the second to a sheet of its own.",
    "workbook-total-rows": (
        "Delete the row, or move it out of the table: every row is a project, a programme or a demand of its own."
    ),
    "workbook-unit-columns": "Convert the rows to one unit; or give each unit a sheet of its own.",
    "workbook-unit-rows": (
        "Give a unit once: in the header or in a row of units, and as the column is documented or as `JPY bn`, `kt/yr`."
    ),
    "workbook-xml-stream": (
        "Open the file in your spreadsheet program and save it again: files that refer to others are not read."
    ),
    "cli-append-answer": (
        "Ask again of the plan as it stands now. If the folder was changed by hand, `mine2magnet rerun PLAN` makes the "
        "plan again."
    ),
    "cli-exploration-folder": (
        "`--resume` goes on with an exploration of the same workbook and options that was stopped; to begin one, leave "
        "it out."
    ),
    "cli-frontier-report": (
        "Name a point that the frontier has: `mine2magnet explore` lists them, and the folder `plans` holds them by "
        "number."
    ),
    "cli-main": "`mine2magnet --help` lists the commands.",
    "cli-options": (
        "Amounts are written `3000` (millions), `3bn`, or `80%` of the workbook's budget; parts of a value `2%` or `0.02`; "
        "settings `--set KEY=VALUE`, with a key of [settings](#settings). `mine2magnet COMMAND --help` shows an example of each option."
    ),
    "cli-plan-source": (
        "Options that change the workbook (`--budget`, `--set`, `--include`) need the workbook, not a finished plan: "
        "name the workbook."
    ),
    "cli-refusals": (
        "Stopped or out of memory: give more `--time-limit`, close other programs, or plan a smaller workbook. A fault "
        "of the tool: set `MINE2MAGNET_DEBUG=1`, run again, and report the lines. See [exit status](#exit-status)."
    ),
    "cli-run": "Save the workbook in the spreadsheet program, wait until it is written, and run again.",
    "command-brief": (
        "Let the ending of `--out` and `--format` agree. `--template` takes a Word or PowerPoint file of your agency."
    ),
    "command-check": (
        "Give `--out` a new name that ends in .xlsx: the coloured copy is a spreadsheet, and your own file is never "
        "written."
    ),
    "command-compare": "Name two plan folders or more, or `last` and an older one in `outputs/`.",
    "command-explore": (
        "`--from` is the least budget, `--to` the largest. A stopped exploration goes on with `--resume`. See "
        "[frontier](#frontier)."
    ),
    "command-gaps": (
        "Let the ending of `--out` and `--format` agree; options that change the workbook need a workbook, not a plan."
    ),
    "command-guide": "The whole guide is one page: `mine2magnet guide --html guide.html`.",
    "command-report": (
        "Name a plan folder, or the folder of an exploration with `--at BUDGET`. Close the file in other programs if it "
        "cannot be written."
    ),
    "command-rerun": (
        "A plan is made again from the copy of the workbook in its folder: restore the copy from a backup, or solve "
        "your workbook anew."
    ),
    "command-stress": "Leave `--book` out: the scenarios of the plan's own workbook are those that its later decisions know.",
    "command-template": "Name a new file: neither a template nor `--from` writes over rows of yours.",
    "command-verify": (
        "Do not use the plan. The failed check says what differs; `mine2magnet rerun PLAN` makes the plan again from "
        "its workbook. See [how sure](#how-sure)."
    ),
    "plan-folder-destination": (
        "Name a file or folder that is not there yet, outside of the input and of other plans, or add `--force` to "
        "replace an older result. Inputs are never overwritten, with `--force` neither."
    ),
    "plan-folder-digests": (
        "A file of the folder is missing or is not as it was written. Restore the folder from a backup, or solve the "
        "workbook again; files of your own belong in another folder."
    ),
    "plan-folder-replacement": (
        "Remove the link or foreign file that is named, or choose another folder with `--out`."
    ),
    "plan-folder-store": (
        "Name a plan folder, its `plan.json`, or `last`, the newest plan in `outputs/` of the current folder. "
        "`mine2magnet solve WORKBOOK` makes a plan."
    ),
    "analysis-executor": (
        "Try fewer `--workers` if memory is short. `--scheduler` needs the extra `cluster` here and on the workers, and "
        "an address that answers."
    ),
    "analysis-journal": (
        "A journal belongs to one workbook and its options. To begin anew, name another folder with `--out`; to go on, "
        "restore what was changed."
    ),
    "explain-run": (
        "Ask about a candidate: a project underway is no decision of the plan. `mine2magnet explain PLAN` lists all "
        "that are."
    ),
    "explain-workers": "Try fewer `--workers`, or close other programs: each worker holds the whole case in memory.",
    "frontier-budget-axis": (
        "Name a programme with money of its own, or `--over total` for all the money at once. See "
        "[frontier](#frontier)."
    ),
    "frontier-trade-off": (
        "`--against` takes a rule on a sum, average, share or ratio, or the words price, aversion or esg where the "
        "workbook has such data. See [frontier](#frontier)."
    ),
    "risk-questions": (
        "Ask it of the plan as planned: solve the workbook with `--set risk=none` and ask of that plan. `mine2magnet "
        "stress` shows what scenarios do to it. See [scenarios and risk](#scenarios-and-risk)."
    ),
    "brief-paper": (
        "Install Chromium, Chrome or Edge, print `report.html` from a browser, or ask for `--format docx`."
    ),
    "brief-render": "Install the extra that the message names, or ask for another `--format`.",
    "verification-frontier-checks": (
        "Do not use the frontier; run `mine2magnet explore` again with the same workbook."
    ),
    "verification-opened": (
        "Verify a whole folder as it was written: copy all of its files, the workbook included, and no links."
    ),
    "verification-plan-checks": "Do not use the answer that is named; ask again (`mine2magnet explain PLAN`).",
    "verification-second-opinion": "Name one plan: a plan folder, or a file in the folder `plans` of the frontier.",
}
"""Topic of messages, without its `messages-` -> what to do."""
