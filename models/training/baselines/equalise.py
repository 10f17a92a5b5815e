"""The paper's preprocessing, inside the graph: truncation at 60, 80 and 100 % of the greatest value, each equalised."""

from __future__ import annotations

import torch
from torch import Tensor

BINS = 64
TRUNCATIONS = (0.6, 0.8)  # and 1, which is the picture itself
LEAST = 1e-6


def cumulative(levels: Tensor) -> Tensor:
    """[N,P] in 0..1 -> [N,BINS+1] share of the pixels above black that do not exceed k/BINS."""
    edges = torch.arange(BINS + 1, device=levels.device) / BINS
    below = (levels[:, None, :] <= edges[None, :, None]).to(levels.dtype).mean(dim=2)
    black = below[:, :1]
    return (below - black) / (1 - black).clamp(min=LEAST)


def equalised(image: Tensor) -> Tensor:
    """[N,1,S,S] -> [N,3,S,S] in -.5..+.5.

    A truncated picture has the same cumulative histogram below its truncation, and all that was cut off lies at 1: one
    histogram serves all three channels.
    """
    flat = image.flatten(1)
    levels = flat / flat.amax(dim=1, keepdim=True).clamp(min=LEAST)
    shares = cumulative(levels)
    at = levels * BINS
    left = at.floor().clamp(min=0, max=BINS - 1)
    lower, upper = (shares.gather(1, left.long() + step) for step in (0, 1))
    flattened = lower + (at - left) * (upper - lower)
    channels = [torch.where(levels >= cut, torch.ones_like(flattened), flattened) for cut in TRUNCATIONS]
    stacked = torch.stack([*channels, flattened], dim=1)
    return stacked.reshape(-1, 3, image.shape[2], image.shape[3]) - 0.5
