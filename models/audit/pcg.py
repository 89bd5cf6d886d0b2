"""The stream of uniforms for the auditor: numpy's PCG64 in integer arithmetic.

The seed is spread by the hash of SeedSequence (numpy, NEP 19; after O'Neill, "Developing a seed_seq alternative", 2015),
the generator is PCG XSL RR 128/64 (O'Neill 2014), jumps are those of Brown, "Random number generation with arbitrary
strides" (1994). States of 128 bits are pairs of 64 bits, so that many of them are multiplied at once.
"""

from collections.abc import Sequence
from itertools import pairwise, permutations

import numpy as np
import numpy.typing as npt

WORD, LONG, WIDE = (1 << 32) - 1, (1 << 64) - 1, (1 << 128) - 1
POOL = 4
MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
SEED_A, STEP_A, SEED_B, STEP_B = 0x43B0D7E5, 0x931E8875, 0x8B51F9DD, 0x58F38DED
LEFT, RIGHT = 0xCA01F9DD, 0x4973F715
Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]


class Hash:
    """The running hash of SeedSequence."""

    def __init__(self, seed: int, step: int) -> None:
        self.now, self.step = seed, step

    def __call__(self, value: int) -> int:
        value ^= self.now
        self.now = self.now * self.step & WORD
        value = value * self.now & WORD
        return value ^ value >> 16


def seeded(seed: int) -> tuple[int, int]:
    """State and increment of the generator of a seed below 2**32."""
    scramble = Hash(SEED_A, STEP_A)
    pool = [scramble(seed if n == 0 else 0) for n in range(POOL)]
    for source, target in permutations(range(POOL), 2):
        mixed = (LEFT * pool[target] - RIGHT * scramble(pool[source])) & WORD
        pool[target] = mixed ^ mixed >> 16
    spread = Hash(SEED_B, STEP_B)
    words = [spread(pool[n % POOL]) for n in range(2 * POOL)]
    high_state, low_state, high_step, low_step = (words[n] | words[n + 1] << 32 for n in range(0, 2 * POOL, 2))
    increment = ((high_step << 64 | low_step) << 1 | 1) & WIDE
    state = ((increment + (high_state << 64 | low_state)) * MULTIPLIER + increment) & WIDE
    return state, increment


def uniforms(seed: int, skip: int, count: int) -> list[float]:
    """Uniforms in [0, 1) of `numpy.random.Generator(PCG64(seed)).random()`, after the first `skip` of them.

    >>> [round(u, 12) for u in uniforms(0, 0, 2)]
    [0.636961687321, 0.269786713764]
    """
    return [float(u) for u in rows_of_uniforms(seed, skip, 1, (0,), count)[:, 0]]


def rows_of_uniforms(seed: int, skip: int, width: int, places: Sequence[int], count: int) -> Floats:
    """The same stream cut into `count` rows of `width` uniforms: of each row those at `places`, which ascend. Those between are
    jumped over, which takes no longer than one of them.

    >>> rows_of_uniforms(0, 0, 3, (0, 2), 2).round(3).tolist()
    [[0.637, 0.041], [0.017, 0.913]]
    >>> [round(u, 3) for u in uniforms(0, 0, 6)]
    [0.637, 0.27, 0.041, 0.017, 0.813, 0.913]
    """
    state, increment = seeded(seed)
    states = _States.of(state).after(*_stride(increment, skip))
    while states.count < count:
        states = states.and_then(states.after(*_stride(increment, width * states.count)))
    states, columns = states.first(count), []
    for before, place in pairwise((-1, *places)):
        states = states.after(*_stride(increment, place - before))
        columns.append(states.uniforms)
    return np.stack(columns, axis=1)


class _States:
    """States of the generator, each of 128 bits: the high and the low 64 of them."""

    def __init__(self, high: Words, low: Words) -> None:
        self._high, self._low = high, low

    @classmethod
    def of(cls, state: int) -> "_States":
        return cls(*(np.array([word], dtype=np.uint64) for word in (state >> 64, state & LONG)))

    @property
    def count(self) -> int:
        return len(self._low)

    def first(self, count: int) -> "_States":
        return _States(self._high[:count], self._low[:count])

    def and_then(self, others: "_States") -> "_States":
        return _States(np.concatenate([self._high, others._high]), np.concatenate([self._low, others._low]))

    def after(self, product: int, added: int) -> "_States":
        """Every state times `product`, plus `added`, modulo 2**128."""
        low = self._low * np.uint64(product & LONG)
        high = self._carried(product & LONG) + self._high * np.uint64(product & LONG)
        high += self._low * np.uint64(product >> 64)
        total = low + np.uint64(added & LONG)
        return _States(high + np.uint64(added >> 64) + (total < low), total)

    def _carried(self, factor: int) -> Words:
        """The high 64 bits of the product of the low words and a factor of 64 bits, by long multiplication."""
        half, most = np.uint64(32), np.uint64(WORD)
        low, high = self._low & most, self._low >> half
        factor_low, factor_high = np.uint64(factor & WORD), np.uint64(factor >> 32)
        crossed, other = low * factor_high, high * factor_low
        middle = (low * factor_low >> half) + (crossed & most) + (other & most)
        return np.asarray(high * factor_high + (crossed >> half) + (other >> half) + (middle >> half))

    @property
    def uniforms(self) -> Floats:
        """The number in [0, 1) that each state gives."""
        folded, turn = self._high ^ self._low, self._high >> np.uint64(58)
        turned = folded >> turn | folded << (np.uint64(64) - turn & np.uint64(63))
        return np.asarray((turned >> np.uint64(11)) * 2.0**-53)


def _stride(increment: int, steps: int) -> tuple[int, int]:
    """Factor and addend of the state after a number of steps."""
    product, total, power, added = 1, 0, MULTIPLIER, increment
    while steps:
        if steps & 1:
            product, total = product * power & WIDE, (total * power + added) & WIDE
        power, added = power * power & WIDE, (power + 1) * added & WIDE
        steps >>= 1
    return product, total
