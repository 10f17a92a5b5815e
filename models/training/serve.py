"""What the node makes of a slice: the raw outputs meaned over the crops, then calibrated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from data import Slice
from net import Recogniser
from preprocess import CROPS, crops

Array = np.ndarray


@dataclass(frozen=True)
class Raw:
    """Means over the crops, one row per slice."""

    log_probabilities: Array
    sax_logit: Array


def run(model: Recogniser, pictures: list[Array], batch: int = 64) -> tuple[Array, Array]:
    logs, logits = [], []
    for start in range(0, len(pictures), batch):
        with torch.no_grad():
            image = torch.from_numpy(np.stack(pictures[start : start + batch]).astype(np.float32))[:, None]
            log_probabilities, sax = model(image)
        logs.append(log_probabilities.numpy())
        logits.append(sax.numpy())
    return np.concatenate(logs), np.concatenate(logits)


def mean_over_crops(logs: Array, logits: Array) -> Raw:
    count = len(CROPS)
    return Raw(logs.reshape(-1, count, 8).mean(axis=1), logits.reshape(-1, count).mean(axis=1))


def raw_outputs(model: Recogniser, slices: list[Slice]) -> Raw:
    return mean_over_crops(*run(model, [crop for item in slices for crop in crops(item.grid)]))


def softmax(logits: Array) -> Array:
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def slice_probabilities(raw: Raw, temperature: float) -> Array:
    return softmax(raw.log_probabilities / temperature)


def sax_probability(raw: Raw, scale: float, offset: float) -> Array:
    return 1 / (1 + np.exp(-(raw.sax_logit * scale + offset)))


def by_position(values: Array, positions: list[str]) -> Array:
    """Phases of one slice position count once: their mean."""
    names = np.array(positions)
    return np.stack([values[names == name].mean(axis=0) for name in dict.fromkeys(positions)])


def series_probabilities(per_slice: Array, positions: list[str], correlation: float) -> Array:
    """Slices of one series are not independent: `correlation` of them count as one witness."""
    logs = by_position(np.log(np.clip(per_slice, 1e-6, 1)), positions)
    return softmax(logs.sum(axis=0) / max(1.0, min(correlation, len(logs))))


def series_sax(per_slice: Array, positions: list[str]) -> float:
    """Of the better half of the positions: apex and base look like nothing much."""
    best = np.sort(by_position(per_slice, positions))[::-1]
    return float(best[: (len(best) + 1) // 2].mean())
