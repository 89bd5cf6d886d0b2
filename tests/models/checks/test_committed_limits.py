"""Committed projects that pass a limit among themselves, for a family that no check knows by name."""

import pytest
from support import foreign
from support.tables import case
from support.worlds import book, plant

from models.checks import check

TWO = [plant(i, 10, 5, sponsor="Acme", status="committed") for i in ("a", "b")]


@pytest.mark.parametrize(
    ("changes", "warned"),
    [({}, ["b"]), ({"latest_fid": 2027}, []), ({"status": "candidate"}, []), ({"sponsor": "Baxter"}, [])],
)
def test_only_committed_projects_with_one_year_are_warned_of(
    changes: dict[str, object], warned: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign.install_limit(monkeypatch)
    faults, warnings = check(case(book([TWO[0], TWO[1] | changes])))
    assert faults == []
    messages = [w.message for w in warnings if "is committed and can only be decided in" in w.message]
    assert [text.split()[0] for text in messages] == warned
    assert all("but Acme has 1 decision in 2026 already" in text for text in messages)
