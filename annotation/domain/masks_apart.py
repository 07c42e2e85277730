"""Where the masks of several readers differ, below all that their findings differ in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from annotation.domain.discrepancy import Difference, Kind, Limits


@dataclass(frozen=True)
class MasksApart:
    """How the masks of one vertebra by two readers agree.

    Attributes:
        first: index of the one reading, shown as A.
        second: index of the other reading, shown as B.
        dice: 0 where only one paints the vertebra.
        hd95_mm: None where only one does.
        painter: "A" or "B" where only that one paints it, else "".
    """

    first: int
    second: int
    dice: float
    hd95_mm: float | None
    painter: str = ""

    def exceeds(self, limits: Limits) -> bool:
        """Tell whether the masks differ by more than a protocol admits."""
        is_far = self.hd95_mm is None or self.hd95_mm > limits.mask_hd95_mm
        return is_far or self.dice < limits.mask_dice

    def is_of(self, difference: Difference) -> bool:
        """Tell whether these are the masks of the two whose findings differ."""
        return (self.first, self.second) == (difference.first, difference.second)

    @property
    def reason(self) -> str:
        """The difference in words, without the readers' names."""
        if self.hd95_mm is None:
            return f"Only {self.painter} paints this vertebra"
        return f"Masks: Dice {self.dice:.2f}, HD95 {self.hd95_mm:.1f} mm"


def masks_beyond(
    compared: Mapping[int, Iterable[MasksApart]], limits: Limits
) -> dict[int, MasksApart]:
    """Return the pair whose masks overlap least, by vertebra number, where any pair differs."""
    found = {}
    for number, pairs in compared.items():
        beyond = [one for one in pairs if one.exceeds(limits)]
        if beyond:
            found[number] = min(beyond, key=lambda one: (one.dice, -(one.hd95_mm or 0.0)))
    return found


def with_masks(
    differences: Sequence[Difference], beyond: Mapping[int, MasksApart]
) -> list[Difference]:
    """Return the differences of findings and, below them, of vertebrae that differ in masks alone.

    The least overlap comes first.
    """
    known = {one.number for one in differences}
    alone = sorted((one.dice, number) for number, one in beyond.items() if number not in known)
    return [
        *differences,
        *(
            Difference(
                number,
                Kind.MASKS,
                len(differences) + place,
                beyond[number].reason,
                beyond[number].first,
                beyond[number].second,
            )
            for place, (_, number) in enumerate(alone)
        ),
    ]
