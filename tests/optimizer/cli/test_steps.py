"""Progress of many questions where the output is piped: lines on stderr, now and then, and only where asked for."""

import threading

import pytest

from optimizer.analysis.what_if import ProgressStep
from optimizer.cli import plan_source
from optimizer.cli.console import Screen


def told(capsys: pytest.CaptureFixture[str], *, piped: bool, as_json: bool = False) -> str:
    with plan_source.steps(Screen(as_json=as_json, quiet=False), threading.Event(), piped=piped) as tell:
        if tell is not None:
            tell(ProgressStep(3, 40, "without Ridge"))
    return capsys.readouterr().err


def test_a_long_report_tells_how_far_it_is(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(capsys, piped=True) == ""  # nothing before the first ten seconds
    monkeypatch.setattr(plan_source, "TELL_EVERY", 0.0)
    assert "3 of 40 done, now without Ridge" in told(capsys, piped=True)
    assert told(capsys, piped=False) == ""
    assert told(capsys, piped=True, as_json=True) == ""
