"""The money of each financed project: need, caps, tickets, eligibility, budget cost, public and private parts."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from models.audit.exact import ZERO, Finding, at_most, equal, exact, must, say
from models.audit.instruments import funded
from models.audit.ledger import Ledger
from models.audit.projects import cap, need
from models.schema import Programme, Project


def support(ledger: Ledger) -> Iterator[Finding]:
    """need <= sum of awards <= capital cost; without programmes there are no awards."""
    for name, row in ledger.financed.items():
        project = ledger.projects[name]
        total = sum((exact(award.face_m) for award in row.awards), ZERO)
        if not ledger.case.programmes:
            yield must(not row.awards, f"{name} has awards, but the case has no programmes")
            continue
        least, most = need(project), exact(project.capex_m)
        yield at_most(least, total, f"{name} needs {say(least)} M and is awarded {say(total)} M", [least])
        yield at_most(total, most, f"{name} is awarded {say(total)} M, its capital cost is {say(most)} M", [total])


def awards(ledger: Ledger) -> Iterator[Finding]:
    """Each award: known and eligible programme, year of the decision, within share and ticket, true budget cost."""
    for name, row in ledger.financed.items():
        for programme, times in Counter(award.programme for award in row.awards).items():
            yield must(programme in ledger.programmes, f"{name}: {programme} is no programme of the case")
            yield must(times == 1, f"{name} has {times} awards of {programme}")
        project = ledger.projects[name]
        for given in ledger.awards[name]:
            said, face, most = f"{name}, {given.programme.id}", given.face, cap(given.programme, project)
            able = eligible(given.programme, project)
            yield must(able, f"{said}: not eligible ({project.country}, {project.stage})")
            awarded = given.stated.year
            yield must(awarded == row.fid_year, f"{said}: awarded in {awarded}, decided in {row.fid_year}")
            yield at_most(-face, ZERO, f"{said}: the award of {say(face)} M is negative")
            yield at_most(face, most, f"{said}: the award of {say(face)} M is above its most, {say(most)} M", [face])
            yield equal(given.stated.cost_m, given.cost, f"{said}: the budget cost in M", [face])


def tickets(ledger: Ledger) -> Iterator[Finding]:
    """An award is nothing or at least the least ticket."""
    for given in chain.from_iterable(ledger.awards.values()):
        if given.programme.min_ticket_m is not None:
            face, least = given.face, exact(given.programme.min_ticket_m)
            missing = min(max(face, ZERO), max(ZERO, least - face))
            said = f"{given.project.id}, {given.programme.id}: the award of {say(face)} M"
            yield at_most(missing, ZERO, f"{said} is below the least ticket of {say(least)} M", [least])


def eligible(programme: Programme, project: Project) -> bool:
    """Whether a programme may finance this country and stage."""
    country = not programme.countries or project.country in programme.countries
    return country and (not programme.stages or project.stage in programme.stages)


def parts(ledger: Ledger) -> Iterator[Finding]:
    """The stated need, public, contingent and private money of each project."""
    for name, row in ledger.financed.items():
        project = ledger.projects[name]
        capex, secured, least = exact(project.capex_m), exact(project.secured_m), need(project)
        paid = sum((given.face for given in ledger.awards[name] if funded(given.programme)), ZERO)
        backed = sum((given.face for given in ledger.awards[name] if not funded(given.programme)), ZERO)
        public, private = secured + paid, capex - secured - paid
        if not ledger.case.programmes:
            public, private = least, capex - secured - least
        yield equal(row.need_m, least, f"{name}: the need in M", [capex])
        yield equal(row.public_m, public, f"{name}: public money in M", [capex])
        yield equal(row.contingent_m, backed, f"{name}: contingent money in M", [capex])
        yield equal(row.private_m, private, f"{name}: private money in M", [capex])
