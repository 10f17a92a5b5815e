"""Temperature of the orientation and scale of the SAX score, on subjects that no weight saw."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage, optimize

import data as sets
from augment import CENTRE_DEGREES, View, sample, sector_label
from contrast import randomise
from negatives import pretend_mask
from net import Recogniser
from preprocess import CROPS, GRID
from serve import Raw, mean_over_crops, run, softmax

DRAWS = 4
# Angles at which patients lie in the sector, about the middle.
SPREAD_DEGREES = 40.0
# Whatever reaches the SAX score was called a short axis by its header: of twelve such series, eleven are.
# Chosen so that a threshold of one half keeps every real short-axis series that was looked at.
PRIOR_ODDS = 11.0


@dataclass(frozen=True)
class Calibration:
    temperature: float
    sax_scale: float
    sax_offset: float


def served_crops(item: sets.Slice, degrees: float, rng: np.random.Generator) -> list[np.ndarray]:
    """The crops of one slice as the node would cut them, in one and the same random contrast."""
    zoom = float(np.exp(rng.uniform(np.log(0.7), np.log(1.2))))
    row, column = (GRID - 1) / 2 + rng.uniform(-0.06, 0.06, 2) * GRID
    seed = int(rng.integers(2**31))
    out = []
    for fraction in CROPS:
        view = View(row, column, fraction * zoom, degrees, 1.0)
        again = np.random.default_rng(seed)
        mask = pretend_mask(again) if item.mask is None else sample(item.mask, view)
        out.append(randomise(sample(item.grid, view), mask, again).astype(np.float32))
    return out


def near_picture_centre(item: sets.Slice) -> bool:
    return item.mask is None or bool(np.abs(np.array(ndimage.center_of_mass(item.mask)) - GRID / 2).max() < GRID / 5)


def drawn(model: Recogniser, slices: list[sets.Slice], rng: np.random.Generator) -> tuple[Raw, np.ndarray]:
    """Outputs of DRAWS pictures of each slice, and the labels that their turns give them."""
    pictures, labels = [], []
    for item in [s for s in slices if near_picture_centre(s)] * DRAWS:
        off_centre = float(rng.uniform(-SPREAD_DEGREES, SPREAD_DEGREES))
        pictures += served_crops(item, CENTRE_DEGREES + off_centre, rng)
        labels.append(sector_label(off_centre))
    return mean_over_crops(*run(model, pictures)), np.stack(labels)


def fit_temperature(log_probabilities: np.ndarray, labels: np.ndarray) -> float:
    def loss(log_t: float) -> float:
        p = softmax(log_probabilities / np.exp(log_t))
        return float(-(labels * np.log(np.clip(p, 1e-12, 1))).sum(axis=1).mean())

    return float(np.exp(optimize.minimize_scalar(loss, bounds=(-2, 2), method="bounded").x))


def fit_sax(positive: np.ndarray, negative: np.ndarray) -> tuple[float, float]:
    def loss(v: np.ndarray) -> float:
        missed = np.logaddexp(0, -(positive * v[0] + v[1])).mean()
        taken = np.logaddexp(0, negative * v[0] + v[1]).mean()
        return float(missed + taken)

    scale, offset = optimize.minimize(loss, [1.0, 0.0], method="Nelder-Mead").x
    return float(scale), float(offset + np.log(PRIOR_ODDS))


def calibrate(model: Recogniser, data: Path) -> Calibration:
    rng = np.random.default_rng(7)
    _, hearts = sets.split(sets.sunnybrook_sax(data))
    _, scouts = sets.split_localizers(sets.localizers(data))
    raw, labels = drawn(model, hearts, rng)
    others, _ = drawn(model, scouts, rng)
    scale, offset = fit_sax(raw.sax_logit, others.sax_logit)
    return Calibration(fit_temperature(raw.log_probabilities, labels), scale, offset)
