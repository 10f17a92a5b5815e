"""What the node makes of a slice: the outputs over its crops, then calibrated and pooled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from net import Recogniser
from tensors import Picture

Array = np.ndarray


@dataclass(frozen=True)
class Raw:
    """Means over the crops, one row per slice; of the SAX logit the least."""

    log_probabilities: Array  # [N,8]
    sax_logit: Array  # [N]
    angle_degrees: Array  # [N,8]
    kind_logits: Array  # [N,3]
    quality_logits: Array  # [N,5]


def run(model: Recogniser, crops: Array, batch: int = 32) -> Raw:
    """Of pictures' crops [N, crops, SIZE, SIZE]."""
    count = crops.shape[1]
    flat = torch.from_numpy(np.ascontiguousarray(crops, np.float32)).flatten(0, 1)[:, None]
    found: list[tuple[torch.Tensor, ...]] = []
    for start in range(0, len(flat), batch * count):
        with torch.no_grad():
            found.append(model(flat[start : start + batch * count]))
    outputs = (torch.cat(parts).numpy() for parts in zip(*found))
    logs, sax, angles, kinds, qualities = (values.reshape(-1, count, *values.shape[1:]) for values in outputs)
    return Raw(logs.mean(axis=1), sax.min(axis=1), angles.mean(axis=1), kinds.mean(axis=1), qualities.mean(axis=1))


def raw_outputs(model: Recogniser, pictures: list[Picture]) -> Raw:
    return run(model, np.stack([p.crops for p in pictures]))


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
    logs = by_position(np.log(np.clip(per_slice, 1e-4, 1)), positions)
    return softmax(logs.sum(axis=0) / max(1.0, min(correlation, len(logs))))


def series_sax(per_slice: Array, positions: list[str]) -> float:
    """Of the better half of the positions: apex and base look like nothing much."""
    best = np.sort(by_position(per_slice, positions))[::-1]
    return float(best[: (len(best) + 1) // 2].mean())
