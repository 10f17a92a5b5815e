"""What a training gives on everything that did not train it, to choose between trainings: python3 measure.py --work DIR ...

What the product then does with whole series is measured by `npm run evaluate`, on the exported model.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import torch

from group import LABELS
from net import Recogniser, new_net
from serve import Raw, raw_outputs, series_probabilities, series_sax, slice_probabilities
from sets import TRAINS, load_sets
from tensors import Picture

Array = np.ndarray
POOLING_CORRELATION = 3
HARMLESS_DEGREES = 60


def calibration_error(confidence: Array, right: Array, bins: int = 15) -> float:
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(sum(
        (which == b).mean() * abs(confidence[which == b].mean() - right[which == b].mean())
        for b in range(bins) if (which == b).any()))


def reliability(confidence: Array, right: Array, bins: int = 10) -> list[tuple[float, float, int]]:
    """Mean confidence, accuracy and number of each filled bin."""
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    return [
        (round(float(confidence[which == b].mean()), 4), round(float(right[which == b].mean()), 4), int((which == b).sum()))
        for b in range(bins) if (which == b).any()
    ]


def series_of(pictures: list[Picture]) -> dict[str, list[int]]:
    series: dict[str, list[int]] = defaultdict(list)
    for i, picture in enumerate(pictures):
        series[picture.series].append(i)
    return series


def orientation(pictures: list[Picture], raw: Raw, temperature: float) -> dict[str, object]:
    """Every picture has its code undone: 000 is right; near the border the neighbour is harmless."""
    p = slice_probabilities(raw, temperature)
    found, confidence = p.argmax(axis=1), p.max(axis=1)
    near = np.array([x.near_border for x in pictures])
    harmless = (found == 0) | (near & np.isin(found, (5, 6)))
    pooled = [series_probabilities(p[i], [pictures[k].position for k in i], POOLING_CORRELATION)
              for i in series_of(pictures).values()]
    said = raw.angle_degrees[np.arange(len(p)), found]
    true = np.array([np.nan if x.degrees is None else x.degrees for x in pictures])
    return {
        "slices": len(p), "right": round(float((found == 0).mean()), 4),
        "harmless": round(float(harmless.mean()), 4), "ece": round(calibration_error(confidence, found == 0), 4),
        "reliability": reliability(confidence, found == 0),
        "errors": dict(Counter(LABELS[f] for f in found if f)),
        "wrongAbove0.9": int(((confidence > 0.9) & ~harmless).sum()),
        "nll": round(float(-np.log(p[:, 0]).mean()), 4),
        "series": len(pooled), "seriesRight": sum(int(q.argmax() == 0) for q in pooled),
        "seriesWrong": [[LABELS[q.argmax()], round(float(q.max()), 3)] for q in pooled if q.argmax()],
        "seriesLowest": [round(float(v), 3) for v in sorted(q[0] for q in pooled)[:4]],
        "degrees": [round(float(np.median(said[found == 0])), 1), round(float(said[found == 0].std()), 1)]
        if (found == 0).any() else None,
        "degreesOff": round(float(np.nanmedian(np.abs(said - true)[found == 0])), 1)
        if (found == 0).any() and not np.isnan(true).all() else None,
    }


def short_axis(pictures: list[Picture], raw: Raw) -> dict[str, object]:
    pooled = np.array([series_sax(raw.sax_logit[i], [pictures[k].position for k in i])
                       for i in series_of(pictures).values()])
    points = (0, 5, 25, 50, 75, 95, 100)
    return {"saxLogit": [round(float(v), 2) for v in np.percentile(raw.sax_logit, points)],
            "series": len(pooled), "seriesSaxLogit": [round(float(v), 2) for v in np.percentile(pooled, points)]}


def groups(held_out: dict[str, list[Picture]]) -> dict[str, list[Picture]]:
    """Near-border hearts apart; of made-up ones, hearts and other pictures."""
    found: dict[str, list[Picture]] = {}
    for name, pictures in held_out.items():
        hearts = [p for p in pictures if p.short_axis and p.code]
        parts = {"": [p for p in hearts if not p.near_border], " near border": [p for p in hearts if p.near_border],
                 " not short axis": [p for p in pictures if p.short_axis is False]}
        found |= {name + part: chosen for part, chosen in parts.items() if chosen}
    return found


def load_model(work: Path) -> Recogniser:
    net = new_net()
    net.load_state_dict(torch.load(work / "weights.pt"))
    return Recogniser(net).eval()


def measure(model: Recogniser, held_out: dict[str, list[Picture]], temperature: float) -> dict[str, object]:
    report: dict[str, object] = {}
    for name, pictures in groups(held_out).items():
        raw = raw_outputs(model, pictures)
        report[name] = short_axis(pictures, raw)
        if pictures[0].short_axis:
            report[name] |= orientation(pictures, raw, temperature)
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tensors", type=Path, required=True)
    parser.add_argument("--model", choices=sorted(TRAINS), default="orientation-open")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--temperature", type=float, default=1.0)
    args = parser.parse_args()
    torch.set_num_threads(1)
    report = measure(load_model(args.work), load_sets(args.tensors, args.model).held_out, args.temperature)
    (args.work / "measured.json").write_text(json.dumps(report, indent=1) + "\n")
    for name, found in report.items():
        print(name, json.dumps({key: value for key, value in found.items() if key != "reliability"}))


if __name__ == "__main__":
    main()
