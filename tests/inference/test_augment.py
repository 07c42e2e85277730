"""Real CT holds values that no phantom has; training takes them as the ends of its range."""

import numpy as np

from inference.learning.augment import varied


def test_metal_and_padding_beyond_the_range_count_as_its_ends() -> None:
    inside = np.full((4, 5, 6), 40, dtype=np.int16)
    beyond = inside.copy()
    inside[0], inside[1] = 3071, -1024
    beyond[0], beyond[1] = 4151, -3024
    for seed in range(6):
        same = varied(beyond, np.random.default_rng(seed)).numpy()
        assert np.array_equal(same, varied(inside, np.random.default_rng(seed)).numpy())
        assert np.isfinite(same).all()
