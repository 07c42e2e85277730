"""The optimisers that lessons choose from."""

from collections.abc import Callable, Iterable

import torch
from torch import nn

NewOptimiser = Callable[[Iterable[nn.Parameter], float], torch.optim.Optimizer]


def adamw(parameters: Iterable[nn.Parameter], learning_rate: float) -> torch.optim.Optimizer:
    """Return AdamW with a weight decay of 0.01."""
    return torch.optim.AdamW(parameters, lr=learning_rate, weight_decay=1e-2)


def sgd(parameters: Iterable[nn.Parameter], learning_rate: float) -> torch.optim.Optimizer:
    """Return stochastic gradient descent with a momentum of 0.9 and a weight decay of 0.0001."""
    return torch.optim.SGD(parameters, lr=learning_rate, momentum=0.9, weight_decay=1e-4)
