"""One phase of a pipeline as it is run alone from a shell: what it needs, and what it gives."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from annotation.domain.geometry import Volume
from inference.pipelines.kept import read_kept
from inference.weights import Weights

Result = TypeVar("Result")


class NotYetFound(ValueError):
    """A phase that needs what an earlier one finds, before that one was run."""


@dataclass(frozen=True)
class Found:
    """The folder in which phases leave what they found."""

    folder: Path

    def by(self, phase: str, kind: type[Result]) -> Result:
        """Return what an earlier phase found.

        Raises:
            NotYetFound: if it was not run into this folder.
        """
        if not (self.folder / f"{phase}.json").exists():
            raise NotYetFound(
                f"{self.folder} holds nothing that the phase {phase} found; run it first"
            )
        return read_kept(kind, self.folder, phase)


@dataclass(frozen=True)
class Phase:
    """A phase.

    Attributes:
        name: as the command names it, and the files it writes.
        about: one phrase.
        run: takes the volume, the weights and what was found before; returns a dataclass.
    """

    name: str
    about: str
    run: Callable[[Volume, Weights, Found], Any]
