"""Leave-subjects-out: every subject is answered by a network that never saw it.

python3 crossvalidate.py --tensors DIR --model orientation-open --folds 4 --steps 3000

Writes predictions-<data set>.jsonl, one line a picture as it is stored, for `npm run evaluate -- … --predictions FILE`.
"""

from __future__ import annotations

import argparse
import json
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from calibrate import calibrate
from group import LABELS, permutation
from net import Recogniser
from serve import raw_outputs, sax_probability, slice_probabilities
from sets import TRAINS, Sets, load_sets
from tensors import Picture
from train import Plan, train

log = logging.getLogger("crossvalidate")


def fold_of(subject: str, subjects: list[str], folds: int) -> int:
    return subjects.index(subject) % folds


def leave_out(sets: Sets, fold: int, folds: int) -> tuple[Sets, dict[str, list[Picture]]]:
    """The training pictures without one fold of every data set's subjects, and that fold."""
    kept: dict[str, list[Picture]] = {}
    asked: dict[str, list[Picture]] = {}
    for name, pictures in sets.train.items():
        subjects = sorted({p.subject for p in pictures})
        chosen = {s for s in subjects if len(subjects) > 1 and fold_of(s, subjects, folds) == fold}
        kept[name] = [p for p in pictures if p.subject not in chosen]
        asked[name] = [p for p in pictures if p.subject in chosen]
    return replace(sets, train=kept), asked


def lines(model: Recogniser, pictures: list[Picture], settings: tuple[float, float, float]) -> list[str]:
    """As the node would answer for the picture as it is stored."""
    temperature, scale, offset = settings
    raw = raw_outputs(model, pictures)
    p, sax = slice_probabilities(raw, temperature), sax_probability(raw, scale, offset)
    out = []
    for i, picture in enumerate(pictures):
        stored = np.empty(8)
        stored[permutation(picture.code or LABELS[0])] = p[i]
        out.append(json.dumps({
            "file": picture.file, "probabilities": [round(float(v), 6) for v in stored], "sax": round(float(sax[i]), 6),
            "angleDegrees": round(float(raw.angle_degrees[i, p[i].argmax()]), 2)}))
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tensors", type=Path, required=True)
    parser.add_argument("--model", choices=sorted(TRAINS), default="orientation-open")
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    work = args.work or Path(__file__).parent / "work" / f"{args.model}-folds"
    work.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    sets = load_sets(args.tensors, args.model)
    found: dict[str, list[str]] = {}
    for fold in range(args.folds):
        kept, asked = leave_out(sets, fold, args.folds)
        log.info("fold %d of %d", fold + 1, args.folds)
        net = train(kept, Plan(args.steps, seed=args.seed), "cuda" if torch.cuda.is_available() else "cpu")
        model = Recogniser(net).eval()
        fitted = calibrate(model, sets.held_out)
        settings = (fitted.temperature, fitted.sax_scale, fitted.sax_offset)
        for name, pictures in asked.items():
            if pictures:
                found.setdefault(name, []).extend(lines(model, pictures, settings))
    for name, answers in found.items():
        (work / f"predictions-{name}.jsonl").write_text("\n".join(answers) + "\n")


if __name__ == "__main__":
    main()
