"""A good book in other writings: the same case, or a fault or notice at the place; never another case in silence.

MINE2MAGNET_EXAMPLES says how many books are drawn; `tests/campaign/perturbed_workbooks.py` draws hundreds.
"""

from pathlib import Path

import pytest
from support.perturbed_books import silent
from support.repeatable import examples


@pytest.mark.parametrize("seed", range(examples(2)))
def test_the_same_case_or_a_word_at_the_place(tmp_path: Path, seed: int) -> None:
    assert not silent(seed, tmp_path)
