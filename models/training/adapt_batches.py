"""What a model that is adapted to a site is shown at each step."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

from adapt_split import hearts, others
from augment import View, black_windows, coordinates, random_view, sample, turn_code, wide_enough
from contrast import randomise
from negatives import pretend_mask, synthetic, whole_picture
from net import ANGLE_BIAS_DEGREES, SECTOR_CENTRE_DEGREES, Recogniser
from serve import raw_outputs
from tensors import CROPS, GRID, Picture

Array = np.ndarray
Random = np.random.Generator

TURN_DEGREES = 15.0  # of a picture for training, either way: less than makes another code of it
# The in-plane angle that the served model tells of a picture in the middle of the sector.
MIDDLE_DEGREES = SECTOR_CENTRE_DEGREES - ANGLE_BIAS_DEGREES
GREATEST_OFF_CENTRE = 60.0


def with_angles(pictures: list[Picture], model: Recogniser) -> list[Picture]:
    """Where nobody knows the in-plane angle, the base's own, of the whole series: it is not what is to be changed."""
    unknown: dict[str, list[Picture]] = defaultdict(list)
    for picture in pictures:
        if picture.degrees is None:
            unknown[picture.series].append(picture)
    found: dict[str, float] = {}
    for series, members in unknown.items():
        off_centre = float(np.median(raw_outputs(model, members).angle_degrees[:, 0])) - MIDDLE_DEGREES
        found[series] = MIDDLE_DEGREES + float(np.clip(off_centre, -GREATEST_OFF_CENTRE, GREATEST_OFF_CENTRE))
    return [replace(p, degrees=found[p.series]) if p.degrees is None else p for p in pictures]


def heart_crop(picture: Picture, rng: Random) -> tuple[Array, float]:
    """A crop that still shows code 000, and its angle off the sector's centre: half of them nearly as the node serves it,
    half in another view and contrast."""
    turn = float(rng.uniform(-TURN_DEGREES, TURN_DEGREES))
    assert picture.degrees is not None
    off_centre = picture.degrees + turn - MIDDLE_DEGREES
    if rng.random() < 0.5:
        row, column = (GRID - 1) / 2 + rng.uniform(-0.03, 0.03, 2) * GRID
        side = float(rng.choice(CROPS)) * float(np.exp(rng.uniform(-0.1, 0.1)))
        return sample(picture.grid, coordinates(View(row, column, side, turn, 1.0), None)), off_centre
    drawn = picture.ventricle
    seen = drawn is not None and drawn.sum() > 4
    view = random_view(rng, turn, ndimage.center_of_mass(drawn) if seen else None)
    at = coordinates(view if seen else wide_enough(view), rng)
    mask = sample(drawn, at) if seen else pretend_mask(rng)
    return randomise(sample(picture.grid, at), mask, rng, picture.kind)[0] * black_windows(rng), off_centre


def any_crop(picture: Picture, rng: Random) -> Array:
    crop = whole_picture(picture.grid, rng)
    return turn_code(randomise(crop, pretend_mask(rng), rng)[0] * black_windows(rng), rng)


@dataclass(frozen=True)
class Batch:
    hearts: Tensor  # [B,1,SIZE,SIZE], code 000
    off_centre: Tensor  # [B] degrees
    negatives: Tensor  # [M,1,SIZE,SIZE]: no short axes
    anything: Tensor  # [K,1,SIZE,SIZE]: of which only the base's word is known


class Drawer:
    """Draws subjects alike, whatever number of pictures they have."""

    def __init__(self, pictures: list[Picture], count: int, other_count: int) -> None:
        self.count, self.other_count = count, other_count
        self.hearts = by_subject(hearts(pictures))
        self.negatives = by_subject(others(pictures))

    def batch(self, rng: Random) -> Batch:
        drawn = [heart_crop(one_of(self.hearts, rng), rng) for _ in range(self.count)]
        others = self.other_count if self.negatives else 0
        negatives = [any_crop(one_of(self.negatives, rng), rng) for _ in range(others)]
        anything = [
            synthetic(rng)[0] if rng.random() < 0.3 else any_crop(one_of(self.hearts, rng), rng)
            for _ in range(self.other_count)
        ]
        off_centre = torch.tensor([off for _, off in drawn], dtype=torch.float32)
        return Batch(stacked([crop for crop, _ in drawn]), off_centre, stacked(negatives), stacked(anything))


def by_subject(pictures: list[Picture]) -> list[list[Picture]]:
    found: dict[str, list[Picture]] = defaultdict(list)
    for picture in pictures:
        found[picture.subject].append(picture)
    return list(found.values())


def one_of(groups: list[list[Picture]], rng: Random) -> Picture:
    group = groups[rng.integers(len(groups))]
    return group[rng.integers(len(group))]


def stacked(crops: list[Array]) -> Tensor:
    return torch.from_numpy(np.stack(crops).astype(np.float32))[:, None] if crops else torch.zeros(0)
