"""Readers whose habits are known, and what their habits come to in a very large sample.

A vertebra has a true height ratio G. A reader measures it with a bias and noise of the own hand,
grades it by eye with noise and with limits that are shifted, and follows the model's proposal, once
it is in sight and says something else, with a probability of the own.
"""

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from annotation.domain.genant import CONVENTIONS, DEFAULT_CONVENTION

HIDDEN, SHOWN, AFTER = "hidden", "shown", "after_commit"
ARMS = (HIDDEN, SHOWN, AFTER)
GRADES = 4
LARGE = 400_000
WRONG_PROPOSALS = 0.3
QUESTIONS = {
    "grade": lambda one: one,
    "fracture": lambda one: one >= 1,
    "moderate": lambda one: one >= 2,
}
_WEIGHTS = {
    "unweighted": lambda i, j: (i != j) * 1.0,
    "linear": lambda i, j: abs(i - j) / (GRADES - 1),
    "quadratic": lambda i, j: (i - j) ** 2 / (GRADES - 1) ** 2,
}


@dataclass(frozen=True)
class Reader:
    """Habits of one reader.

    Attributes:
        bias_g: how much larger G is measured than it is.
        sd_g: of the measured G.
        shift: how much lower the limits of the grades are by eye; above 0 grades too mildly.
        sd_eye: of G as judged by eye.
        follows: how likely a proposal that says something else is followed.
    """

    bias_g: float
    sd_g: float
    shift: float
    sd_eye: float
    follows: float


READERS = (
    Reader(0.000, 0.020, 0.00, 0.020, 0.10),
    Reader(0.015, 0.025, 0.01, 0.030, 0.25),
    Reader(-0.015, 0.030, -0.02, 0.025, 0.40),
    Reader(0.030, 0.020, 0.03, 0.030, 0.55),
    Reader(-0.030, 0.035, -0.03, 0.040, 0.20),
    Reader(0.005, 0.040, 0.02, 0.045, 0.70),
)


def grades_of(g: np.ndarray) -> np.ndarray:
    """Return the grades of height ratios by the default convention."""
    limits = CONVENTIONS[DEFAULT_CONVENTION]
    return sum((g <= one).astype(int) for one in (limits.mild, limits.moderate, limits.severe))


def draw_truth(n: int, drawn: np.random.Generator) -> np.ndarray:
    """Return true height ratios: most normal, some mild, moderate and severe fractures."""
    kind = drawn.choice(4, size=n, p=[0.55, 0.17, 0.18, 0.10])
    low, high = np.array([0.86, 0.75, 0.60, 0.45]), np.array([0.99, 0.80, 0.75, 0.60])
    return drawn.uniform(low[kind], high[kind])


def draw_proposed(grades: np.ndarray, drawn: np.random.Generator) -> np.ndarray:
    """Return the grades a model proposes: right, or wrong by one or two steps."""
    wrong = drawn.random(len(grades)) < WRONG_PROPOSALS
    steps = drawn.integers(1, GRADES, size=len(grades))
    return np.where(wrong, (grades + steps) % GRADES, grades)


def measured(reader: Reader, g: np.ndarray, drawn: np.random.Generator) -> np.ndarray:
    """Return the ratios that a reader's points give; none is above 1, whichever end is lower."""
    ratio = g + drawn.normal(reader.bias_g, reader.sd_g, size=len(g))
    return np.minimum(ratio, 1 / ratio)


def judged(reader: Reader, g: np.ndarray, drawn: np.random.Generator) -> np.ndarray:
    """Return the grades that a reader gives alone."""
    return grades_of(g + reader.shift + drawn.normal(0, reader.sd_eye, size=len(g)))


def followed(
    reader: Reader, own: np.ndarray, proposed: np.ndarray, drawn: np.random.Generator
) -> np.ndarray:
    """Return the grades that a reader gives with a proposal in sight."""
    gives_in = drawn.random(len(own)) < reader.follows
    return np.where(gives_in, proposed, own)


@dataclass
class Planted:
    """What the readers' habits come to; tables are shares of all vertebrae.

    Attributes:
        tables: shape (4, 4), by two readers and their arms.
        rates: by name and arm, the mean over the readers.
        mean_g: of each reader's measured G.
    """

    tables: dict[tuple[int, int, str, str], np.ndarray] = field(default_factory=dict)
    rates: dict[tuple[str, str, str], float] = field(default_factory=dict)
    mean_g: list[float] = field(default_factory=list)

    def kappa(self, i: int, j: int, arms: dict[tuple[str, str], int], weights: str) -> float:
        """Return Cohen's kappa of two readers who read in these arms so often."""
        total = sum(arms.values())
        table = sum(n / total * self.tables[i, j, a, b] for (a, b), n in arms.items())
        off = np.array([[_WEIGHTS[weights](a, b) for b in range(GRADES)] for a in range(GRADES)])
        by_chance = np.outer(table.sum(axis=1), table.sum(axis=0))
        return float(1 - (off * table).sum() / (off * by_chance).sum())

    def difference_of_g(self, i: int, j: int) -> float:
        """Return by how much reader i measures G larger than reader j."""
        return self.mean_g[i] - self.mean_g[j]


def plant(n: int = LARGE, seed: int = 1) -> Planted:
    """Work the planted values out on a large sample."""
    drawn = np.random.default_rng(seed)
    g = draw_truth(n, drawn)
    true = grades_of(g)
    proposed = draw_proposed(true, drawn)
    alone = [judged(one, g, drawn) for one in READERS]
    said = {HIDDEN: alone}
    for arm in (SHOWN, AFTER):
        said[arm] = [
            followed(reader, own, proposed, drawn)
            for reader, own in zip(READERS, alone, strict=True)
        ]
    planted = Planted()
    for i, j in combinations(range(len(READERS)), 2):
        for a in ARMS:
            for b in ARMS:
                table = np.zeros((GRADES, GRADES))
                np.add.at(table, (said[a][i], said[b][j]), 1 / n)
                planted.tables[i, j, a, b] = table
    _plant_rates(planted, said, proposed, true)
    planted.mean_g = [float(measured(one, g, drawn).mean()) for one in READERS]
    return planted


def _plant_rates(planted: Planted, said: dict, proposed: np.ndarray, true: np.ndarray) -> None:
    for name, asks in QUESTIONS.items():
        wrong = asks(proposed) != asks(true)
        right = {arm: [asks(one)[wrong] == asks(true)[wrong] for one in said[arm]] for arm in ARMS}
        for arm in ARMS:
            planted.rates["wrong_with_wrong", arm, name] = 1 - float(np.mean(right[arm]))
            follows = [asks(one)[wrong] == asks(proposed)[wrong] for one in said[arm]]
            planted.rates["follows_wrong", arm, name] = float(np.mean(follows))
        alone, shown = np.mean(right[HIDDEN]), np.mean(right[SHOWN])
        planted.rates["turned", "between", name] = float((alone - shown) / alone)
        was_right = np.concatenate(right[HIDDEN])
        is_right = np.concatenate(right[AFTER])
        planted.rates["turned", "within", name] = 1 - float(is_right[was_right].mean())
