"""Who reads what, in which arm and in which order: drawn from a seed, balanced, never reshuffled.

Everything is decided from what is stored already and from a seed, so that the same data set gives
the same answer on every machine, and a case that comes later changes nothing that was given out.

* Arms are given in permuted blocks per reader (as in randomised trials): after each block a reader
  has had every arm in the proportion of the weights. Within the block the arm that a case has had
  least is taken, so that the readers of one case come from different arms.
* Cases for overlap, repeats and planted errors are drawn in blocks of `BLOCK` consecutive numbers:
  each block holds the share that is asked for, and nobody can tell which of them.
* Readers are taken by least open load, then least load of all, then by lot.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

BLOCK: Final = 20
LONGEST_BLOCK_OF_ARMS: Final = 60


@dataclass(frozen=True)
class Arm:
    """One way in which readings of a protocol are made.

    Attributes:
        name: unique in its protocol.
        exposure: whether the model's proposal is shown.
        weight: how many readings it gets in proportion to the others, above 0.
    """

    name: str
    exposure: str
    weight: float = 1.0


def lot(seed: int, *parts: object) -> float:
    """Return a number in [0, 1) that depends on the seed and the parts alone."""
    text = "/".join(map(str, (seed, *parts))).encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:7], "big") / float(1 << 56)


def is_drawn(seed: int, what: str, number: int, share: float) -> bool:
    """Tell whether the thing with this number is among the share that is drawn.

    Args:
        seed: of the protocol.
        what: what is drawn for; different words draw independently.
        number: place in a row that only grows, from 0.
        share: 0 to 1; whole blocks hold it exactly, but for rounding that evens out over blocks.
    """
    block, place = divmod(number, BLOCK)
    n_drawn = round_half_up((block + 1) * BLOCK * share) - round_half_up(block * BLOCK * share)
    order = sorted(range(BLOCK), key=lambda one: lot(seed, what, block, one))
    return place in order[:n_drawn]


def round_half_up(value: float) -> int:
    """Return the nearest whole number; halves go up, unlike `round`."""
    return math.floor(value + 0.5 + 1e-9)


def sizes_in_block(arms: Sequence[Arm]) -> dict[str, int]:
    """Return how often each arm occurs in one block.

    Raises:
        ValueError: if there is no arm, a weight is not above 0, or the block would be longer than
            `LONGEST_BLOCK_OF_ARMS`.
    """
    if not arms or any(not math.isfinite(arm.weight) or arm.weight <= 0 for arm in arms):
        raise ValueError("every arm has a weight above 0")
    exact = [Fraction(arm.weight).limit_denominator(100) for arm in arms]
    common = math.lcm(*(one.denominator for one in exact))
    whole = [int(one * common) for one in exact]
    divisor = math.gcd(*whole)
    if min(whole) == 0 or sum(whole) // divisor > LONGEST_BLOCK_OF_ARMS:
        raise ValueError(f"a block of arms is at most {LONGEST_BLOCK_OF_ARMS} readings long")
    return {arm.name: size // divisor for arm, size in zip(arms, whole, strict=True)}


def choose_arm(
    arms: Sequence[Arm], *, had: Iterable[str], in_case: Iterable[str], seed: int, key: str
) -> Arm:
    """Return the arm of a reader's next reading.

    Args:
        arms: of the protocol, at least one.
        had: names of the arms of the readings that this reader has under it.
        in_case: names of the arms that readers of this case have.
        seed: of the protocol.
        key: of reader and case, for the lot.
    """
    sizes = sizes_in_block(arms)
    counts = Counter(had)
    n_full = min(counts[name] // size for name, size in sizes.items())
    left = {name: (n_full + 1) * size - counts[name] for name, size in sizes.items()}
    taken = Counter(in_case)

    def place(arm: Arm) -> tuple[float, float]:
        lots = -math.log(max(lot(seed, "arm", key, arm.name), 1e-300)) / left[arm.name]
        return (taken[arm.name] / sizes[arm.name], lots)

    return min((arm for arm in arms if left[arm.name] > 0), key=place)


@dataclass(frozen=True)
class Load:
    """How much a reader has: readings that are open, and all that were ever given."""

    n_open: int = 0
    n_all: int = 0


def choose_readers(
    loads: Mapping[int, Load], *, n: int, seed: int, case_number: int
) -> tuple[int, ...]:
    """Return the readers that get a case, least loaded first.

    Args:
        loads: of every reader who may get it, by key.
        n: how many are wanted; fewer are returned where there are no more.
        seed: of the protocol.
        case_number: for the lot among readers with the same load.
    """

    def place(reader: int) -> tuple[int, int, float]:
        load = loads[reader]
        return (load.n_open, load.n_all, lot(seed, "reader", case_number, reader))

    return tuple(sorted(loads, key=place)[: max(n, 0)])


def readers_wanted(
    *, readers_per_case: int, overlap_share: float, seed: int, case_number: int
) -> int:
    """Return how many readers a case has: all of the protocol's, or one where it is no overlap."""
    is_overlap = is_drawn(seed, "overlap", case_number - 1, overlap_share)
    return readers_per_case if is_overlap else min(readers_per_case, 1)


def is_repeated(*, share: float, seed: int, reader: int, place: int) -> bool:
    """Tell whether the reader's reading at this place, from 0, comes back as a repeat."""
    return is_drawn(seed, f"repeat of {reader}", place, share)


def is_catch(*, share: float, seed: int, case_number: int) -> bool:
    """Tell whether a planted error is shown with this case."""
    return is_drawn(seed, "catch", case_number - 1, share)
