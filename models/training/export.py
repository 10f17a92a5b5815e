"""Calibrate on held-out subjects, write model.onnx, the manifest that the node checks, and the weights for adaptation:
python3 export.py --work DIR --out DIR"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import torch

from calibrate import Calibration, calibrate
from group import LABELS
from measure import POOLING_CORRELATION, load_model, measure
from net import KINDS, QUALITIES, Recogniser
from sets import RESEARCH_ONLY, TRAINS, load_sets
from tensors import CROPS, GRID, PERCENTILES, SIZE

VERSION = "0.2.0"
SOURCES = {
    "sunnybrook-sax": "Sunnybrook Cardiac Data, short-axis cine (CC0-1.0)",
    "sunnybrook-localizers": "Sunnybrook Cardiac Data, localizers (CC0-1.0)",
    "autofd": "UK-Digital-Heart-Project/AutoFD, short-axis stacks (MIT)",
    "pig": "WrightGroupSRI/ep-dataset, long-axis cine (CC0-1.0)",
    "phantoms": "made-up pictures of this product's own phantom",
    "acdc-cine": "ACDC, short-axis cine (CC-BY-NC-SA-4.0)",
    "emidec-lge": "EMIDEC, late gadolinium enhancement (CC-BY-NC-SA-4.0)",
}
OPEN_LICENCE = "weights under the licence of this repository; trained on CC0-1.0 and MIT data and made-up pictures only"
RESEARCH_LICENCE = "CC-BY-NC-SA-4.0: weights trained on ACDC and EMIDEC, for non-commercial research only"
OUTPUTS = {
    "logProbabilities": "log_probabilities", "saxLogit": "sax_logit", "angleDegrees": "angle_degrees",
    "kindLogits": "kind_logits", "qualityLogits": "quality_logits",
}


def reference_input(seed: int) -> np.ndarray:
    """The same numbers in any language: a 32-bit linear congruential generator."""
    state, values = seed, np.empty(SIZE * SIZE, np.float32)
    for i in range(values.size):
        state = (state * 1664525 + 1013904223) % 2**32
        values[i] = np.float32(state / 2**32)
    return values.reshape(1, 1, SIZE, SIZE)


def reference_outputs(model: Recogniser, seed: int) -> dict[str, object]:
    with torch.no_grad():
        found = model(torch.from_numpy(reference_input(seed)))
    values = {name: [round(float(v), 6) for v in output.flatten()] for name, output in zip(OUTPUTS.values(), found)}
    return {"seed": seed, "outputs": values}


def write_onnx(model: Recogniser, path: Path) -> None:
    names = list(OUTPUTS.values())
    torch.onnx.export(
        model, torch.zeros(2, 1, SIZE, SIZE), str(path), opset_version=13, do_constant_folding=True,
        input_names=["image"], output_names=names, dynamic_axes={name: {0: "N"} for name in ["image", *names]})


def manifest(
    model: Recogniser, name: str, trained_on: list[str], calibration: Calibration, sha256: str
) -> dict[str, object]:
    research = any(data_set in RESEARCH_ONLY for data_set in trained_on)
    return {
        "formatVersion": 2,
        "name": name,
        "version": VERSION,
        "file": "model.onnx",
        "sha256": sha256,
        "licence": RESEARCH_LICENCE if research else OPEN_LICENCE,
        **({"usage": "non-commercial research only: trained on CC BY-NC-SA 4.0 data (ACDC, EMIDEC)"} if research else {}),
        "trainedOn": [SOURCES[data_set] for data_set in trained_on],
        "input": {
            "name": "image", "size": SIZE, "gridSize": GRID,
            "percentiles": list(PERCENTILES), "crops": list(CROPS),
        },
        "outputs": OUTPUTS,
        "labels": list(LABELS),
        "kinds": list(KINDS),
        "qualities": list(QUALITIES),
        "calibration": {
            "temperature": round(calibration.temperature, 4),
            "saxScale": round(calibration.sax_scale, 4),
            "saxOffset": round(calibration.sax_offset, 4),
            "kindTemperature": round(calibration.kind_temperature, 4),
            "qualityTemperature": round(calibration.quality_temperature, 4),
        },
        "pooling": {"correlation": POOLING_CORRELATION},
        "reference": [reference_outputs(model, seed) for seed in (1, 2, 3)],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tensors", type=Path, required=True)
    parser.add_argument("--model", choices=sorted(TRAINS), default="orientation-open")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    model = load_model(args.work)
    sets = load_sets(args.tensors, args.model)
    calibration = calibrate(model, sets.held_out)
    write_onnx(model, args.out / "model.onnx")
    shutil.copyfile(args.work / "weights.pt", args.out / "weights.pt")
    sha256 = hashlib.sha256((args.out / "model.onnx").read_bytes()).hexdigest()
    described = manifest(model, args.model, sorted(sets.train), calibration, sha256)
    (args.out / "manifest.json").write_text(json.dumps(described, indent=2) + "\n")
    report = measure(model, sets.held_out, calibration.temperature)
    (args.work / "measured.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
