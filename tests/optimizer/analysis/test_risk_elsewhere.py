"""The best plans of scenarios on workers and from a journal: the same regret, and nothing proved is sought twice."""

import json
import pickle
from pathlib import Path

import pytest
from support import risk_books

from models.case import Case
from models.evaluation import Decided
from models.sets import Sets
from optimizer.analysis.risk import solve
from optimizer.analysis.risk.elsewhere import BestTask, Elsewhere
from optimizer.analysis.risk.judge import results
from optimizer.analysis.risk.search import Watch, best_values
from optimizer.errors import Refusal
from optimizer.solver.lexicographic import Options, find


def case() -> Case:
    return risk_books.book(7, "regret")


def test_a_journal_keeps_what_is_proved_and_is_gone_on_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = tmp_path / "best.jsonl"
    alone = solve(case(), gap=0.0, time_limit=60)
    first = solve(case(), gap=0.0, time_limit=60, elsewhere=Elsewhere(journal=journal))
    assert first.risk == alone.risk
    lines = journal.read_bytes().splitlines(keepends=True)
    names = [json.loads(line)["question"]["scenario"] for line in lines[1:]]
    assert first.risk is not None
    assert sorted(names) == sorted(r.scenario for r in first.risk.scenarios)

    sought: list[str] = []
    answered = BestTask.answered

    def noted(task: BestTask) -> dict[str, object]:
        sought.append(task.scenario)
        return answered(task)

    monkeypatch.setattr(BestTask, "answered", noted)
    journal.write_bytes(b"".join(lines[:3]) + lines[3][:20])  # killed while the third answer was written
    again = solve(case(), gap=0.0, time_limit=60, elsewhere=Elsewhere(journal=journal))
    assert again.risk == alone.risk
    assert sought == [n for n in names if n not in names[:2]]
    assert journal.read_bytes().splitlines()[1:3] == [line.strip() for line in lines[1:3]]


def test_another_book_and_another_file_are_refused_and_left_as_they_are(tmp_path: Path) -> None:
    journal, notes = tmp_path / "best.jsonl", tmp_path / "notes.txt"
    solve(case(), gap=0.0, elsewhere=Elsewhere(journal=journal))
    notes.write_text("not a journal\n", "utf-8")
    before = journal.read_bytes()
    other = risk_books.book(4, "regret")
    with pytest.raises(Refusal, match=r"is of another run \(case\): "):
        solve(other, gap=0.0, elsewhere=Elsewhere(journal=journal))
    with pytest.raises(Refusal, match="is no journal"):
        solve(other, gap=0.0, elsewhere=Elsewhere(journal=notes))
    assert journal.read_bytes() == before
    assert notes.read_text("utf-8") == "not a journal\n"


def test_a_task_that_was_sent_to_a_process_answers_as_the_search_here() -> None:
    """What workers and Dask do with it; the pool itself is that of `explore`."""
    book = case()
    sets, options = Sets(book), Options(0.0, 60)
    planned = find(sets, options)
    here = best_values(sets, options, Watch(), planned)
    for name, (low, high) in here.items():
        task = BestTask(book.model_dump_json().encode(), name, options, planned)
        answer = pickle.loads(pickle.dumps(task)).answered()
        assert (max(low, answer["low"]), max(high, answer["high"])) == pytest.approx((low, high), abs=1e-9), name


def test_what_is_not_reached_in_time_keeps_the_plan_below_and_the_most_there_is_above(tmp_path: Path) -> None:
    book, journal = case(), tmp_path / "best.jsonl"
    sets = Sets(book)
    planned = find(sets, Options(0.0, 60))
    result = Elsewhere(journal=journal).best_values(sets, Options(0.0, 0.0), Watch(), planned)
    reached = {r.scenario: r.value for r in results(Decided(book, planned.chosen, planned.awards))}
    assert {name: low for name, (low, _) in result.items()} == reached
    assert all(high >= low for low, high in result.values())
    assert len(journal.read_bytes().splitlines()) == 1  # nothing is proved: the header alone
