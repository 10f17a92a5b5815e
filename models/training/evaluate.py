"""Measure what was exported, as the node will serve it, on sets that did not train it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

import data as sets
from export import load
from group import LABELS, apply, permutation
from net import Recogniser
from serve import Raw, raw_outputs, run, sax_probability, series_probabilities, slice_probabilities

Array = np.ndarray
Report = dict[str, object]


def calibration_error(confidence: Array, right: Array, bins: int = 15) -> float:
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [(which == b).mean() * abs(confidence[which == b].mean() - right[which == b].mean())
            for b in range(bins) if (which == b).any()]
    return float(sum(gaps))


def relative(found: int, true: int) -> str:
    """The code that would have been found for the standard picture itself."""
    return LABELS[permutation(LABELS[true]).index(found)]


def orientation_report(slices: list[sets.Slice], raw: Raw, settings: Report) -> Report:
    calibration = settings["calibration"]
    p = slice_probabilities(raw, calibration["temperature"])
    true = np.array([LABELS.index(s.code) for s in slices])
    found, confidence = p.argmax(axis=1), p.max(axis=1)
    series: dict[str, list[int]] = defaultdict(list)
    for i, item in enumerate(slices):
        series[item.subject].append(i)
    pooled = {s: series_probabilities(p[i], settings["pooling"]["correlation"]) for s, i in series.items()}
    wrong_series = [s for s, q in pooled.items() if q.argmax() != true[series[s][0]]]
    errors = Counter(relative(int(f), int(t)) for f, t in zip(found, true) if f != t)
    return {
        "slices": len(slices),
        "sliceAccuracy": round(float((found == true).mean()), 4),
        "sliceErrors": dict(errors),
        "mirrorOrHalfTurn": sum(n for c, n in errors.items() if c not in ("101", "110")),
        "ece": round(calibration_error(confidence, found == true), 4),
        "meanConfidenceWhenWrong": round(float(confidence[found != true].mean()), 3) if (found != true).any() else None,
        "series": len(series),
        "seriesRight": len(series) - len(wrong_series),
        "wrongSeries": {s: [LABELS[int(pooled[s].argmax())], round(float(pooled[s].max()), 4)] for s in wrong_series},
        "lowestPooledWhenRight": sorted(
            round(float(q.max()), 4) for s, q in pooled.items() if s not in wrong_series)[:5],
    }


def sax_report(raw: Raw, settings: Report) -> Report:
    calibration = settings["calibration"]
    p = sax_probability(raw, calibration["saxScale"], calibration["saxOffset"])
    shares = {f"above{t}": round(float((p >= t).mean()), 4) for t in (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)}
    return {"percentiles0_1_2_5_50_95_100": [round(float(v), 4) for v in np.percentile(p, [0, 1, 2, 5, 50, 95, 100])], **shares}


def equivariance_error(model: Recogniser, slices: list[sets.Slice]) -> float:
    """Greatest difference between a turned slice's answer and the turned answer."""
    worst = 0.0
    for code in LABELS:
        turned = [sets.Slice(np.ascontiguousarray(apply(s.grid, code)), s.subject, s.name) for s in slices]
        before, after = raw_outputs(model, slices), raw_outputs(model, turned)
        moved = after.log_probabilities[:, permutation(code)]
        worst = max(worst, float(np.abs(np.exp(moved) - np.exp(before.log_probabilities)).max()),
                    float(np.abs(after.sax_logit - before.sax_logit).max()))
    return worst


def groups(data: Path) -> dict[str, list[sets.Slice]]:
    """Everything that is measured. Names say what it may be used for."""
    _, held = sets.split(sets.sunnybrook_sax(data))
    acdc, emidec = sets.research(data, "acdc-cine"), sets.research(data, "emidec-lge")
    dicom = data / "dicom"
    return {
        "sunnybrook held out": held,
        "autofd": sets.autofd(data),
        "acdc": [s for s in acdc if s.tags["near_border"] == "no"],
        "acdc near border": [s for s in acdc if s.tags["near_border"] == "yes"],
        "emidec": [s for s in emidec if s.tags["near_border"] == "no"],
        "emidec near border": [s for s in emidec if s.tags["near_border"] == "yes"],
        "SC-HF-I-01 cine (110)": sets.dicom_folder(dicom / "SC-HF-I-01-sax-cine-rotated", "110"),
        "SC-HF-I-02 cine (000)": sets.dicom_folder(dicom / "SC-HF-I-02-sax-cine", "000"),
        "SC-HF-I-04 cine (000)": sets.dicom_folder(dicom / "SC-HF-I-04-sax-cine", "000"),
        "scouts held out": sets.split_localizers(sets.localizers(data))[1],
        "SC-HF-I-01 scouts": sets.dicom_folder(dicom / "SC-HF-I-01-localizers"),
        "pig long axes": sets.dicom_folder(dicom / "pig-long-axis-cine"),
    }


def measure(model: Recogniser, data: Path, settings: Report) -> Report:
    report: Report = {}
    for name, slices in groups(data).items():
        raw = raw_outputs(model, slices)
        found: Report = {"sax": sax_report(raw, settings)}
        if slices[0].code:
            found["orientation"] = orientation_report(slices, raw, settings)
        report[name] = found
    blank = run(model, [np.zeros((64, 64), np.float32), np.random.default_rng(0).random((64, 64))])[1]
    report["blank, noise saxLogit"] = [round(float(v), 3) for v in blank]
    report["equivarianceError"] = equivariance_error(model, sets.split(sets.sunnybrook_sax(data))[1][:16])
    return report


def evaluate_model(data: Path, work: Path, out: Path) -> None:
    settings = json.loads((out / "manifest.json").read_text())
    report = measure(load(work), data, settings)
    (work / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=1))
