"""The browser that the tests of pages share; without one they are skipped and say so."""

from collections.abc import Iterator

import pytest
from browser.chromium import Tab, browser, find


@pytest.fixture(scope="session")
def tab() -> Iterator[Tab]:
    """A window of one browser for the whole run."""
    program = find()
    if program is None:
        pytest.skip("no Chromium is installed: pages are not looked at in a browser (apt-get install chromium)")
    with browser(program) as opened:
        yield opened
