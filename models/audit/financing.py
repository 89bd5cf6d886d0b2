"""The money of each financed project: need, caps, tickets, eligibility, budget cost, public and private parts."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from models.audit import market
from models.audit.exact import ZERO, Finding, at_most, equal, exact, must, say
from models.audit.instruments import funded
from models.audit.ledger import Ledger
from models.audit.projects import cap, need
from models.schema import Programme, Project


def support(ledger: Ledger) -> Iterator[Finding]:
    """need <= sum of awards <= capital cost less secured money; without programmes there are no awards."""
    for name, row in ledger.financed.items():
        project = ledger.projects[name]
        total = sum((exact(award.face_m) for award in row.awards), ZERO)
        if not ledger.case.programmes:
            yield must(not row.awards, f"{name} has awards, but the case has no programmes")
            continue
        least, most = need(project), market.room(project)
        yield at_most(least, total, f"{name} needs {say(least)} M and is awarded {say(total)} M", [least])
        yield at_most(total, most, f"{name} is awarded {say(total)} M, it has room for {say(most)} M", [total])


def awards(ledger: Ledger) -> Iterator[Finding]:
    """Each award: known and eligible programme, year of the decision, within share and ticket, true budget cost."""
    for name, row in ledger.financed.items():
        for programme, times in Counter(award.programme for award in row.awards).items():
            yield must(programme in ledger.programmes, f"{name}: {programme} is no programme of the case")
            yield must(times == 1, f"{name} has {times} awards of {programme}")
        project = ledger.projects[name]
        for given in ledger.awards[name]:
            label, face, most = f"{name}, {given.programme.id}", given.face, cap(given.programme, project)
            able = eligible(ledger, given.programme, project)
            yield must(able, f"{label}: not eligible ({project.country}, {project.stage})")
            awarded = given.stated.year
            yield must(awarded == row.fid_year, f"{label}: awarded in {awarded}, decided in {row.fid_year}")
            yield at_most(-face, ZERO, f"{label}: the award of {say(face)} M is negative")
            yield at_most(face, most, f"{label}: the award of {say(face)} M is above its most, {say(most)} M", [face])
            yield equal(given.stated.cost_m, given.cost, f"{label}: the budget cost in M", [face])


def tickets(ledger: Ledger) -> Iterator[Finding]:
    """An award is 0 or at least the minimum ticket of its programme."""
    for given in chain.from_iterable(ledger.awards.values()):
        if given.programme.min_ticket_m is not None:
            face, least = given.face, exact(given.programme.min_ticket_m)
            missing = min(max(face, ZERO), max(ZERO, least - face))
            label = f"{given.project.id}, {given.programme.id}: the award of {say(face)} M"
            yield at_most(missing, ZERO, f"{label} is below the least ticket of {say(least)} M", [least])


def hands(ledger: Ledger) -> Iterator[Finding]:
    """No more programmes in a project than its row, or else the setting, allows."""
    for name, row in ledger.financed.items():
        limit = most_hands(ledger, ledger.projects[name])
        if limit is not None:
            count = sum(1 for award in row.awards if award.face_m > 0)
            yield must(count <= limit, f"{name} is supported by {count} programmes, at most {limit} may")


def most_hands(ledger: Ledger, project: Project) -> int | None:
    """Most programmes that may support a project; None for no limit."""
    settings = ledger.case.settings
    return settings.max_programmes if project.max_programmes is None else project.max_programmes


def eligible(ledger: Ledger, programme: Programme, project: Project) -> bool:
    """Whether a programme may finance a project: country, stage, the material of its contract, time to repay."""
    country = not programme.countries or project.country in programme.countries
    stage = not programme.stages or project.stage in programme.stages
    holds = programme.instrument != "offtake" or market.content(programme, project) > 0
    owes = programme.instrument in ("loan", "guarantee") and programme.tenor_years is not None
    in_time = not (owes and market.hurdle(ledger, project) is not None) or (
        market.last_free_year(ledger, programme, project) < (programme.tenor_years or 0)
    )
    return country and stage and holds and in_time


def parts(ledger: Ledger) -> Iterator[Finding]:
    """The stated need, public, contingent and private money of each project."""
    for name, row in ledger.financed.items():
        project = ledger.projects[name]
        capex, secured, least = exact(project.capex_m), exact(project.secured_m), need(project)
        paid = sum((given.face for given in ledger.awards[name] if funded(given.programme)), ZERO)
        backed = sum((given.face for given in ledger.awards[name] if not funded(given.programme)), ZERO)
        alone = max(least, market.gap(ledger, project, row.fid_year))
        public, private = secured + paid, capex - secured - paid
        if not ledger.case.programmes:
            public = alone if market.hurdle(ledger, project) is None else secured + alone
            private = capex - secured - alone
        yield equal(row.need_m, least, f"{name}: the need in M", [capex])
        yield equal(row.public_m, public, f"{name}: public money in M", [capex])
        yield equal(row.contingent_m, backed, f"{name}: contingent money in M", [capex])
        yield equal(row.private_m, private, f"{name}: private money in M", [capex])
        if row.support_m is not None:
            yield equal(row.support_m, public + backed, f"{name}: support in M", [capex])
        if row.unaided_m is not None:
            yield equal(row.unaided_m, private - backed, f"{name}: unaided private money in M", [capex])
