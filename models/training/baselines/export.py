"""Writes model.onnx and the manifest that the node checks."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from group import LABELS

OPSET = 13
OUTPUT = "log_probabilities"
POOLING_CORRELATION = 4
VERSION = "0.1.0"
SEEDS = (1, 2, 3)


class Served(nn.Module):
    """What the node asks for: the log-probabilities alone."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, image: Tensor) -> Tensor:
        return self.net(image)[0]


def reference_input(seed: int, size: int) -> Tensor:
    """The same numbers in any language: a 32-bit linear congruential generator."""
    state, values = seed, np.empty(size * size, np.float32)
    for i in range(values.size):
        state = (state * 1664525 + 1013904223) % 2**32
        values[i] = state / 2**32
    return torch.from_numpy(values.reshape(1, 1, size, size))


def reference_outputs(net: nn.Module, seed: int) -> dict[str, object]:
    with torch.no_grad():
        found = net(reference_input(seed, net.size))[0][0]
    return {"seed": seed, "outputs": {OUTPUT: [round(float(v), 6) for v in found]}}


def write_model(net: nn.Module, name: str, facts: dict[str, object], out: Path) -> None:
    """`facts`: input, temperature and trainedOn, which the training knows."""
    served = Served(net).cpu().eval()  # the exporter puts back the mode in which it finds a module
    out.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        served, torch.rand(2, 1, net.size, net.size), str(out / "model.onnx"), opset_version=OPSET,
        input_names=["image"], output_names=[OUTPUT],
        dynamic_axes={"image": {0: "N"}, OUTPUT: {0: "N"}},
    )
    manifest = {
        "formatVersion": 2,
        "name": name,
        "version": VERSION,
        "file": "model.onnx",
        "sha256": hashlib.sha256((out / "model.onnx").read_bytes()).hexdigest(),
        "licence": "weights under the licence of this repository; trained on CC0-1.0 and MIT data and phantoms only",
        "usage": "comparison with other models only, not for use at a site",
        "trainedOn": facts["trainedOn"],
        "input": facts["input"],
        "outputs": {"logProbabilities": OUTPUT},
        "labels": list(LABELS),
        "calibration": {"temperature": facts["temperature"]},
        "pooling": {"correlation": POOLING_CORRELATION},
        "reference": [reference_outputs(net, seed) for seed in SEEDS],
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
