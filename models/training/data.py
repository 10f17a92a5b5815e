"""Readers of the data sets: PNG folders with an index, DICOM folders, NIfTI stacks."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pydicom
from PIL import Image

from group import undo
from preprocess import mask_to_grid, to_grid

# Subjects that no weight sees: three of them have their DICOM at hand, three show code 110 at the scanner.
HELD_OUT = ("SC-HF-I-01", "SC-HF-I-02", "SC-HF-I-04", "SC-HF-NI-14", "SC-N-05", "SC-HYP-06")
LOCALIZERS_HELD_OUT_EVERY = 4
PLANE = "image_orientation_patient"


@dataclass(frozen=True)
class Slice:
    """One picture on the grid; `code` is what was done to it, empty where it has none."""

    grid: np.ndarray
    subject: str
    name: str
    code: str = ""
    mask: np.ndarray | None = None
    tags: dict[str, str] = field(default_factory=dict)


def read_png(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path)).astype(np.float64)


def rows_of(folder: Path) -> list[dict[str, str]]:
    with open(folder / "index.csv", newline="") as handle:
        return list(csv.DictReader(handle))


def sunnybrook_sax(data: Path) -> list[Slice]:
    """Short axes with the stored code undone: all in the standard picture, with their LV mask."""
    folder = data / "sunnybrook-sax"
    slices = []
    for row in rows_of(folder):
        picture = undo(read_png(folder / "images" / row["file"]), row["code"])
        mask = undo(read_png(folder / "lv-endocardium" / row["file"]), row["code"])
        slices.append(Slice(to_grid(picture), row["subject"], row["file"], "000", mask_to_grid(mask), row))
    return slices


def localizers(data: Path) -> list[Slice]:
    folder = data / "sunnybrook-localizers"
    return [
        Slice(to_grid(read_png(folder / "images" / row["file"])), row["subject"], row["file"], tags=row)
        for row in rows_of(folder)
    ]


def research(data: Path, name: str) -> list[Slice]:
    """Non-commercial sets: they may choose and measure, never train. As stored."""
    folder = data / "research-only" / name
    return [
        Slice(to_grid(read_png(folder / "images" / row["file"])), row["subject"], row["file"], row["code"], tags=row)
        for row in rows_of(folder)
    ]


def joined(values: Iterable[float], digits: int) -> str:
    return " ".join(f"{float(v):.{digits}f}" for v in values)


def dicom_folder(folder: Path, code: str = "") -> list[Slice]:
    slices = []
    for path in sorted(folder.rglob("*.dcm")):
        dataset = pydicom.dcmread(path)
        spacing = [float(v) for v in dataset.PixelSpacing]
        grid = to_grid(dataset.pixel_array, (spacing[0], spacing[1]))
        tags = {"position": joined(dataset.ImagePositionPatient, 3), PLANE: joined(dataset.ImageOrientationPatient, 1)}
        slices.append(Slice(grid, folder.name, path.name, code, tags=tags))
    return slices


def nifti(path: Path) -> np.ndarray:
    """Voxels of an uncomplicated NIfTI-1 file, first axis first."""
    raw = gzip.decompress(path.read_bytes())
    dims = np.frombuffer(raw, "<i2", 8, 40)
    kinds = {2: "u1", 4: "<i2", 8: "<i4", 16: "<f4", 64: "<f8", 512: "<u2"}
    kind = kinds[int(np.frombuffer(raw, "<i2", 1, 70)[0])]
    offset = int(np.frombuffer(raw, "<f4", 1, 108)[0])
    shape = tuple(int(d) for d in dims[1 : 1 + dims[0]])
    return np.frombuffer(raw, kind, int(np.prod(shape)), offset).reshape(shape, order="F")


def autofd(data: Path) -> list[Slice]:
    """Seven human stacks; row = second voxel axis, code 010."""
    slices = []
    for path in sorted((data / "autofd").glob("*/sa_ED.nii.gz")):
        volume = nifti(path).squeeze()
        for index in range(volume.shape[2]):
            slices.append(Slice(to_grid(volume[:, :, index].T), path.parent.name, f"{index}", "010"))
    return slices


def split(slices: list[Slice]) -> tuple[list[Slice], list[Slice]]:
    kept = [s for s in slices if s.subject not in HELD_OUT]
    return kept, [s for s in slices if s.subject in HELD_OUT]


def split_localizers(slices: list[Slice]) -> tuple[list[Slice], list[Slice]]:
    subjects = sorted({s.subject for s in slices})
    held = set(subjects[::LOCALIZERS_HELD_OUT_EVERY])  # the first one is the subject of SC-HF-I-01
    return [s for s in slices if s.subject not in held], [s for s in slices if s.subject in held]
