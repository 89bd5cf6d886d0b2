"""The stream of uniforms for the auditor: numpy's PCG64 in integer arithmetic.

The seed is spread by the hash of SeedSequence (numpy, NEP 19; after O'Neill, "Developing a seed_seq alternative", 2015),
the generator is PCG XSL RR 128/64 (O'Neill 2014), jumps are those of Brown, "Random number generation with arbitrary
strides" (1994).
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations

WORD, WIDE = (1 << 32) - 1, (1 << 128) - 1
POOL = 4
MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
SEED_A, STEP_A, SEED_B, STEP_B = 0x43B0D7E5, 0x931E8875, 0x8B51F9DD, 0x58F38DED
LEFT, RIGHT = 0xCA01F9DD, 0x4973F715


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
    return [u for (u,) in rows_of_uniforms(seed, skip, 1, (0,), count)]


def rows_of_uniforms(seed: int, skip: int, width: int, places: Sequence[int], count: int) -> Iterator[list[float]]:
    """The same stream cut into `count` rows of `width` uniforms: of each row those at `places`, which ascend. Those between are
    jumped over, which takes no longer than one of them.

    >>> [[round(u, 3) for u in row] for row in rows_of_uniforms(0, 0, 3, (0, 2), 2)]
    [[0.637, 0.041], [0.017, 0.913]]
    >>> [round(u, 3) for u in uniforms(0, 0, 6)]
    [0.637, 0.27, 0.041, 0.017, 0.813, 0.913]
    """
    state, increment = seeded(seed)
    product, added = _stride(increment, skip)
    state = (state * product + added) & WIDE
    strides = [_stride(increment, place - before) for before, place in pairwise((-1, *places))]
    last, low = _stride(increment, width - 1 - places[-1]), (1 << 64) - 1
    for _ in range(count):
        row = []
        for product, added in strides:
            state = (state * product + added) & WIDE
            folded, turn = (state >> 64) ^ (state & low), state >> 122
            turned = (folded >> turn | folded << (64 - turn)) & low
            row.append((turned >> 11) * 2.0**-53)
        yield row
        state = (state * last[0] + last[1]) & WIDE


def _stride(increment: int, steps: int) -> tuple[int, int]:
    """Factor and addend of the state after a number of steps."""
    product, total, power, added = 1, 0, MULTIPLIER, increment
    while steps:
        if steps & 1:
            product, total = product * power & WIDE, (total * power + added) & WIDE
        power, added = power * power & WIDE, (power + 1) * added & WIDE
        steps >>= 1
    return product, total
