"""How like two pictures are: SSIM (Wang, Bovik, Sheikh and Simoncelli, 2004), in numpy alone."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

Plane = NDArray[np.float64]
_SIDE: Final = 8  # pixels of the window, which stands at every place
_STEADY: Final = ((0.01 * 255) ** 2, (0.03 * 255) ** 2)  # the paper's C1 and C2


def likeness(one: Image.Image, other: Image.Image) -> float:
    """1.0 for the same pixels, less the less alike; 0.0 where the sizes differ.

    The mean over all windows, without the white margins that both have, and of red, green and
    blue the least: neither an empty sheet nor lost colour makes two pages alike.
    """
    if one.size != other.size:
        return 0.0
    pictures = [each.convert("RGB") for each in (one, other)]
    drawn = ImageChops.darker(*pictures)
    box = ImageChops.invert(drawn).getbbox()
    if box is None or min(box[2] - box[0], box[3] - box[1]) < _SIDE:
        box = (0, 0, *one.size)
    first, second = (np.asarray(each.crop(box), dtype=np.float64) for each in pictures)
    return min(_ssim(first[..., colour], second[..., colour]) for colour in range(3))


def _ssim(one: Plane, other: Plane) -> float:
    mean, mean_other = _means(one), _means(other)
    spread = _means(one * one) - mean**2
    spread_other = _means(other * other) - mean_other**2
    common = _means(one * other) - mean * mean_other
    light = (2 * mean * mean_other + _STEADY[0]) / (mean**2 + mean_other**2 + _STEADY[0])
    shape = (2 * common + _STEADY[1]) / (spread + spread_other + _STEADY[1])
    return float((light * shape).mean())


def _means(plane: Plane) -> Plane:
    """The mean of each window, from sums over all that lies above and to the left."""
    sums = np.pad(plane.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    s = _SIDE
    means: Plane = (sums[s:, s:] - sums[:-s, s:] - sums[s:, :-s] + sums[:-s, :-s]) / s**2
    return means
