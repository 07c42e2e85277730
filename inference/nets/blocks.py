"""Building blocks of the U-Nets, in two and three dimensions."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional


def convolution(
    dimensions: int,
    channels: tuple[int, int],
    *,
    kernel: int = 3,
    stride: int | tuple[int, int, int] = 1,
) -> nn.Sequential:
    """Return convolution, batch normalisation and ReLU, padded to keep the size at stride 1."""
    source, target = channels
    if dimensions == 3:
        solid = nn.Conv3d(source, target, kernel, stride, kernel // 2, bias=False)
        return nn.Sequential(solid, nn.BatchNorm3d(target), nn.ReLU(inplace=True))
    step = stride if isinstance(stride, int) else stride[:2]
    flat = nn.Conv2d(source, target, kernel, step, kernel // 2, bias=False)
    return nn.Sequential(flat, nn.BatchNorm2d(target), nn.ReLU(inplace=True))


class Residual(nn.Module):
    """Two convolutions and a short cut."""

    def __init__(self, dimensions: int, channels: tuple[int, int]) -> None:
        super().__init__()
        self.first = convolution(dimensions, channels)
        self.second = convolution(dimensions, (channels[1], channels[1]))

    def forward(self, x: Tensor) -> Tensor:
        if is_unsafe_in_half(x):
            with torch.autocast(x.device.type, enabled=False):
                return self._residual(x.float())
        return self._residual(x)

    def _residual(self, x: Tensor) -> Tensor:
        first = self.first(x)
        return first + self.second(first)  # type: ignore[no-any-return]  # nn.Module is untyped


def is_unsafe_in_half(x: Tensor) -> bool:
    """Tell whether a 3-D convolution over a map must learn in single precision.

    On processors the bfloat16 gradient of the kernels over maps two voxels deep holds memory that
    was never written (seen with torch 2.13.0 and its oneDNN, whatever the other sizes).
    """
    return torch.is_grad_enabled() and x.device.type == "cpu" and x.dim() == 5 and x.shape[2] < 3


class UNet(nn.Module):
    """A U-Net over feature maps; the input already has `widths[0]` channels.

    Returns the decoder's maps from the finest to the coarsest. Every spatial size must be a
    multiple of ``2 ** (len(widths) - 1)``.
    """

    def __init__(self, dimensions: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.dimensions = dimensions
        steps = list(pairwise(widths))
        self.inner = Residual(dimensions, (widths[0], widths[0]))
        self.down = nn.ModuleList(convolution(dimensions, step, stride=2) for step in steps)
        self.encode = nn.ModuleList(Residual(dimensions, (coarse, coarse)) for _, coarse in steps)
        self.narrow = nn.ModuleList(
            convolution(dimensions, (coarse, fine), kernel=1) for fine, coarse in steps
        )
        self.decode = nn.ModuleList(Residual(dimensions, (fine, fine)) for fine, _ in steps)

    def forward(self, x: Tensor) -> list[Tensor]:
        maps = [self.inner(x)]
        for down, encode in zip(self.down, self.encode, strict=True):
            maps.append(encode(down(maps[-1])))
        decoded = [maps[-1]]
        for level in range(len(maps) - 2, -1, -1):
            wide = functional.interpolate(
                self.narrow[level](decoded[-1]), scale_factor=2.0, mode="nearest"
            )
            decoded.append(self.decode[level](wide + maps[level]))
        return decoded[::-1]


def padded(x: Tensor, multiples: tuple[int, ...], value: float) -> Tensor:
    """Pad the last axes at their ends to multiples of the given numbers."""
    sizes = x.shape[-len(multiples) :]
    pads: list[int] = []
    for size, multiple in zip(reversed(sizes), reversed(multiples), strict=True):
        pads += [0, -size % multiple]
    return functional.pad(x, pads, value=value)


def channels_last(x: Tensor) -> Tensor:
    """Return the tensor in the memory format in which convolutions run fastest."""
    form = torch.channels_last_3d if x.dim() == 5 else torch.channels_last
    return x.contiguous(memory_format=form)


def fast_format(net: nn.Module) -> None:
    """Lay the kernels of a network out so that maps stay channels-last throughout."""
    for parameter in net.parameters():
        if parameter.dim() in (4, 5):
            parameter.data = channels_last(parameter.data)
