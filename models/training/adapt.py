"""Adapt a model to one site: python3 adapt.py --tensors DIR --base DIR --out DIR --name NAME

The part of `cmr-node adapt` that trains. Writes model.onnx, weights.pt, manifest.json, MODEL_CARD.md and adaptation.json,
whose `faults` say why the new model is not better than its base. Exit code 2: these pictures are too few; 78: the base
cannot be used.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import sys
import warnings
from pathlib import Path
from typing import NoReturn

import numpy as np
import torch

from adapt_fit import Plan, fit
from adapt_report import Json, card, faults, figures, manifest
from adapt_split import TooFewSubjects, split
from export import reference_outputs, write_onnx
from net import Recogniser, new_net
from tensors import load

WRONG_USAGE, WRONG_MODEL = 2, 78
REFERENCE_TOLERANCE = 1e-3


def refuse(message: str, code: int) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(code)


def load_base(folder: Path) -> tuple[Recogniser, Json]:
    """The weights, proved to be those that the manifest was written for."""
    described = json.loads((folder / "manifest.json").read_text())
    net = new_net()
    try:
        net.load_state_dict(torch.load(folder / "weights.pt", map_location="cpu", weights_only=True))
    except Exception as error:  # whatever is wrong with a file that torch is to read
        refuse(f"weights.pt of {described['name']} is not for this network: {type(error).__name__}", WRONG_MODEL)
    model = Recogniser(net).eval()
    for reference in described["reference"]:
        found = reference_outputs(model, reference["seed"])["outputs"]
        for name, told in reference["outputs"].items():
            if name not in found or not np.allclose(found[name], told, atol=REFERENCE_TOLERANCE):
                refuse(f"weights.pt of {described['name']} does not give the {name} that its manifest tells", WRONG_MODEL)
    return model, described


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tensors", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--subjects-held-back", type=float, default=0.25)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    args = options()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")  # the exporter warns of what this network does on purpose
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    base, described = load_base(args.base)
    try:
        parts = split(load(args.tensors), args.subjects_held_back, args.seed)
    except TooFewSubjects as error:
        refuse(str(error), WRONG_USAGE)
    calibration = described["calibration"]
    fitted = fit(base, calibration["temperature"], parts, Plan(args.steps, args.seed))
    measured = {
        "base": figures(base, parts.held_back, calibration["temperature"], calibration),
        "adapted": figures(fitted.model, parts.held_back, fitted.temperature, calibration),
    }
    report: Json = {
        "formatVersion": 1,
        "base": {name: described[name] for name in ("name", "version", "sha256")},
        "truth": json.loads((args.tensors / "tensors.json").read_text())["truth"],
        "seed": args.seed, "steps": args.steps, "chosenStep": fitted.step, "parts": parts.counts(),
        "heldBack": measured, "faults": faults(measured["base"], measured["adapted"]),
    }
    args.out.mkdir(parents=True)
    torch.save(fitted.model.net.state_dict(), args.out / "weights.pt")
    write_onnx(fitted.model, args.out / "model.onnx")
    sha256 = hashlib.sha256((args.out / "model.onnx").read_bytes()).hexdigest()
    new = manifest(fitted, described, report, args.name, sha256)
    (args.out / "manifest.json").write_text(json.dumps(new, indent=2) + "\n")
    (args.out / "MODEL_CARD.md").write_text(card(new, report))
    (args.out / "adaptation.json").write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
