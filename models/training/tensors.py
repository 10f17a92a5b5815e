"""Tensor folders that `cmr-node export-tensors` wrote: what the node itself makes of every picture."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from group import undo

Array = np.ndarray
GRID = 128  # cells along each side of the square that the node averages a picture into
SIZE = 64  # rows and columns of one crop, the network's input
CROPS = (0.75, 0.5)  # which central fractions of the square the node shows the network
PERCENTILES = (1.0, 99.5)
STRUCTURES = ("left_ventricle", "myocardium", "right_ventricle")


@dataclass(frozen=True)
class Picture:
    """One slice with its stored code undone: a short axis is in the standard picture."""

    grid: Array  # [GRID, GRID] 0..1
    crops: Array  # [crops, SIZE, SIZE]: what the node feeds the network
    data_set: str
    file: str
    subject: str
    series: str
    position: str
    phase: str
    kind: str = ""
    code: str = ""  # as stored; empty where nobody said
    short_axis: bool | None = None
    near_border: bool = False
    quality: str = ""
    degrees: float | None = None  # in-plane angle against *down*, counter-clockwise positive, where it is known
    masks: dict[str, Array] = field(default_factory=dict)  # coverage 0..1 on the grid

    @property
    def ventricle(self) -> Array | None:
        return self.masks.get("left_ventricle")


def number(text: str) -> float | None:
    return float(text) if text else None


def read_row(row: dict[str, str], folder_name: str, grid: Array, crops: Array, drawn: Array) -> Picture:
    code = row["code"]
    # A header that names another code is not talking about this picture.
    angle = row["angle_degrees"] or (row["header_angle_degrees"] if row["header_code"] in ("", code) else "")
    names = row["masks"].split()
    masks = {name: drawn[STRUCTURES.index(name)].astype(np.float32) / 255 for name in names}
    if code:
        grid = undo(grid, code)
        crops = np.stack([undo(crop, code) for crop in crops])
        masks = {name: np.ascontiguousarray(undo(mask, code)) for name, mask in masks.items()}
    return Picture(
        np.ascontiguousarray(grid), np.ascontiguousarray(crops), folder_name, row["file"], row["subject"],
        row["series"], row["position"], row["phase"], row["kind"], code,
        {"yes": True, "no": False, "": None}[row["short_axis"]], row["near_border"] == "yes", row["quality"],
        number(angle), masks)


def crops_wanted(folder: Path) -> list[int]:
    """Which of the crops that were written the network is fed. Tensors made for another one would train this one on
    what it will never be shown."""
    told = json.loads((folder / "tensors.json").read_text())["input"]
    wanted = {"size": SIZE, "gridSize": GRID, "percentiles": list(PERCENTILES)}
    found = {name: told.get(name) for name in wanted}
    if found != wanted or not set(CROPS) <= set(told["crops"]):
        raise ValueError(f"{folder / 'tensors.json'}: input is {told}, this network wants {wanted}, crops {CROPS}")
    return [told["crops"].index(crop) for crop in CROPS]


def load(folder: Path) -> list[Picture]:
    wanted = crops_wanted(folder)
    grids, crops, masks = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("grids", "crops", "masks"))
    with open(folder / "index.csv", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return [
        read_row(row, folder.name, np.array(grids[i]), np.array(crops[i][wanted]), np.array(masks[i]))
        for i, row in enumerate(rows)
    ]


def where(pictures: list[Picture], holds: Callable[[Picture], bool]) -> tuple[list[Picture], list[Picture]]:
    """Those for which it holds, and the others."""
    return [p for p in pictures if holds(p)], [p for p in pictures if not holds(p)]


def at_angle(picture: Picture, degrees: float) -> Picture:
    return replace(picture, degrees=degrees)
