"""Temperature of the orientation and scale of the SAX score, on subjects that no weight saw."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import optimize

import data as sets
from augment import heart_crop, turn_code
from group import LABELS
from negatives import Negatives
from net import Recogniser
from serve import run, softmax

DRAWS = 4


@dataclass(frozen=True)
class Calibration:
    temperature: float
    sax_scale: float
    sax_offset: float


def hard_pictures(data: Path) -> tuple[list[np.ndarray], np.ndarray]:
    """Held-out hearts under strong augmentation: plain, every one of them is right and tells nothing."""
    rng = np.random.default_rng(7)
    _, hearts = sets.split(sets.sunnybrook_sax(data))
    drawn = [heart_crop(h.grid, h.mask, rng) for h in hearts for _ in range(DRAWS)]
    return [d[0] for d in drawn], np.stack([d[1] for d in drawn])


def fit_temperature(log_probabilities: np.ndarray, labels: np.ndarray) -> float:
    def loss(log_t: float) -> float:
        p = softmax(log_probabilities / np.exp(log_t))
        return float(-(labels * np.log(np.clip(p, 1e-12, 1))).sum(axis=1).mean())

    return float(np.exp(optimize.minimize_scalar(loss, bounds=(-2, 2), method="bounded").x))


def fit_sax(logits: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    def loss(v: np.ndarray) -> float:
        z = logits * v[0] + v[1]
        return float(np.mean(np.logaddexp(0, z) - truth * z))

    scale, offset = optimize.minimize(loss, [1.0, 0.0], method="Nelder-Mead").x
    return float(scale), float(offset)


def calibrate(model: Recogniser, data: Path) -> Calibration:
    rng = np.random.default_rng(8)
    pictures, labels = hard_pictures(data)
    log_probabilities, positive = run(model, pictures)
    _, scouts = sets.split_localizers(sets.localizers(data))
    _, hearts = sets.split(sets.sunnybrook_sax(data))
    negatives = Negatives(scouts, [], hearts)
    _, negative = run(model, [negatives.draw(rng) for _ in pictures])
    logits = np.concatenate([positive, negative])
    truth = np.concatenate([np.ones(len(positive)), np.zeros(len(negative))])
    scale, offset = fit_sax(logits, truth)
    assert log_probabilities.shape[1] == len(LABELS)
    return Calibration(fit_temperature(log_probabilities, labels), scale, offset)
