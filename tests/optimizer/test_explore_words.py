"""What a frontier says in words, and its plans."""

from staircase import broad
from tables import case

from optimizer.explore import explore
from optimizer.explore.words import plateaus, sentences, stretches


def test_words_tell_who_comes_in_and_where_money_buys_nothing() -> None:
    book = case(broad(6))
    f = explore(book)
    told = stretches(book, f)
    assert [s.before.budget_m for s in told[1:]] == [s.after.budget_m for s in told[:-1]]
    for s in told:
        gained = set(s.after.projects) - set(s.before.projects)
        assert set(s.comes) == gained
        assert s.gains
    for box in plateaus(f):
        assert box.high is not None
        assert box.low is not None
        assert box.high - box.low <= f.tolerance * (1 + 1e-9)
    said = " ".join(sentences(book, f))
    assert f"Above {f.points[-1].budget_m:g} M more money buys nothing" in said


def test_values_never_fall_and_costs_are_those_of_the_plans() -> None:
    book = case(broad(9))
    f = explore(book)
    assert [p.value for p in f.points] == sorted(p.value for p in f.points)
    needs = {p.id: p.capex_m * (1 - p.private_share) for p in book.projects}
    for point in f.points:
        assert abs(point.cost_m - sum(needs[i] for i in point.projects)) < 1e-9
        assert abs(point.budget_m - point.cost_m) < 1e-9
