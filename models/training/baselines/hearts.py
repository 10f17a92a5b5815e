"""The pictures that train the baselines and those that only measure them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sets import at_rest, split
from tensors import STRUCTURES, Picture, load

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


def usable(picture: Picture) -> bool:
    """A short axis of known code; where the left ventricle was looked for, it was found."""
    empty = picture.ventricle is not None and picture.ventricle.max() <= 0.5
    return picture.code != "" and picture.short_axis is not False and picture.kind in KINDS and not empty


def read_hearts(tensors: Path, data_set: DataSet) -> Hearts:
    pictures = [at_rest(p) for p in load(tensors / data_set.folder)]
    seen, held_out = split(data_set.folder, pictures) if data_set.share else ([], pictures)
    parts = [[replace(p, kind=data_set.kind or p.kind) for p in part] for part in (seen, held_out)]
    return Hearts(data_set, *([p for p in part if usable(p)] for part in parts))


def read_all(tensors: Path, table: tuple[DataSet, ...]) -> list[Hearts]:
    """Those of the table that lie among the tensors."""
    return [read_hearts(tensors, data_set) for data_set in table if (tensors / data_set.folder).is_dir()]


class Deck:
    """Draws training pictures: first the set by its share, then one of its pictures."""

    def __init__(self, sets: list[Hearts]) -> None:
        self.by_kind = {kind: [(h.data_set.share, f) for h in sets if (f := fitting(h, kind))] for kind in KINDS}
        if not self.by_kind["cine"]:
            raise SystemExit(f"None of the sets {', '.join(d.folder for d in TRAINING)} is among the tensors")

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
