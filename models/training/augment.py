"""Random crops: one affine from the 128 grid to 64 x 64, black windows, then contrast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from contrast import randomise
from group import LABELS
from preprocess import GRID, SIZE

Array = np.ndarray
Random = np.random.Generator

# The middle of the standard sector lies 20 degrees counter-clockwise of Sunnybrook's habit.
CENTRE_DEGREES = 20.0
SPREAD_DEGREES = 60.0


@dataclass(frozen=True)
class View:
    """Centre on the grid, side as a share of the grid, counter-clockwise turn, aspect."""

    row: float
    column: float
    side: float
    degrees: float
    aspect: float


def sector_label(degrees_off_centre: float) -> Array:
    """Soft label: from 30 to 60 degrees it passes to the neighbouring quarter turn."""
    label = np.zeros(8, np.float32)
    passed = float(np.clip((abs(degrees_off_centre) - 30) / 30, 0, 1))
    neighbour = "110" if degrees_off_centre > 0 else "101"  # counter-clockwise, clockwise
    label[LABELS.index("000")] = 1 - passed
    label[LABELS.index(neighbour)] = passed
    return label


def sample(picture: Array, view: View) -> Array:
    """64 x 64 bilinear samples; what lies outside the picture is black."""
    turn = np.deg2rad(view.degrees)
    step = view.side * GRID / SIZE
    offsets = (np.arange(SIZE) + 0.5 - SIZE / 2) * step
    down, right = offsets * np.sqrt(view.aspect), offsets / np.sqrt(view.aspect)
    # Content turns counter-clockwise when the sampling grid turns clockwise (rows grow downwards).
    rows = view.row + np.cos(turn) * down[:, None] + np.sin(turn) * right[None, :]
    columns = view.column - np.sin(turn) * down[:, None] + np.cos(turn) * right[None, :]
    return ndimage.map_coordinates(picture, [rows, columns], order=1, mode="constant", prefilter=False)


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


def heart_crop(grid: Array, mask: Array, rng: Random) -> tuple[Array, Array, Array]:
    """Crop of a standard picture, its soft label, and its LV occupancy on 8 x 8."""
    off_centre = rng.uniform(-SPREAD_DEGREES, SPREAD_DEGREES)
    target = ndimage.center_of_mass(mask)
    view = random_view(rng, CENTRE_DEGREES + off_centre, target)
    ventricle = sample(mask, view)
    crop = randomise(sample(grid, view), ventricle, rng) * black_windows(rng)
    occupancy = ventricle.reshape(8, 8, 8, 8).mean(axis=(1, 3))
    return crop.astype(np.float32), sector_label(off_centre), occupancy.astype(np.float32)


def turn_code(crop: Array, rng: Random) -> Array:
    turned = np.rot90(crop, int(rng.integers(0, 4)))
    return turned.T if rng.random() < 0.5 else turned
