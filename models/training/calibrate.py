"""Temperatures, pooling and the scale of the SAX score, on subjects that no weight saw, in shifted contrasts and angles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage, optimize

from augment import View, coordinates, sample, sector_label
from contrast import randomise
from negatives import pretend_mask
from net import KINDS, QUALITIES, SECTOR_CENTRE_DEGREES, Recogniser
from sets import TRAINS_OPEN
from serve import Raw, raw_outputs, run, softmax
from tensors import CROPS, GRID, Picture

DRAWS = 4
# Angles at which most patients lie in the sector, about the middle: the label is hard there.
SPREAD_DEGREES = 30.0
# Whatever reaches the SAX score was called a short axis by its header: of twelve such series, eleven are.
PRIOR_ODDS = 11.0


@dataclass(frozen=True)
class Calibration:
    temperature: float
    kind_temperature: float
    quality_temperature: float
    sax_scale: float
    sax_offset: float


@dataclass(frozen=True)
class Drawn:
    """Outputs of pictures in random contrasts, and what is true of them."""

    raw: Raw
    labels: np.ndarray  # [N,8]
    kinds: np.ndarray  # [N] index or -1


def served_crops(item: Picture, degrees: float, rng: np.random.Generator) -> tuple[np.ndarray, str]:
    """The crops of one slice as the node would cut them, in one and the same random contrast."""
    zoom = float(np.exp(rng.uniform(np.log(0.7), np.log(1.2))))
    row, column = (GRID - 1) / 2 + rng.uniform(-0.06, 0.06, 2) * GRID
    seed = int(rng.integers(2**31))
    out, kind = [], ""
    for fraction in CROPS:
        at = coordinates(View(row, column, fraction * zoom, degrees, 1.0), None)
        again = np.random.default_rng(seed)
        mask = pretend_mask(again) if item.ventricle is None else sample(item.ventricle, at)
        changed, kind = randomise(sample(item.grid, at), mask, again, item.kind)
        out.append(changed.astype(np.float32))
    return np.stack(out), kind


def near_picture_centre(item: Picture) -> bool:
    drawn = item.ventricle
    if drawn is None or drawn.sum() < 4:
        return drawn is None
    return bool(np.abs(np.array(ndimage.center_of_mass(drawn)) - GRID / 2).max() < GRID / 5)


def draw(model: Recogniser, pictures: list[Picture], rng: np.random.Generator) -> Drawn:
    crops, labels, kinds = [], [], []
    for item in [p for p in pictures if near_picture_centre(p)] * DRAWS:
        off_centre = float(rng.uniform(-SPREAD_DEGREES, SPREAD_DEGREES))
        turn = SECTOR_CENTRE_DEGREES + off_centre - (item.degrees or 0.0)
        served, kind = served_crops(item, turn, rng)
        crops.append(served)
        labels.append(sector_label(off_centre))
        kinds.append(KINDS.index(kind) if kind in KINDS else -1)
    return Drawn(run(model, np.stack(crops)), np.stack(labels), np.array(kinds))


def fit_temperature(logits: np.ndarray, truth: np.ndarray) -> float:
    """`truth`: soft labels of the same shape, or indices; -1 is unknown."""
    if truth.ndim == 1:
        logits, truth = logits[truth >= 0], np.eye(logits.shape[1])[truth[truth >= 0]]

    def loss(log_t: float) -> float:
        p = softmax(logits / np.exp(log_t))
        return float(-(truth * np.log(np.clip(p, 1e-12, 1))).sum(axis=1).mean())

    return float(np.exp(optimize.minimize_scalar(loss, bounds=(-2, 2), method="bounded").x))


def fit_sax(positive: np.ndarray, negative: np.ndarray) -> tuple[float, float]:
    def loss(v: np.ndarray) -> float:
        missed = np.logaddexp(0, -(positive * v[0] + v[1])).mean()
        taken = np.logaddexp(0, negative * v[0] + v[1]).mean()
        return float(missed + taken)

    scale, offset = optimize.minimize(loss, [1.0, 0.0], method="Nelder-Mead").x
    return float(scale), float(offset + np.log(PRIOR_ODDS))


def quality_truth(picture: Picture) -> int:
    return QUALITIES.index(picture.quality or "heart")


def calibrate(model: Recogniser, held_out: dict[str, list[Picture]]) -> Calibration:
    """On the held-out subjects of the data sets of the open model alone: they may set numbers in either model."""
    rng = np.random.default_rng(7)
    mine = [p for name in TRAINS_OPEN for p in held_out.get(name, [])]
    hearts = [p for p in mine if p.short_axis and p.code and p.quality in ("", "heart") and not p.near_border]
    others = [p for p in mine if p.short_axis is False and p.quality not in ("blank", "noise")]
    drawn, shown = draw(model, hearts, rng), draw(model, others, rng)
    scale, offset = fit_sax(drawn.raw.sax_logit, shown.raw.sax_logit)
    rated = hearts + [p for p in mine if p.quality not in ("", "heart")]
    qualities = np.array([quality_truth(p) for p in rated])
    return Calibration(
        fit_temperature(drawn.raw.log_probabilities, drawn.labels),
        fit_temperature(drawn.raw.kind_logits, drawn.kinds),
        fit_temperature(raw_outputs(model, rated).quality_logits, qualities),
        scale, offset)
