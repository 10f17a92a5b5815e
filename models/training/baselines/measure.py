"""Accuracy over the eight codes, and Dice, on subjects that trained nothing; intervals by drawing subjects anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

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


@dataclass
class Subject:
    """What was found in one subject, over all slices and codes."""

    right: list[bool] = field(default_factory=list)
    wrong_confidence: list[float] = field(default_factory=list)
    shared: Array = field(default_factory=lambda: np.zeros(len(STRUCTURES)))  # pixels of both masks
    total: Array = field(default_factory=lambda: np.zeros(len(STRUCTURES)))  # pixels of the one and of the other

    def add_answer(self, log_p: Tensor, code: int) -> None:
        hit = int(log_p.argmax()) == code
        self.right.append(hit)
        if not hit:
            self.wrong_confidence.append(float(log_p.max().exp()))

    def add_masks(self, logits: Tensor, true: Tensor, drawn: Array) -> None:
        found, true = (logits > 0).float(), (true > 0.5).float()
        self.shared += (found * true).sum(dim=(1, 2)).numpy() * drawn
        self.total += (found + true).sum(dim=(1, 2)).numpy() * drawn


def subjects_of(net: nn.Module, pictures: Sequence[Picture], kind: str) -> list[Subject]:
    device = next(net.parameters()).device
    found: dict[str, Subject] = defaultdict(Subject)
    for part, batch in batches(net, pictures, kind):
        with torch.no_grad():
            answers, masks = net(batch.images.to(device))
        for i, picture in enumerate(part):
            if not picture.near_border:  # either neighbour is right there
                found[picture.subject].add_answer(answers[i].cpu(), int(batch.codes[i]))
            if masks is not None:
                found[picture.subject].add_masks(masks[i].cpu(), batch.masks[i], drawn_structures(picture))
    return list(found.values())


def interval(values: Array, weights: Array) -> Figure:
    """Weighted mean of the subjects, with 95 % of the means of as many subjects drawn with repetition."""
    drawn = np.random.default_rng(5).integers(0, len(values), (REDRAWS, len(values)))
    means = (values * weights)[drawn].sum(axis=1) / weights[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    mean = float((values * weights).sum() / weights.sum())
    return {"mean": round(mean, 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def accuracy(subjects: list[Subject]) -> Figure:
    """Share of the eight copies of every slice whose code was found, without hearts near the border of two codes."""
    asked = [s for s in subjects if s.right]
    if not asked:
        return {"subjects": 0, "slices": 0}
    wrong = [p for s in asked for p in s.wrong_confidence]
    answers = np.array([len(s.right) for s in asked])
    return {
        "subjects": len(asked), "slices": int(answers.sum()) // CODES,
        **interval(np.array([np.mean(s.right) for s in asked]), answers),
        "wrongWithProbabilityAbove0.9": round(float(np.mean(np.array(wrong) > 0.9)), 3) if wrong else None,
    }


def dice(subjects: list[Subject]) -> dict[str, Figure]:
    """Of each structure that was drawn, pooled over the slices and codes of a subject; the mean of the subjects."""
    figures: dict[str, Figure] = {}
    for index, name in enumerate(STRUCTURES):
        values = np.array([2 * s.shared[index] / s.total[index] for s in subjects if s.total[index] > 0])
        if len(values):
            figures[name] = {"subjects": len(values), **interval(values, np.ones(len(values)))}
    return figures


def contrasts(hearts: Hearts) -> list[tuple[str, str, list[Picture]]]:
    """Label, kind and pictures of all that a set can measure: a phantom has its own contrast, a real cine gets all."""
    if not hearts.data_set.kind:
        return [(f"simulated {kind}", kind, [p for p in hearts.held_out if p.kind == kind]) for kind in KINDS]
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
            subjects = subjects_of(net, pictures, kind)
            figure: Figure = {"accuracy": accuracy(subjects)}
            if found := dice(subjects):
                figure["dice"] = found
            report[f"{hearts.data_set.folder}: {label}"] = figure
    return report
