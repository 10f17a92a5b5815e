"""Random crops of a picture: one affine and a smooth warp from the grid to 64 x 64, black windows, then contrast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from contrast import randomise
from group import LABELS
from net import SECTOR_CENTRE_DEGREES
from tensors import GRID, SIZE, Picture

Array = np.ndarray
Random = np.random.Generator

SPREAD_DEGREES = 60.0
WARP_POINTS = 5


@dataclass(frozen=True)
class View:
    """Centre on the grid, side as a share of the grid, counter-clockwise turn, aspect."""

    row: float
    column: float
    side: float
    degrees: float
    aspect: float


@dataclass(frozen=True)
class HeartCrop:
    """A crop near the standard picture and what is true of it."""

    crop: Array  # [SIZE, SIZE]
    label: Array  # [8] soft
    off_centre: float  # degrees from the middle of the sector, counter-clockwise positive
    ventricle: Array  # [8, 8] occupancy; nan where nobody drew it
    kind: str  # of the contrast as it now is; empty where it is none of the three


def sector_label(off_centre: float) -> Array:
    """Soft label: from 30 to 60 degrees it passes to the neighbouring quarter turn."""
    label = np.zeros(8, np.float32)
    passed = float(np.clip((abs(off_centre) - 30) / 30, 0, 1))
    neighbour = "110" if off_centre > 0 else "101"  # counter-clockwise, clockwise
    label[LABELS.index("000")] = 1 - passed
    label[LABELS.index(neighbour)] = passed
    return label


def warp_weights() -> Array:
    """[SIZE, WARP_POINTS] smooth bumps, so that few random shifts make a smooth warp."""
    at = np.linspace(0, WARP_POINTS - 1, SIZE)[:, None] - np.arange(WARP_POINTS)[None, :]
    bumps = np.exp(-(at**2) / (2 * 0.6**2))
    return bumps / bumps.sum(axis=1, keepdims=True)


WARP = warp_weights()


def coordinates(view: View, rng: Random | None) -> Array:
    """[2, SIZE, SIZE] rows and columns on the grid; warped by up to a few per cent where a generator is given."""
    turn = np.deg2rad(view.degrees)
    step = view.side * GRID / SIZE
    offsets = (np.arange(SIZE) + 0.5 - SIZE / 2) * step
    down = (offsets * np.sqrt(view.aspect))[:, None] * np.ones(SIZE)[None, :]
    right = np.ones(SIZE)[:, None] * (offsets / np.sqrt(view.aspect))[None, :]
    if rng is not None and rng.random() < 0.6:
        shifts = rng.normal(0, rng.uniform(0, 0.03) * view.side * GRID, (2, WARP_POINTS, WARP_POINTS))
        down = down + WARP @ shifts[0] @ WARP.T
        right = right + WARP @ shifts[1] @ WARP.T
    # Content turns counter-clockwise when the sampling grid turns clockwise (rows grow downwards).
    rows = view.row + np.cos(turn) * down + np.sin(turn) * right
    columns = view.column - np.sin(turn) * down + np.cos(turn) * right
    return np.stack([rows, columns])


def sample(picture: Array, at: Array) -> Array:
    """Bilinear; what lies outside the picture is black."""
    return ndimage.map_coordinates(picture, at, order=1, mode="constant", prefilter=False)


def black_windows(rng: Random) -> Array:
    """Padding, circular fields of view and tight rectangular ones, as a factor."""
    keep = np.ones((SIZE, SIZE), np.float32)
    if rng.random() < 0.5:
        return keep
    if rng.random() < 0.25:
        y, x = np.mgrid[0:SIZE, 0:SIZE] - (SIZE - 1) / 2
        return (np.hypot(y, x) < rng.uniform(24, 40)).astype(np.float32)
    for axis in (0, 1):
        if rng.random() < 0.7:
            first, last = rng.integers(0, 18, 2)
            lines = np.zeros(SIZE, np.float32)
            lines[first : SIZE - last] = 1
            keep *= lines[:, None] if axis == 0 else lines[None, :]
    return keep


def random_view(rng: Random, degrees: float, target: tuple[float, float] | None) -> View:
    """`target`: what must stay in view (the ventricle); half of the views are centred on it."""
    side = float(np.exp(rng.uniform(np.log(0.3), np.log(1.0))))
    aspect = float(np.exp(rng.uniform(-0.3, 0.3)))
    middle = (GRID - 1) / 2
    centre = np.array([middle, middle])
    if target is not None:
        far = np.abs(np.array(target) - middle).max() > 0.3 * side * GRID
        if far or rng.random() < 0.5:
            centre = np.array(target)
    centre = centre + rng.uniform(-0.15, 0.15, 2) * side * GRID
    return View(centre[0], centre[1], side, degrees, aspect)


def wide_enough(view: View) -> View:
    """Where nobody knows where the heart is, it must not be cut off; and no smaller piece is ever shown."""
    return View(view.row, view.column, max(view.side, 0.5), view.degrees, view.aspect)


def heart_crop(picture: Picture, rng: Random) -> HeartCrop:
    """The picture turned to a random angle of the sector, in a random view and contrast."""
    off_centre = float(rng.uniform(-SPREAD_DEGREES, SPREAD_DEGREES))
    drawn = picture.ventricle
    seen = drawn is not None and drawn.sum() > 4
    target = ndimage.center_of_mass(drawn) if seen else None
    turn = SECTOR_CENTRE_DEGREES + off_centre - (picture.degrees or 0.0)
    view = random_view(rng, turn, target)
    at = coordinates(view if seen else wide_enough(view), rng)
    ventricle = sample(drawn, at) if drawn is not None else np.zeros((SIZE, SIZE))
    changed, kind = randomise(sample(picture.grid, at), ventricle, rng, picture.kind)
    occupancy = ventricle.reshape(8, 8, 8, 8).mean(axis=(1, 3)) if drawn is not None else np.full((8, 8), np.nan)
    crop = changed * black_windows(rng)
    return HeartCrop(crop.astype(np.float32), sector_label(off_centre), off_centre, occupancy.astype(np.float32), kind)


def turn_code(crop: Array, rng: Random) -> Array:
    turned = np.rot90(crop, int(rng.integers(0, 4)))
    return turned.T if rng.random() < 0.5 else turned
