"""Pictures as tensors: a small random view, the contrast that is asked for, one of the eight codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from tensors import STRUCTURES, Picture

from .hearts import drawn_structures
from .simulate import simulated

Random = np.random.Generator

DEGREES = 15.0
ZOOM = (0.75, 1.1)
ASPECT = 0.1
SHIFT = 0.08


@dataclass(frozen=True)
class Batch:
    """images [N,1,size,size]; codes [N]; masks [N,3,size,size], of which only those that were drawn count."""

    images: Tensor
    codes: Tensor
    masks: Tensor
    drawn: Tensor


def turned(pictures: Tensor, code: int) -> Tensor:
    """First transpose, then vertical flip, then horizontal flip, of the last two dimensions."""
    out = pictures.transpose(-1, -2) if code & 4 else pictures
    out = out.flip(-2) if code & 2 else out
    return out.flip(-1) if code & 1 else out


def random_views(count: int, rng: Random) -> Tensor:
    """[count,2,3] for affine_grid: a little turned, zoomed, shifted and stretched."""
    turn = np.deg2rad(rng.uniform(-DEGREES, DEGREES, count))
    zoom = np.exp(rng.uniform(np.log(ZOOM[0]), np.log(ZOOM[1]), count))
    aspect = np.exp(rng.uniform(-ASPECT, ASPECT, count))
    across, down = zoom * aspect, zoom / aspect
    shift = rng.uniform(-SHIFT, SHIFT, (2, count)) * 2
    x = [across * np.cos(turn), -down * np.sin(turn), shift[0]]
    y = [across * np.sin(turn), down * np.cos(turn), shift[1]]
    return torch.from_numpy(np.moveaxis(np.array([x, y]), 2, 0).astype(np.float32))


def planes_of(pictures: Sequence[Picture]) -> Tensor:
    """[N,4,grid,grid]: the picture and its three masks, zero where nobody drew."""
    empty = np.zeros_like(pictures[0].grid)
    return torch.from_numpy(np.stack([
        np.stack([p.grid, *(p.masks.get(name, empty) for name in STRUCTURES)]) for p in pictures
    ]))


def upright(pictures: Sequence[Picture], kinds: Sequence[str], size: int, rng: Random, augmented: bool) -> Tensor:
    """[N,4,size,size] in the standard picture; the whole square where nothing is augmented, as the node serves it."""
    planes = planes_of(pictures)
    if augmented:
        where = F.affine_grid(random_views(len(planes), rng), [len(planes), 1, size, size], align_corners=False)
        planes = F.grid_sample(planes, where, align_corners=False)
    else:
        planes = F.interpolate(planes, (size, size), mode="bilinear", align_corners=False)
    for i, (picture, kind) in enumerate(zip(pictures, kinds)):
        if picture.kind != kind:
            changed = simulated(planes[i, 0].numpy(), planes[i, 1].numpy(), kind, rng)
            planes[i, 0] = torch.from_numpy(changed.astype(np.float32))
    return planes


def in_codes(planes: Tensor, codes: Sequence[int], pictures: Sequence[Picture]) -> Batch:
    """Each upright picture in its code."""
    out = torch.stack([turned(plane, code) for plane, code in zip(planes, codes)])
    drawn = torch.from_numpy(np.stack([drawn_structures(p) for p in pictures])).float()
    return Batch(out[:, :1], torch.tensor(codes), out[:, 1:], drawn)
