"""What an adapted model says of itself: its figures beside the base's, its manifest and its card. Nobody is named."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adapt_fit import Fitted
from adapt_split import hearts, others
from export import reference_outputs
from measure import orientation
from net import Recogniser
from serve import Raw, raw_outputs, sax_probability, slice_probabilities
from tensors import Picture

Json = dict[str, Any]
# So small a share of the pictures may be worse off: chance alone moves a few.
TOLERANCE = 0.01
TRUTH = {"labels": "that of people", "header": "that of the geometry headers"}
FROM_ORIENTATION = ("slices", "right", "harmless", "ece", "wrongAbove0.9", "errors", "series", "seriesRight", "degreesOff")
ROWS = (
    ("slices right (the code as labelled)", "right"), ("slices right or harmless", "harmless"),
    ("wrong slices with more than .9", "wrongAbove0.9"), ("expected calibration error", "ece"), ("log loss", "logLoss"),
    ("series right", "seriesRight"), ("median error of the in-plane angle, degrees", "degreesOff"),
    ("short axes taken for short axes", "shortAxesTaken"), ("other pictures taken for short axes", "othersTaken"),
)


def wilson(hits: int, count: int) -> list[float]:
    """95 % interval of a share."""
    z = 1.96
    share = hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return [round(max(0.0, middle - half), 3), round(min(1.0, middle + half), 3)]


def figures(model: Recogniser, pictures: list[Picture], temperature: float, calibration: Json) -> Json:
    known = hearts(pictures)
    raw = raw_outputs(model, known)
    found = orientation(known, raw, temperature)
    loss = -np.log(np.clip(slice_probabilities(raw, temperature)[:, 0], 1e-9, 1)).mean()

    def taken(answers: Raw) -> float:
        sax = sax_probability(answers, calibration["saxScale"], calibration["saxOffset"])
        return round(float((sax >= 0.5).mean()), 4)

    return {name: found[name] for name in FROM_ORIENTATION} | {
        "logLoss": round(float(loss), 4), "shortAxesTaken": taken(raw),
        "othersTaken": taken(raw_outputs(model, others(pictures))) if others(pictures) else None}


def faults(base: Json, adapted: Json) -> list[str]:
    """Why the adapted model is not better than the base on the subjects held back; nothing where it is."""
    found = [
        f"{text}: {base[name]} before, {adapted[name]} now"
        for text, name in ROWS
        if (name == "harmless" and adapted[name] < base[name] - TOLERANCE)
        or (name == "seriesRight" and adapted[name] < base[name])
    ]
    if adapted["shortAxesTaken"] < base["shortAxesTaken"] - TOLERANCE:
        found.append("fewer short axes are taken for short axes")
    if base["othersTaken"] is not None and adapted["othersTaken"] > base["othersTaken"] + TOLERANCE:
        found.append("more pictures are taken for short axes that are none")
    gains = any(adapted[name] > base[name] for name in ("harmless", "seriesRight")) or adapted["logLoss"] < base["logLoss"]
    return found or ([] if gains else ["no figure is better"])


def manifest(fitted: Fitted, base: Json, report: Json, name: str, sha256: str) -> Json:
    """The base's, licence and restriction included; only what training changed is new."""
    subjects = sum(report["parts"][part]["subjects"] for part in ("train", "choose"))
    return base | {
        "name": name,
        "version": base["version"].removesuffix("+adapted") + "+adapted",
        "sha256": sha256,
        "file": "model.onnx",
        "trainedOn": [*base["trainedOn"], f"adapted on {subjects} subjects of a site's own series"],
        "adaptedFrom": report["base"],
        "calibration": base["calibration"] | {"temperature": round(fitted.temperature, 4)},
        "reference": [reference_outputs(fitted.model, reference["seed"]) for reference in base["reference"]],
    }


def card(described: Json, report: Json) -> str:
    parts, base, measured = report["parts"], report["base"], report["heldBack"]
    chosen = f"step {report['chosenStep']} of {report['steps']}" if report["chosenStep"] else "no step: none was better than the base"
    verdict = "Better than its base on them." if not report["faults"] else (
        "**Not better than its base on them**: " + "; ".join(report["faults"]) + ".")
    low, high = wilson(measured["adapted"]["seriesRight"], measured["adapted"]["series"])
    return "\n".join([
        f"# {described['name']} {described['version']}", "",
        f"`{base['name']}` {base['version']} (SHA-256 {base['sha256'][:16]}…), adapted to the series of one site. The same",
        "network, with the same intended use and limits: read the card of the base first. No medical device.", "",
        "## Licence", "",
        f"- Of the base: {described['licence']}",
        *([f"- Usage: {described['usage']}"] if "usage" in described else []),
        "- The site's series left their trace in the weights. Who passes the model on needs the site's consent too.", "",
        "## Data", "",
        *[f"- {source if isinstance(source, str) else ', '.join(map(str, source.values()))}" for source in described["trainedOn"]], "",
        f"Whose word the codes are: {TRUTH[report['truth']]}. Subjects were divided by chance (seed {report['seed']}), no subject is in two parts.", "",
        "| part | subjects | short axes | other pictures |", "|---|---|---|---|",
        *[f"| {text} | {parts[part]['subjects']} | {parts[part]['shortAxes']} | {parts[part]['others']} |"
          for text, part in (("train", "train"), ("choose the step, set the temperature", "choose"), ("held back: measure", "heldBack"))], "",
        f"Kept: {chosen}. " + (
            "The short-axis head was trained too, on the site's other pictures." if parts["train"]["others"] else
            "There were no other pictures to train on: the heads for short axis, kind and quality are the base's."), "",
        "## Figures, on the subjects held back, as served", "",
        f"| | {base['name']} | {described['name']} |", "|---|---|---|",
        *[f"| {text} | {shown(measured['base'], key)} | {shown(measured['adapted'], key)} |" for text, key in ROWS], "",
        f"{verdict} Series right: 95 % interval {low} to {high}; so few series say little about the next one.", ""])


def shown(found: Json, name: str) -> str:
    if found[name] is None:
        return "–"
    return f"{found[name]} of {found['series']}" if name == "seriesRight" else str(found[name])
