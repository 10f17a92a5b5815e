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
from serve import Raw, raw_outputs, run, sax_probability, series_probabilities, series_sax, slice_probabilities

Array = np.ndarray
Report = dict[str, object]
SAX_THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def calibration_error(confidence: Array, right: Array, bins: int = 15) -> float:
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [(which == b).mean() * abs(confidence[which == b].mean() - right[which == b].mean())
            for b in range(bins) if (which == b).any()]
    return float(sum(gaps))


def relative(found: int, true: int) -> str:
    """The code that would have been found for the standard picture itself."""
    return LABELS[permutation(LABELS[true]).index(found)]


def in_series(slices: list[sets.Slice]) -> dict[str, list[int]]:
    series: dict[str, list[int]] = defaultdict(list)
    for i, item in enumerate(slices):
        series[f"{item.subject} {item.tags.get(sets.PLANE, '')}".strip()].append(i)
    return series


def position_of(item: sets.Slice) -> str:
    return next((item.tags[key] for key in ("position", "slice", "slice_guess") if key in item.tags), item.name)


def positions_of(slices: list[sets.Slice], members: list[int]) -> list[str]:
    return [position_of(slices[i]) for i in members]


def slice_report(true: Array, p: Array) -> Report:
    found, confidence = p.argmax(axis=1), p.max(axis=1)
    wrong, sure = found != true, confidence > 0.9
    errors = Counter(relative(int(f), int(t)) for f, t in zip(found, true) if f != t)
    return {
        "slices": len(true),
        "accuracy": round(float(1 - wrong.mean()), 4),
        "errors": dict(errors),
        "mirrorOrHalfTurn": sum(n for c, n in errors.items() if c not in ("101", "110")),
        "ece": round(calibration_error(confidence, ~wrong), 4),
        "meanConfidence": round(float(confidence.mean()), 4),
        "meanConfidenceWhenWrong": round(float(confidence[wrong].mean()), 3) if wrong.any() else None,
        "wrongAbove0.9": int((confidence[wrong] > 0.9).sum()),
        "mirrorOrHalfTurnAbove0.9": sum(
            relative(int(f), int(t)) not in ("000", "101", "110") for f, t in zip(found[sure], true[sure])),
    }


def series_report(slices: list[sets.Slice], true: Array, p: Array, correlation: float) -> Report:
    series = in_series(slices)
    pooled = {s: series_probabilities(p[i], positions_of(slices, i), correlation) for s, i in series.items()}
    wrong = {s: q for s, q in pooled.items() if q.argmax() != true[series[s][0]]}
    right = sorted(float(q.max()) for s, q in pooled.items() if s not in wrong)
    return {
        "series": len(series),
        "right": len(right),
        "wrong": {s: [relative(int(q.argmax()), int(true[series[s][0]])), round(float(q.max()), 4)]
                  for s, q in wrong.items()},
        "lowestWhenRight": [round(v, 4) for v in right[:5]],
        "rightAndAbove": {str(t): sum(v >= t for v in right) for t in (0.8, 0.9, 0.95, 0.98)},
    }


def orientation_report(slices: list[sets.Slice], raw: Raw, settings: Report) -> Report:
    p = slice_probabilities(raw, settings["calibration"]["temperature"])
    true = np.array([LABELS.index(s.code) for s in slices])
    correlation = settings["pooling"]["correlation"]
    return {"slice": slice_report(true, p), "series": series_report(slices, true, p, correlation)}


def sax_report(slices: list[sets.Slice], raw: Raw, settings: Report) -> Report:
    calibration = settings["calibration"]
    p = sax_probability(raw, calibration["saxScale"], calibration["saxOffset"])
    pooled = [series_sax(p[i], positions_of(slices, i)) for i in in_series(slices).values()]
    return {
        "slicePercentiles0_1_2_5_50_95_100": [round(float(v), 4) for v in np.percentile(p, [0, 1, 2, 5, 50, 95, 100])],
        "slicesAbove": {str(t): round(float((p >= t).mean()), 4) for t in SAX_THRESHOLDS},
        "seriesPercentiles0_5_50_95_100": [round(float(v), 4) for v in np.percentile(pooled, [0, 5, 50, 95, 100])],
        "seriesAbove": {str(t): round(float(np.mean(np.array(pooled) >= t)), 4) for t in SAX_THRESHOLDS},
    }


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
        found: Report = {"sax": sax_report(slices, raw, settings)}
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
