"""The lines of the audit, which `plan.json` holds in English, in the language of a report."""

import re

from optimizer.reports.language import tr, tr_c

_COMPARED = re.compile(r"(.*) \((\d+) compared\)")
_COST = re.compile(r"the plan costs the budgets (\S+) M")


def check_words(line: str) -> tuple[str, str, bool]:
    """The name of a check, what it states or what violates it, and whether it passed.

    >>> check_words("names: every financed project is one of the case, once (64 compared)")
    ('names', 'every financed project is one of the case, once (64 compared)', True)
    >>> check_words("FAILED rules: rule 1 is missed")
    ('rules', 'rule 1 is missed', False)
    """
    name, _, text = line.removeprefix("FAILED ").partition(": ")
    return tr_c("a check", name), _statement(text), not line.startswith("FAILED ")


def _statement(text: str) -> str:
    if compared := _COMPARED.fullmatch(text):
        return tr("{statement} ({n} compared)", statement=tr(compared[1]), n=int(compared[2]))
    if cost := _COST.fullmatch(text):
        return tr("the plan costs the budgets {amount} M", amount=cost[1])
    return text
