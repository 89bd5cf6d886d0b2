"""Limits by the clock of the processor, so that other work on the machine takes nothing from a measured search."""

import threading
import time

LOOP = 0.5


class Spent(threading.Event):
    """A stop that is set once this process has used so many seconds of the processor from now on."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._end = time.process_time() + seconds

    def is_set(self) -> bool:
        """Whether they are used up."""
        return super().is_set() or time.process_time() >= self._end


def stretch() -> float:
    """Seconds on the wall for one of the processor, as the machine is now."""
    wall, began = time.monotonic(), time.process_time()
    while time.monotonic() < wall + LOOP:
        pass
    return (time.monotonic() - wall) / (time.process_time() - began)


def tell_time_by_processor(stretched: float) -> None:
    """From now on the clock of this process runs with the processor, so that other work on the machine uses up no part of a time
    limit. `stretched`: seconds on the wall for one of the processor, as the solver's own clock is that of the wall."""
    time.monotonic = lambda: stretched * time.process_time()
