"""Judges one sagittal slice of a vertebral body: ResNet-18.

After He et al. 2016 (doi:10.1109/CVPR.2016.90), written out for one grey channel and one logit.
With widths 64 to 512 it has 11,170,753 parameters: the 11,689,512 of the original less its head of
1000 classes and two of the three channels of its stem, plus a head of one logit.
"""

from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional

SIZE = 256
"""Rows and columns of a picture."""
BLOCKS = 2
"""Basic blocks per stage, as in the 18-layer network."""


class BasicBlock(nn.Module):
    """Two 3 x 3 convolutions with a short cut, projected where size or channels change."""

    def __init__(self, channels: tuple[int, int], stride: int) -> None:
        super().__init__()
        source, target = channels
        self.stride = stride
        self.first = nn.Conv2d(source, target, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(target)
        self.second = nn.Conv2d(target, target, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(target)
        self.short_cut: nn.Module = nn.Identity()
        if stride != 1 or source != target:
            narrow = nn.Conv2d(source, target, 1, bias=False)
            self.short_cut = nn.Sequential(narrow, nn.BatchNorm2d(target))

    def forward(self, x: Tensor) -> Tensor:
        inner = functional.relu(self.first_norm(self.first(x)))
        inner = self.second_norm(self.second(inner))
        # Taking every second pixel first is the same as a strided 1 x 1 convolution, whose backward
        # pass crashes in torch 2.13 on a processor with channels last.
        every = x[:, :, :: self.stride, :: self.stride]
        return functional.relu(inner + self.short_cut(every))


class SliceClassifier(nn.Module):
    """From (b, 1, 256, 256) pictures to (b,) logits that the body is fractured on the slice."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        first = widths[0]
        self.stem = nn.Conv2d(1, first, 7, 2, 3, bias=False)
        self.stem_norm = nn.BatchNorm2d(first)
        stages = [_stage((first, first), 1)]
        stages += [_stage(channels, 2) for channels in pairwise(widths)]
        self.stages = nn.Sequential(*stages)
        self.head = nn.Linear(widths[-1], 1)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu(self.stem_norm(self.stem(x)))
        x = self.stages(functional.max_pool2d(x, 3, 2, 1))
        logits: Tensor = self.head(x.mean(dim=(2, 3))).float()
        return logits.squeeze(1)


def _stage(channels: tuple[int, int], stride: int) -> nn.Sequential:
    source, target = channels
    first = BasicBlock((source, target), stride)
    return nn.Sequential(first, *(BasicBlock((target, target), 1) for _ in range(BLOCKS - 1)))
