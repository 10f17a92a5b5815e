"""What is not a short axis: scouts, long axes, pieces without a heart, blanks and noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import ndimage

from augment import View, black_windows, random_view, sample, turn_code
from contrast import randomise
from data import Slice
from preprocess import GRID, SIZE

Array = np.ndarray
Random = np.random.Generator


def pretend_mask(rng: Random) -> Array:
    """An ellipse anywhere, so that tissue remapping is no mark of the short axis."""
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    row, column = rng.uniform(16, 48, 2)
    height, width = rng.uniform(4, 16, 2)
    return (((y - row) / height) ** 2 + ((x - column) / width) ** 2 < 1).astype(np.float32)


def whole_picture(grid: Array, rng: Random) -> Array:
    """Often at the scale of a heart: the size of the body in view must not settle the question."""
    view = random_view(rng, rng.uniform(-45, 45), None)
    shift = rng.uniform(-0.15, 0.15, 2) * GRID * (1 - view.side)
    return sample(grid, replace(view, row=view.row + shift[0], column=view.column + shift[1]))


def without_heart(heart: Slice, rng: Random) -> Array | None:
    """A window of a short axis well away from the left ventricle and its neighbours."""
    assert heart.mask is not None
    row, column = ndimage.center_of_mass(heart.mask)
    side = rng.uniform(0.2, 0.35)
    for _ in range(8):
        at = rng.uniform(0.15, 0.85, 2) * GRID
        apart = np.abs(at - (row, column)).max()
        if apart > (side / 2 + 0.22) * GRID:
            crop = sample(heart.grid, View(at[0], at[1], side, rng.uniform(-180, 180), 1.0))
            return crop if crop.mean() > 0.03 else None
    return None


def synthetic(rng: Random) -> Array:
    """Blank, noise at several scales, or smooth blobs."""
    kind = rng.integers(0, 4)
    if kind == 0:
        return np.full((SIZE, SIZE), rng.uniform(0, 1))
    noise = rng.random((SIZE, SIZE))
    if kind == 1:
        return noise
    smooth = ndimage.gaussian_filter(noise, rng.uniform(0.7, 8))
    smooth = (smooth - smooth.min()) / (np.ptp(smooth) + 1e-6)
    return smooth if kind == 2 else (smooth > rng.uniform(0.3, 0.7)).astype(float)


class Negatives:
    """Draws crops: scouts and long axes mostly."""

    def __init__(self, scouts: list[Slice], long_axes: list[Slice], hearts: list[Slice]) -> None:
        self.scouts = scouts
        self.long_axes = long_axes
        self.hearts = hearts

    def draw(self, rng: Random) -> Array:
        crop = self._plain(rng)
        crop = randomise(crop, pretend_mask(rng), rng) * black_windows(rng)
        return turn_code(crop, rng).astype(np.float32)

    def _plain(self, rng: Random) -> Array:
        kind = rng.random()
        if kind < 0.1:
            return synthetic(rng)
        if kind < 0.2:
            crop = without_heart(self.hearts[rng.integers(len(self.hearts))], rng)
            if crop is not None:
                return crop
        if kind < 0.4 and self.long_axes:
            return whole_picture(self.long_axes[rng.integers(len(self.long_axes))].grid, rng)
        return whole_picture(self.scouts[rng.integers(len(self.scouts))].grid, rng)
