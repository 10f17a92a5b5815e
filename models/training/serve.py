"""What the node makes of a slice: the raw outputs meaned over the crops, then calibrated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from data import Slice
from net import Recogniser
from preprocess import crops

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


def raw_outputs(model: Recogniser, slices: list[Slice]) -> Raw:
    count = len(crops(slices[0].grid))
    logs, logits = run(model, [crop for item in slices for crop in crops(item.grid)])
    return Raw(logs.reshape(-1, count, 8).mean(axis=1), logits.reshape(-1, count).mean(axis=1))


def softmax(logits: Array) -> Array:
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def slice_probabilities(raw: Raw, temperature: float) -> Array:
    return softmax(raw.log_probabilities / temperature)


def sax_probability(raw: Raw, scale: float, offset: float) -> Array:
    return 1 / (1 + np.exp(-(raw.sax_logit * scale + offset)))


def series_probabilities(per_slice: Array, correlation: float) -> Array:
    """Slices of one series are not independent: their evidence is divided."""
    return softmax(np.log(np.clip(per_slice, 1e-12, 1)).sum(axis=0) / correlation)
