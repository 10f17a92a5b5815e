"""The preprocessing contract: from stored samples to the network's input.

The node does exactly the same in TypeScript (src/core/pixels/classifier-input.ts).
Every step commutes with the eight transforms of a picture, so that the whole
recogniser is equivariant and not only the network.
"""

from __future__ import annotations

import numpy as np

GRID = 128
SIZE = 64
PERCENTILES = (1.0, 99.5)
CROPS = (0.75, 0.6, 0.5)


def normalise(samples: np.ndarray) -> np.ndarray:
    """Clip to the percentiles of the slice and scale to 0..1; a constant picture is black."""
    values = samples.astype(np.float64)
    low, high = np.percentile(values, PERCENTILES)
    if high <= low:
        return np.zeros_like(values)
    return np.clip((values - low) / (high - low), 0.0, 1.0)


def area_weights(count: int, extent: float, side: float, cells: int = GRID) -> np.ndarray:
    """Share of each of `count` pixels, `extent` mm in all, in each cell of a centred side."""
    cell = side / cells
    cell_start = np.arange(cells)[:, None] * cell - side / 2
    pixel = extent / count
    pixel_start = np.arange(count)[None, :] * pixel - extent / 2
    overlap = np.minimum(cell_start + cell, pixel_start + pixel) - np.maximum(cell_start, pixel_start)
    return np.clip(overlap, 0.0, None) / cell


def to_grid(samples: np.ndarray, spacing: tuple[float, float] = (1.0, 1.0)) -> np.ndarray:
    """The picture on GRID x GRID square cells of its physical square; `spacing` is row, column."""
    rows, columns = samples.shape
    height, width = rows * spacing[0], columns * spacing[1]
    side = max(height, width)
    by_row = area_weights(rows, height, side)
    by_column = area_weights(columns, width, side)
    return (by_row @ normalise(samples) @ by_column.T).astype(np.float32)


def mask_to_grid(mask: np.ndarray) -> np.ndarray:
    """A mask as coverage 0..1 on the grid (square pixels)."""
    rows, columns = mask.shape
    side = max(rows, columns)
    covered = (mask > 0).astype(np.float64)
    return (area_weights(rows, rows, side) @ covered @ area_weights(columns, columns, side).T).astype(np.float32)


def crop_weights(fraction: float) -> np.ndarray:
    """Bilinear weights of SIZE samples over the central `fraction` of GRID cells."""
    span = fraction * GRID
    at = (np.arange(SIZE) + 0.5) * span / SIZE - 0.5 + (GRID - span) / 2
    at = np.clip(at, 0, GRID - 1)
    left = np.minimum(np.floor(at).astype(int), GRID - 2)
    weights = np.zeros((SIZE, GRID))
    weights[np.arange(SIZE), left] = 1 - (at - left)
    weights[np.arange(SIZE), left + 1] = at - left
    return weights


def crops(grid: np.ndarray, fractions: tuple[float, ...] = CROPS) -> np.ndarray:
    """[crops, SIZE, SIZE] central crops of one grid."""
    return np.stack([w @ grid @ w.T for w in map(crop_weights, fractions)]).astype(np.float32)
