"""The optimisers that lessons choose from, and how their rates change."""

import math
from collections.abc import Callable, Iterable
from typing import Final

import torch
from torch import nn

NewOptimiser = Callable[[Iterable[nn.Parameter], float], torch.optim.Optimizer]
Rate = Callable[[float], float]
"""Factor of the learning rate at a share, 0-1, of the training."""

_WARM_UP: Final = 0.05


def adamw(parameters: Iterable[nn.Parameter], learning_rate: float) -> torch.optim.Optimizer:
    """Return AdamW with a weight decay of 0.01."""
    return torch.optim.AdamW(parameters, lr=learning_rate, weight_decay=1e-2)


def sgd(parameters: Iterable[nn.Parameter], learning_rate: float) -> torch.optim.Optimizer:
    """Return stochastic gradient descent with a momentum of 0.9 and a weight decay of 0.0001."""
    return torch.optim.SGD(parameters, lr=learning_rate, momentum=0.9, weight_decay=1e-4)


def one_cycle(share: float) -> float:
    """Return the factor of the learning rate: up over a twentieth, then down along a cosine."""
    if share < _WARM_UP:
        return 0.05 + 0.95 * share / _WARM_UP
    down = (share - _WARM_UP) / (1 - _WARM_UP)
    return 0.005 + 0.995 * 0.5 * (1 + math.cos(math.pi * down))


def in_steps(epochs: int, every: int, gamma: float) -> Rate:
    """Return a rate that is multiplied by `gamma` after each `every` of so many epochs."""

    def rate(share: float) -> float:
        return float(gamma ** int(share * epochs / every + 1e-9))

    return rate
