"""Trains one stage: some layers, some kinds of picture, so many steps."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from .batches import Batch, in_codes, upright
from .hearts import Deck

BATCH = 32
REPORT_EVERY = 100
log = logging.getLogger("baselines")


@dataclass(frozen=True)
class Stage:
    """What is trained in it; `loss` is that of the whole network where none is named."""

    name: str
    kinds: dict[str, float]  # share of each kind of picture
    layers: tuple[nn.Module, ...]
    steps: int
    rate: float
    loss: Callable[[Batch], Tensor] | None = None


def draw_batch(deck: Deck, kinds: dict[str, float], size: int, rng: np.random.Generator) -> Batch:
    wanted = [str(kind) for kind in rng.choice(list(kinds), BATCH, p=list(kinds.values()))]
    pictures = [deck.draw(kind, rng) for kind in wanted]
    codes = [int(code) for code in rng.integers(0, 8, BATCH)]
    return in_codes(upright(pictures, wanted, size, rng, augmented=True), codes, pictures)


def on_device(batch: Batch, device: torch.device) -> Batch:
    return Batch(batch.images.to(device), batch.codes.to(device), batch.masks.to(device), batch.drawn.to(device))


def fit(net: nn.Module, stage: Stage, deck: Deck, rng: np.random.Generator) -> None:
    """Layers outside the stage stay as they are, their running statistics too."""
    device = next(net.parameters()).device
    net.eval().requires_grad_(False)
    for layer in stage.layers:
        layer.train().requires_grad_(True)
    trained = [p for p in net.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=stage.rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, stage.steps)
    objective = stage.loss or net.loss
    mean, start = 0.0, time.monotonic()
    for step in range(1, stage.steps + 1):
        loss = objective(on_device(draw_batch(deck, stage.kinds, net.size, rng), device))
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        schedule.step()
        mean += (loss.item() - mean) * max(0.02, 1 / step)
        if step % REPORT_EVERY == 0 or step == stage.steps:
            spent = time.monotonic() - start
            log.info("%s: step %d of %d, loss %.4f, %.0f s", stage.name, step, stage.steps, mean, spent)
    net.eval()
