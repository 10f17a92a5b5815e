"""The pictures that train the baselines and those that only measure them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sets import load_sets
from tensors import STRUCTURES, Picture

KINDS = ("cine", "LGE", "T2")


@dataclass(frozen=True)
class DataSet:
    """A folder of tensors: what it shows, how much of the training it is, and what a manifest calls it."""

    folder: str
    kind: str  # empty: as its index says
    share: float = 0.0
    source: str = ""


# Permissive licences only: who is not in this table never trains, whatever lies among the tensors.
TRAINING = (
    DataSet("sunnybrook-sax", "cine", 0.5, "Sunnybrook Cardiac Data, short-axis cine (CC0-1.0)"),
    DataSet("autofd", "cine", 0.2, "UK-Digital-Heart-Project/AutoFD (MIT)"),
    DataSet("phantoms", "", 0.3, "phantoms of this repository"),
)
# Non-commercial licences: they measure and nothing else.
MEASURING = (DataSet("acdc-cine", "cine"), DataSet("emidec-lge", "LGE"))


@dataclass(frozen=True)
class Hearts:
    """The short axes of one set, in the standard picture, split by subject."""

    data_set: DataSet
    seen: list[Picture]
    held_out: list[Picture]


def usable(data_set: DataSet, pictures: list[Picture]) -> list[Picture]:
    """Short axes of known code; where the left ventricle was looked for, it was found."""
    kinds = [replace(p, kind=data_set.kind or p.kind) for p in pictures]
    hearts = [p for p in kinds if p.code and p.short_axis is not False and p.kind in KINDS]
    return [p for p in hearts if p.ventricle is None or p.ventricle.max() > 0.5]


def read_all(tensors: Path) -> tuple[list[Hearts], list[Hearts]]:
    """The sets among the tensors that train, and those that only measure; split as for the default model."""
    found = load_sets(tensors, "orientation-open")
    return tuple([
        Hearts(d, usable(d, found.train.get(d.folder, [])), usable(d, found.held_out.get(d.folder, [])))
        for d in table if d.folder in found.train or d.folder in found.held_out
    ] for table in (TRAINING, MEASURING))


class Deck:
    """Draws training pictures: first the set by its share, then one of its pictures."""

    def __init__(self, sets: list[Hearts]) -> None:
        self.by_kind = {kind: [(h.data_set.share, f) for h in sets if (f := fitting(h, kind))] for kind in KINDS}
        if not all(self.by_kind.values()):
            raise SystemExit(f"The tensors of {', '.join(d.folder for d in TRAINING)} hold no short axes to train on")

    def draw(self, kind: str, rng: np.random.Generator) -> Picture:
        """A picture of that kind, or a cine that is to be given its contrast."""
        shares, pictures = zip(*self.by_kind[kind])
        drawn = pictures[int(rng.choice(len(shares), p=np.array(shares) / sum(shares)))]
        return drawn[int(rng.integers(len(drawn)))]


def fitting(hearts: Hearts, kind: str) -> list[Picture]:
    """Phantoms exist in every contrast; a real cine can be given any."""
    real = hearts.data_set.kind == "cine"
    return [p for p in hearts.seen if real or p.kind == kind]


def drawn_structures(picture: Picture) -> np.ndarray:
    return np.array([name in picture.masks for name in STRUCTURES])
