"""Long axes cut out of stacks of short axes: human long axes under a permissive licence are few."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from scipy import ndimage

from tensors import GRID, Picture

SLICE_DISTANCE = 0.025  # of the field of view: some 9 of 350 mm
REACH = 3  # slices beyond the stack at either end, faded, so that no hard edge gives it away


def stacks(pictures: list[Picture]) -> list[list[Picture]]:
    """Slices of one series and phase, by position; at least six of them, with their ventricle."""
    grouped: dict[tuple[str, str], dict[float, Picture]] = defaultdict(dict)
    for item in pictures:
        if item.ventricle is not None and item.ventricle.sum() > 4:
            grouped[item.series, item.phase][float(item.position)] = item
    ordered = ([found[i] for i in sorted(found)] for found in grouped.values())
    return [stack for stack in ordered if len(stack) >= 6]


def cut(stack: list[Picture], degrees: float) -> np.ndarray:
    """A plane through the axis of the left ventricle, seen as a GRID x GRID picture."""
    rows, columns = zip(*(ndimage.center_of_mass(item.ventricle) for item in stack))
    row, column = np.mean(rows), np.mean(columns)
    turn = np.deg2rad(degrees)
    along = np.arange(GRID) - GRID / 2
    lines = np.stack([
        ndimage.map_coordinates(item.grid, [row + along * np.sin(turn), column + along * np.cos(turn)], order=1)
        for item in stack
    ])
    distance = SLICE_DISTANCE * GRID
    at = (np.arange(GRID) - GRID / 2) / distance + (len(stack) - 1) / 2
    picture = ndimage.map_coordinates(
        lines, [at[:, None] + np.zeros(GRID)[None, :], np.zeros(GRID)[:, None] + np.arange(GRID)[None, :]],
        order=1, mode="nearest")
    beyond = np.maximum(0, np.maximum(-at, at - (len(stack) - 1)))
    return (picture * np.clip(1 - beyond / REACH, 0, 1)[:, None]).astype(np.float32)


def long_axes(pictures: list[Picture], per_stack: int, seed: int) -> list[Picture]:
    rng = np.random.default_rng(seed)
    no_crops = np.empty((0, 0, 0), np.float32)
    return [
        Picture(cut(stack, float(rng.uniform(0, 180))), no_crops, stack[0].data_set, f"cut-{i}", stack[0].subject,
                stack[0].series, "", "", short_axis=False)
        for stack in stacks(pictures)
        for i in range(per_stack)
    ]
