"""requires, together, excludes, group. An underway project counts as financed from the start; one that goes ahead
without support meets a requirement from that year on."""

from collections.abc import Iterator

from models.audit.exact import Finding, must
from models.audit.ledger import Ledger
from models.schema import Project


def requires(ledger: Ledger) -> Iterator[Finding]:
    """At least one project of every clause is decided no later, or is underway."""
    for name, row in ledger.financed.items():
        for clause in ledger.projects[name].requires:
            met = any(ledger.stands(other, row.fid_year) for other in clause)
            sentence = f"{name} is decided in {row.fid_year} without {' or '.join(clause)} decided by then"
            yield must(met, sentence)


def together(ledger: Ledger) -> Iterator[Finding]:
    """Partners are decided in the same year or not at all; an underway partner puts no condition."""
    for project in ledger.case.projects:
        for other in project.together:
            if project.id not in ledger.underway and other not in ledger.underway:
                first, second = decision(ledger, project.id), decision(ledger, other)
                yield must(
                    first == second,
                    f"{project.id} and {other} go together: {decision_words(first)}, {decision_words(second)}",
                )


def decision(ledger: Ledger, name: str) -> int | None:
    """Year in which a project is decided; None if it is not financed."""
    return ledger.financed[name].fid_year if name in ledger.financed else None


def decision_words(year: int | None) -> str:
    return "not financed" if year is None else f"decided in {year}"


def excludes(ledger: Ledger) -> Iterator[Finding]:
    """At most one of two projects that exclude each other is financed or underway, whichever names the other."""
    for project in ledger.case.projects:
        for other in project.excludes:
            both = clash(ledger, project, other)
            yield must(not both, f"{project.id} and {other} are both financed and exclude each other")


def clash(ledger: Ledger, project: Project, other: str) -> bool:
    """Whether a decision of the plan makes both financed."""
    decided = project.id in ledger.financed or other in ledger.financed
    return decided and all(one in ledger.financed or one in ledger.underway for one in (project.id, other))


def group(ledger: Ledger) -> Iterator[Finding]:
    """At most one project of a group is financed or underway."""
    for name, ids in ledger.groups.items():
        decided = [one for one in ids if one in ledger.financed]
        present = sorted({*decided, *(one for one in ids if one in ledger.underway)})
        yield must(not decided or len(present) <= 1, f"group {name} has {len(present)} members: {', '.join(present)}")
