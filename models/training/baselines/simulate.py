"""Simulated LGE and T2: a cine whose tissues get the grey levels of the other sequence.

There is no LGE or T2-weighted short axis with labels and a permissive licence. Every figure on these pictures must be
called simulated.
"""

from __future__ import annotations

import numpy as np

from contrast import monotone, ring_of

Array = np.ndarray
Random = np.random.Generator

# Ranges of the levels that air, myocardium, blood and fat get.
LEVELS = {
    "LGE": ((0.0, 0.35), (0.0, 0.2), (0.45, 0.9), (0.6, 1.0)),  # nulled myocardium
    "T2": ((0.0, 0.1), (0.3, 0.7), (0.0, 0.3), (0.5, 1.0)),  # black blood
}
LEAST_PIXELS = 8
LEAST_CONTRAST = 0.05


def scarred(picture: Array, ring: Array, rng: Random) -> Array:
    """One to three bright blobs in the myocardium."""
    where = np.argwhere(ring)
    rows, columns = np.indices(picture.shape)
    out = picture.copy()
    for row, column in where[rng.integers(0, len(where), int(rng.integers(1, 4)))]:
        size = rng.uniform(0.02, 0.06) * len(picture)
        blob = np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * size * size))
        out += rng.uniform(0.2, 0.8) * blob * ring
    return np.clip(out, 0, 1)


def simulated(picture: Array, ventricle: Array, kind: str, rng: Random) -> Array:
    """A cine 0..1 in another contrast, by its left ventricle; without one, other grey levels in the same order."""
    inside, ring = ventricle > 0.5, ring_of(ventricle)
    if inside.sum() < LEAST_PIXELS or ring.sum() < LEAST_PIXELS:
        return monotone(picture, rng)
    blood, muscle = np.median(picture[inside]), np.percentile(picture[ring], 35)
    if blood - muscle < LEAST_CONTRAST:
        return monotone(picture, rng)
    levels = [rng.uniform(low, high) for low, high in LEVELS[kind]]
    out = np.interp(picture, [0.0, max(muscle, 0.02), max(blood, muscle + 0.05), max(1.0, blood + 0.1)], levels)
    if kind == "LGE" and rng.random() < 0.5:
        out = scarred(out, ring, rng)
    return np.clip(out + rng.normal(0, 0.02, out.shape), 0, 1)
