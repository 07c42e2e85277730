"""Seeds of phantoms as people write them."""

from typing import Final

HELD_OUT_SEED: Final = 9_000_000
"""First of the seeds that no training may use."""


def seeds_named(text: str, first: int) -> list[int]:
    """Return the seeds that "60" (so many from `first` on), "7-12" or "3,5" name.

    Raises:
        ValueError: if it names none.
    """
    try:
        if "," in text:
            return [int(part) for part in text.split(",")]
        low, dash, high = text.partition("-")
        seeds = range(int(low), int(high) + 1) if dash else range(first, first + int(text))
    except ValueError:
        raise ValueError(f"seeds are whole numbers: 60, 7-12 or 3,5, not {text!r}") from None
    if not seeds:
        raise ValueError(f"{text!r} names no seed")
    return list(seeds)
