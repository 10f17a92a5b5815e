"""Which data sets there are, what each may be used for, and who is held out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tensors import Picture, load

# Subjects of Sunnybrook that no weight sees: three of them have their DICOM at hand, three show code 110 at the scanner.
SUNNYBROOK_HELD_OUT = ("SC-HF-I-01", "SC-HF-I-02", "SC-HF-I-04", "SC-HF-NI-14", "SC-N-05", "SC-HYP-06")
# The same people's localizers, by their other names.
LOCALIZERS_HELD_OUT = ("SCD0000101", "SCD0000201", "SCD0000301")
AUTOFD_HELD_OUT = ("C", "G")
EVERY = 5  # of the subjects of every other set, one in so many is held out

# In-plane angle against *down* at rest, degrees, counter-clockwise positive. By headers where they exist (Sunnybrook),
# else by the angle of the septum under drawn masks and how far *down* lies from it; see LABELS.md. That distance differs
# between data sets, since they were drawn to different heights of the heart.
SEPTUM_TO_DOWN = {"sunnybrook-sax": 15.0, "autofd": 5.0, "acdc-cine": 15.0, "emidec-lge": 15.0}
SUNNYBROOK_DEGREES = 7.0
SEPTUM = {
    "sunnybrook-sax": {"": SUNNYBROOK_DEGREES - 15.0, "SC-HF-NI-14": -30.0, "SC-HF-NI-15": -40.0},
    "autofd": {"A": 36.5, "B": 32.7, "C": -38.6, "D": 44.4, "E": 18.7, "F": 42.0, "G": 10.1},
    "acdc-cine": {"": 20.4, "near border": -44.0},
    "emidec-lge": {"": 20.4, "near border": -44.0},
}
NEAR_BORDER = {"autofd": ("C",), "sunnybrook-sax": ("SC-HF-NI-15",)}
# Pixel by pixel the pictures of another subject.
DUPLICATES = {"acdc-cine": ("patient076",), "emidec-lge": ("P072",)}
# Sets whose masks were drawn on every slice of a stack: one without is beyond an end of the ventricle.
DRAWN_THROUGHOUT = ("autofd",)


@dataclass(frozen=True)
class Sets:
    """Pictures by data set."""

    train: dict[str, list[Picture]]
    held_out: dict[str, list[Picture]]

    def subjects(self) -> dict[str, dict[str, list[str]]]:
        named = {"train": self.train, "held-out": self.held_out}
        return {
            part: {name: sorted({p.subject for p in pictures}) for name, pictures in found.items()}
            for part, found in named.items()
        }


TRAINS_OPEN = ("sunnybrook-sax", "sunnybrook-localizers", "autofd", "pig", "phantoms")
RESEARCH_ONLY = ("acdc-cine", "emidec-lge")
TRAINS = {"orientation-open": TRAINS_OPEN, "orientation-research": (*TRAINS_OPEN, *RESEARCH_ONLY)}
MEASURES = (
    "sc-hf-i-01-sax", "sc-hf-i-02-sax", "sc-hf-i-04-sax", "sc-hf-i-01-localizers",
)


def at_rest(picture: Picture) -> Picture:
    """With the in-plane angle that is known of its set or subject."""
    name, subject = picture.data_set, picture.subject
    near = picture.near_border or subject in NEAR_BORDER.get(name, ())
    if picture.degrees is not None or not picture.code:
        return picture
    if name in SEPTUM:
        known = SEPTUM[name]
        septum = known.get(subject, known.get("near border" if near else "", None))
        if septum is not None:
            return replace(picture, degrees=septum + SEPTUM_TO_DOWN[name], near_border=near)
    return picture


def with_ends(pictures: list[Picture]) -> list[Picture]:
    """Stacks with the quality of their slices: the right ventricle is widest towards the base."""
    stacks: dict[str, list[Picture]] = defaultdict(list)
    for picture in pictures:
        stacks[picture.series].append(picture)
    out: list[Picture] = []
    for stack in stacks.values():
        ordered = sorted(stack, key=lambda p: float(p.position))
        right = np.array([p.masks["right_ventricle"].sum() for p in ordered])
        inside = [i for i, p in enumerate(ordered) if p.masks["left_ventricle"].any()]
        first, last = ("beyond-apex", "beyond-base") if (right * np.linspace(-1, 1, len(right))).sum() > 0 else (
            "beyond-base", "beyond-apex")
        out += [
            replace(p, quality=first if i < inside[0] else last if i > inside[-1] else "heart")
            for i, p in enumerate(ordered)
        ]
    return out


def is_held_out(name: str, subject: str, subjects: list[str]) -> bool:
    if name == "sunnybrook-sax":
        return subject in SUNNYBROOK_HELD_OUT
    if name == "autofd":
        return subject in AUTOFD_HELD_OUT
    if name == "pig":
        return False
    return subject in LOCALIZERS_HELD_OUT or subjects.index(subject) % EVERY == 0


def split(name: str, pictures: list[Picture]) -> tuple[list[Picture], list[Picture]]:
    subjects = sorted({p.subject for p in pictures})
    held = {s for s in subjects if is_held_out(name, s, subjects)}
    return [p for p in pictures if p.subject not in held], [p for p in pictures if p.subject in held]


def load_sets(tensors: Path, model: str, leave_out: tuple[str, ...] = ()) -> Sets:
    """What `model` trains on, without the sets that are left out, and what is held out of everything."""
    train: dict[str, list[Picture]] = {}
    held_out: dict[str, list[Picture]] = {}
    for folder in sorted(tensors.iterdir()):
        if not (folder / "tensors.json").exists():
            continue
        doubled = DUPLICATES.get(folder.name, ())
        pictures = [at_rest(p) for p in load(folder) if p.subject not in doubled]
        if folder.name in DRAWN_THROUGHOUT:
            pictures = with_ends(pictures)
        if folder.name in TRAINS[model] and folder.name not in leave_out:
            train[folder.name], held = split(folder.name, pictures)
        else:
            held = pictures
        if held:
            held_out[folder.name] = held
    return Sets(train, held_out)
