"""What is not a short axis: scouts, long axes, pieces without a heart, made-up anatomy, blanks and noise."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from augment import View, black_windows, coordinates, random_view, sample, turn_code, wide_enough
from contrast import randomise
from tensors import GRID, SIZE, Picture

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
    view = wide_enough(random_view(rng, rng.uniform(-45, 45), None))
    shift = rng.uniform(-0.15, 0.15, 2) * GRID * (1 - view.side)
    return sample(grid, coordinates(replace(view, row=view.row + shift[0], column=view.column + shift[1]), rng))


def without_heart(heart: Picture, rng: Random) -> Array | None:
    """A window of a short axis well away from the left ventricle and its neighbours."""
    assert heart.ventricle is not None
    row, column = ndimage.center_of_mass(heart.ventricle)
    side = rng.uniform(0.2, 0.35)
    for _ in range(8):
        at = rng.uniform(0.15, 0.85, 2) * GRID
        apart = np.abs(at - (row, column)).max()
        if apart > (side / 2 + 0.22) * GRID:
            view = View(at[0], at[1], side, rng.uniform(-180, 180), 1.0)
            crop = sample(heart.grid, coordinates(view, rng))
            return crop if crop.mean() > 0.03 else None
    return None


def synthetic(rng: Random) -> tuple[Array, str]:
    """Blank, noise at several scales, or smooth blobs; and its quality, where it has a name."""
    kind = rng.integers(0, 4)
    if kind == 0:
        return np.full((SIZE, SIZE), rng.uniform(0, 1)), "blank"
    noise = rng.random((SIZE, SIZE))
    if kind == 1:
        return noise, "noise"
    smooth = ndimage.gaussian_filter(noise, rng.uniform(0.7, 8))
    smooth = (smooth - smooth.min()) / (np.ptp(smooth) + 1e-6)
    return (smooth, "noise") if kind == 2 else ((smooth > rng.uniform(0.3, 0.7)).astype(float), "")


@dataclass(frozen=True)
class Other:
    """A crop of something that is no heart to be turned."""

    crop: Array
    quality: str = ""
    short_axis: bool | None = False


class Negatives:
    """Draws crops: scouts and long axes mostly."""

    def __init__(
        self, scouts: list[Picture], long_axes: list[Picture], hearts: list[Picture], made_up: list[Picture],
        beyond: list[Picture],
    ) -> None:
        self.scouts = scouts
        self.long_axes = long_axes
        self.hearts = [heart for heart in hearts if heart.ventricle is not None and heart.ventricle.sum() > 20]
        self.made_up = made_up
        self.beyond = beyond

    def draw(self, rng: Random) -> Other:
        plain, quality, short_axis = self._plain(rng)
        if quality not in ("blank", "noise"):
            plain = randomise(plain, pretend_mask(rng), rng)[0] * black_windows(rng)
        return Other(turn_code(plain, rng).astype(np.float32), quality, short_axis)

    def _plain(self, rng: Random) -> tuple[Array, str, bool | None]:
        kind = rng.random()
        if kind < 0.1:
            return *synthetic(rng), False
        if kind < 0.17 and self.hearts:
            crop = without_heart(self._one(self.hearts, rng), rng)
            if crop is not None:
                return crop, "", False
        if kind < 0.35 and self.long_axes:
            return whole_picture(self._one(self.long_axes, rng).grid, rng), "", False
        if kind < 0.5 and self.made_up:
            return whole_picture(self._one(self.made_up, rng).grid, rng), "", False
        if kind < 0.62 and self.beyond:
            picture = self._one(self.beyond, rng)
            view = wide_enough(random_view(rng, rng.uniform(-45, 45), None))
            crop = sample(picture.grid, coordinates(view, rng))
            return crop, picture.quality, None  # the end of a short-axis stack: nobody says which of the two
        return whole_picture(self._one(self.scouts or self.made_up, rng).grid, rng), "", False

    @staticmethod
    def _one(pictures: list[Picture], rng: Random) -> Picture:
        return pictures[rng.integers(len(pictures))]
