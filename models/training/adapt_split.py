"""Who trains, who chooses and who measures, when a model is adapted to a site: whole subjects, by chance of a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tensors import Picture

LEAST_TRAINING = 2
LEAST_SUBJECTS = LEAST_TRAINING + 2  # and one that chooses, one that measures
CHOOSING_SHARE = 0.25  # of the subjects that are not held back


class TooFewSubjects(Exception):
    pass


@dataclass(frozen=True)
class Parts:
    """Pictures by what they are for; no subject is in two of them."""

    train: list[Picture]
    choose: list[Picture]
    held_back: list[Picture]

    def counts(self) -> dict[str, dict[str, int]]:
        named = {"train": self.train, "choose": self.choose, "heldBack": self.held_back}
        return {
            name: {"subjects": len({p.subject for p in hearts(found)}), "shortAxes": len(hearts(found)),
                   "others": len(others(found))}
            for name, found in named.items()
        }


def hearts(pictures: list[Picture]) -> list[Picture]:
    """Short axes of the heart of which somebody said which of the eight they are."""
    return [p for p in pictures if p.short_axis and p.code and p.quality in ("", "heart")]


def others(pictures: list[Picture]) -> list[Picture]:
    """What somebody said is no short axis."""
    return [p for p in pictures if p.short_axis is False]


def sizes(count: int, share: float) -> tuple[int, int, int]:
    """How many of so many subjects train, choose and are held back."""
    held = int(count * share + 0.5)
    choosing = max(1, int((count - held) * CHOOSING_SHARE))
    return count - held - choosing, choosing, held


def is_enough(count: int, share: float) -> bool:
    training, _, held = sizes(count, share)
    return count >= LEAST_SUBJECTS and training >= LEAST_TRAINING and held >= 1


def split(pictures: list[Picture], share: float, seed: int) -> Parts:
    """Subjects without a heart to train on are divided by the same shares."""
    rng = np.random.default_rng(seed)
    with_heart = {p.subject for p in hearts(pictures)}
    if not is_enough(len(with_heart), share):
        needed = next(count for count in range(LEAST_SUBJECTS, 10_000) if is_enough(count, share))
        raise TooFewSubjects(
            f"there are short axes with a code of {len(with_heart)} subjects; with {share:g} of them held back, "
            f"at least {needed} subjects are needed")
    part_of: dict[str, int] = {}
    for group in (sorted(with_heart), sorted({p.subject for p in pictures} - with_heart)):
        training, choosing, _ = sizes(len(group), share)
        for place, i in enumerate(rng.permutation(len(group))):
            part_of[group[i]] = 0 if place < training else 1 if place < training + choosing else 2
    return Parts(*([p for p in pictures if part_of[p.subject] == part] for part in range(3)))
