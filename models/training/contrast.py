"""Contrast randomisation of one 64 x 64 crop: cine is what there is most of, LGE and T2 must be reached too."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

Array = np.ndarray
Random = np.random.Generator

PERCENTILES_OF_A_CROP = (0.5, 99.8)


def gamma(z: Array, rng: Random) -> Array:
    return z ** np.exp(rng.uniform(-0.8, 0.9))


def monotone(z: Array, rng: Random) -> Array:
    levels = np.concatenate([[0], np.cumsum(rng.exponential(1.0, 6))])
    return np.interp(z, np.linspace(0, 1, 7), levels / levels[-1])


def non_monotone(z: Array, rng: Random) -> Array:
    return np.interp(z, np.linspace(0, 1, 6), rng.uniform(0, 1, 6))


def steps(z: Array, rng: Random) -> Array:
    """A few tissue classes with levels of their own, softened."""
    count = int(rng.integers(3, 7))
    edges = np.sort(rng.uniform(0, 1, count - 1))
    flat = rng.uniform(0, 1, count)[np.digitize(z, edges)]
    return 0.8 * ndimage.gaussian_filter(flat, 0.6) + 0.2 * z


def ring_of(mask: Array) -> Array:
    inside = mask > 0.5
    width = max(2, int(round(0.35 * np.sqrt(inside.sum() / np.pi))))
    return ndimage.binary_dilation(inside, iterations=width) & ~ndimage.binary_dilation(inside)


def tissue(z: Array, mask: Array, rng: Random) -> tuple[Array, str]:
    """Give blood and myocardium of a cine the levels of another sequence: LGE-like, black blood, or any."""
    ring = ring_of(mask)
    inside = mask > 0.5
    if inside.sum() < 8 or ring.sum() < 8:
        return monotone(z, rng), ""
    blood, muscle = np.median(z[inside]), np.percentile(z[ring], 35)
    if blood - muscle < 0.05:
        return monotone(z, rng), ""
    drawn = rng.random()
    if drawn < 0.45:  # nulled muscle, bright blood and fat, lung not darker than muscle
        kind, levels = "LGE", [rng.uniform(0, 0.35), rng.uniform(0, 0.2), rng.uniform(0.45, 0.9), rng.uniform(0.6, 1)]
    elif drawn < 0.85:  # black blood: muscle brighter than blood
        kind, levels = "T2", [rng.uniform(0, 0.1), rng.uniform(0.3, 0.7), rng.uniform(0, 0.3), rng.uniform(0.5, 1)]
    else:
        kind, levels = "", list(rng.uniform(0, 1, 4))
    anchors = [0.0, max(muscle, 0.02), max(blood, muscle + 0.05), max(1.0, blood + 0.1)]
    return np.interp(z, anchors, levels), kind


def scar(z: Array, mask: Array, rng: Random) -> Array:
    """A few bright blobs within the ring of myocardium."""
    where = np.argwhere(ring_of(mask))
    if len(where) < 8:
        return z
    out, (yy, xx) = z.copy(), np.mgrid[0:64, 0:64]
    for y, x in where[rng.integers(0, len(where), int(rng.integers(1, 4)))]:
        size = rng.uniform(1, 4)
        out += rng.uniform(0.2, 0.8) * np.exp(-((yy - y) ** 2 + (xx - x) ** 2) / (2 * size * size)) * ring_of(mask)
    return np.clip(out, 0, 1)


def change_levels(z: Array, mask: Array, rng: Random, kind: str) -> tuple[Array, str]:
    """Other grey levels, and which sequence the picture then looks like, as far as that is known."""
    drawn = rng.random()
    if drawn < 0.1:
        return z, kind
    if drawn < 0.60:
        out = gamma(z, rng)
        return (1 - out, "") if rng.random() < 0.12 else (out, kind)
    if drawn < 0.70:
        return monotone(z, rng), ""
    if drawn < 0.75:
        return non_monotone(z, rng), ""
    if drawn < 0.95:
        return tissue(z, mask, rng) if kind == "cine" else (monotone(z, rng), "")
    return steps(z, rng), ""


def degrade(z: Array, rng: Random) -> Array:
    """Coil shading, blur, wrap-around and noise."""
    low = rng.normal(0, 1, (3, 3))
    field = ndimage.zoom(low, 64 / 3, order=1)[:64, :64]
    out = z * np.exp(rng.uniform(0, 0.5) * field)
    if rng.random() < 0.2:
        out = ndimage.uniform_filter(out, 3)
    if rng.random() < 0.1:
        axis, band = int(rng.integers(0, 2)), int(rng.integers(4, 20))
        edge = np.roll(out, 32 if rng.random() < 0.5 else -32, axis)
        keep = np.zeros(64)
        keep[:band] = keep[-band:] = rng.uniform(0.2, 0.8)
        out = out + edge * (keep[:, None] if axis == 0 else keep[None, :])
    out = out + rng.normal(0, 1, z.shape) * 0.08 * rng.random() ** 2
    return np.clip(out, 0, None)


def randomise(z: Array, mask: Array, rng: Random, kind: str = "") -> tuple[Array, str]:
    """One crop 0..1 of a sequence kind in another contrast, 0..1 again, and the kind that it then shows."""
    out = scar(z, mask, rng) if rng.random() < 0.1 else z
    out, seen = change_levels(np.clip(out, 0, 1), mask, rng, kind)
    out = degrade(out, rng)
    low, high = np.percentile(out, PERCENTILES_OF_A_CROP)
    return np.clip((out - low) / max(high - low, 1e-3), 0, 1) * rng.uniform(0.4, 1), seen
