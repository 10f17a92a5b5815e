"""Accuracy over the eight codes, and Dice, on subjects that trained nothing; intervals by drawing subjects anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from tensors import STRUCTURES, Picture

from .batches import Batch, in_codes, upright
from .hearts import KINDS, Hearts, drawn_structures

Array = np.ndarray
Figure = dict[str, object]
AT_ONCE = 32
REDRAWS = 1000
CODES = 8


def batches(net: nn.Module, pictures: Sequence[Picture], kind: str) -> Iterator[tuple[list[Picture], Batch]]:
    """Every picture as the node would serve it, in each of the eight codes and one and the same contrast."""
    rng = np.random.default_rng(3)
    for start in range(0, len(pictures), AT_ONCE):
        part = list(pictures[start : start + AT_ONCE])
        planes = upright(part, [kind] * len(part), net.size, rng, augmented=False)
        for code in range(CODES):
            yield part, in_codes(planes, [code] * len(part), part)


def log_probabilities(net: nn.Module, pictures: Sequence[Picture], kind: str) -> tuple[Tensor, Tensor]:
    """[N*8,8] and the true codes [N*8]."""
    device = next(net.parameters()).device
    with torch.no_grad():
        parts = [(net(b.images.to(device))[0].cpu(), b.codes) for _, b in batches(net, pictures, kind)]
    return torch.cat([p for p, _ in parts]), torch.cat([c for _, c in parts])


def interval(values: Array, weights: Array) -> Figure:
    """Mean of what each subject contributes, with 95 % of the means of as many subjects drawn with repetition."""
    rng = np.random.default_rng(5)
    drawn = rng.integers(0, len(values), (REDRAWS, len(values)))
    means = (values * weights)[drawn].sum(axis=1) / weights[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    mean = float((values * weights).sum() / weights.sum())
    return {"mean": round(mean, 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def accuracy(net: nn.Module, pictures: Sequence[Picture], kind: str) -> Figure:
    """Share of the eight copies of every slice whose code was found; hearts near the border of two codes are left out."""
    device = next(net.parameters()).device
    right: dict[str, list[bool]] = defaultdict(list)
    sure_and_wrong = wrong = 0
    for part, batch in batches(net, [p for p in pictures if not p.near_border], kind):
        with torch.no_grad():
            confidence, found = net(batch.images.to(device))[0].cpu().exp().max(dim=1)
        for picture, hit, p in zip(part, (found == batch.codes).tolist(), confidence.tolist()):
            right[picture.subject].append(hit)
            wrong += not hit
            sure_and_wrong += not hit and p > 0.9
    shares = np.array([np.mean(hits) for hits in right.values()])
    slices = np.array([len(hits) / CODES for hits in right.values()])
    return {
        "subjects": len(right), "slices": int(slices.sum()), **interval(shares, slices),
        "wrongWithProbabilityAbove0.9": round(sure_and_wrong / wrong, 3) if wrong else None,
    }


def dice(net: nn.Module, pictures: Sequence[Picture], kind: str) -> dict[str, Figure]:
    """Of each structure that was drawn, pooled over the slices and codes of a subject, then the mean of the subjects."""
    device = next(net.parameters()).device
    shared: dict[str, Array] = defaultdict(lambda: np.zeros(len(STRUCTURES)))
    total: dict[str, Array] = defaultdict(lambda: np.zeros(len(STRUCTURES)))
    for part, batch in batches(net, [p for p in pictures if p.masks], kind):
        with torch.no_grad():
            found = (net(batch.images.to(device))[1].cpu() > 0).float()
        true = (batch.masks > 0.5).float()
        both, sum_of_both = (found * true).sum(dim=(2, 3)).numpy(), (found + true).sum(dim=(2, 3)).numpy()
        for i, picture in enumerate(part):
            drawn = drawn_structures(picture)
            shared[picture.subject] += both[i] * drawn
            total[picture.subject] += sum_of_both[i] * drawn
    figures: dict[str, Figure] = {}
    for index, name in enumerate(STRUCTURES):
        values = np.array([2 * shared[s][index] / total[s][index] for s in shared if total[s][index] > 0])
        if len(values):
            figures[name] = {"subjects": len(values), **interval(values, np.ones(len(values)))}
    return figures


def contrasts(hearts: Hearts) -> list[tuple[str, str, list[Picture]]]:
    """Label, kind and pictures of everything that one set can measure: a phantom its own contrast, a real cine all three."""
    if not hearts.data_set.kind:
        return [(f"{kind}, phantoms", kind, [p for p in hearts.held_out if p.kind == kind]) for kind in KINDS]
    own = hearts.data_set.kind
    asked = KINDS if hearts.data_set.share else (own,)
    return [(kind if kind == own else f"simulated {kind}", kind, hearts.held_out) for kind in asked]


def measure(net: nn.Module, sets: Sequence[Hearts]) -> dict[str, Figure]:
    """By set and contrast: accuracy, and Dice where the network segments."""
    report: dict[str, Figure] = {}
    for hearts in sets:
        for label, kind, pictures in contrasts(hearts):
            if not pictures:
                continue
            figure: Figure = {"accuracy": accuracy(net, pictures, kind)}
            if hasattr(net, "segmentation") and any(p.masks for p in pictures):
                figure["dice"] = dice(net, pictures, kind)
            report[f"{hearts.data_set.folder}: {label}"] = figure
    return report
