"""Calibrate on held-out subjects, write model.onnx and the manifest the node checks."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import torch

from calibrate import Calibration, calibrate
from group import LABELS
from net import Recogniser, new_net
from preprocess import CROPS, GRID, PERCENTILES, SIZE

VERSION = "0.1.0"
POOLING_CORRELATION = 4
TRAINED_ON = [
    "Sunnybrook Cardiac Data, short-axis cine (CC0-1.0)",
    "Sunnybrook Cardiac Data, localizers (CC0-1.0)",
    "WrightGroupSRI/ep-dataset, long-axis cine (CC0-1.0)",
]


def load(work: Path) -> Recogniser:
    net = new_net()
    net.load_state_dict(torch.load(work / "weights.pt"))
    return Recogniser(net).eval()


def reference_input(seed: int) -> np.ndarray:
    """The same numbers in any language: a 32-bit linear congruential generator."""
    state, values = seed, np.empty(SIZE * SIZE, np.float32)
    for i in range(values.size):
        state = (state * 1664525 + 1013904223) % 2**32
        values[i] = np.float32(state / 2**32)
    return values.reshape(1, 1, SIZE, SIZE)


def reference_outputs(model: Recogniser, seed: int) -> dict[str, object]:
    with torch.no_grad():
        log_probabilities, sax = model(torch.from_numpy(reference_input(seed)))
    return {
        "seed": seed,
        "logProbabilities": [round(float(v), 6) for v in log_probabilities[0]],
        "saxLogit": round(float(sax[0]), 6),
    }


def write_onnx(model: Recogniser, path: Path) -> None:
    torch.onnx.export(
        model, torch.zeros(2, 1, SIZE, SIZE), str(path), opset_version=13, do_constant_folding=True,
        input_names=["image"], output_names=["log_probabilities", "sax_logit"],
        dynamic_axes={"image": {0: "N"}, "log_probabilities": {0: "N"}, "sax_logit": {0: "N"}},
    )


def manifest(model: Recogniser, calibration: Calibration, sha256: str) -> dict[str, object]:
    return {
        "formatVersion": 1,
        "name": "orientation-open",
        "version": VERSION,
        "file": "model.onnx",
        "sha256": sha256,
        "licence": "weights under the licence of this repository; trained on CC0-1.0 data only",
        "trainedOn": TRAINED_ON,
        "input": {
            "name": "image", "size": SIZE, "gridSize": GRID,
            "percentiles": list(PERCENTILES), "crops": list(CROPS),
        },
        "outputs": {"logProbabilities": "log_probabilities", "saxLogit": "sax_logit"},
        "labels": list(LABELS),
        "calibration": {
            "temperature": round(calibration.temperature, 4),
            "saxScale": round(calibration.sax_scale, 4),
            "saxOffset": round(calibration.sax_offset, 4),
        },
        "pooling": {"correlation": POOLING_CORRELATION},
        "reference": [reference_outputs(model, seed) for seed in (1, 2, 3)],
    }


def export_model(data: Path, work: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    model = load(work)
    write_onnx(model, out / "model.onnx")
    sha256 = hashlib.sha256((out / "model.onnx").read_bytes()).hexdigest()
    described = manifest(model, calibrate(model, data), sha256)
    (out / "manifest.json").write_text(json.dumps(described, indent=2) + "\n")
