"""The tables of a model card beside the paper's figures: python3 -m baselines.tables ../baseline-simplified/report.json"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from .hearts import KINDS

Report = dict[str, dict[str, dict[str, object]]]

# Zhang & Zhuang 2021, tables 2 and 3: slices of the hospital that trained, split by slice.
PAPER_ACCURACY = {"cine": 0.990, "LGE": 0.852, "T2": 0.980}
PAPER_DICE = {"left_ventricle": 0.920, "myocardium": 0.853, "right_ventricle": 0.757}


def share(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def cell(figure: dict[str, float] | None) -> str:
    """Mean, 95 % interval, number of subjects; a dash where nothing was measured."""
    if not figure or not figure["subjects"]:
        return "–"
    if figure["subjects"] == 1:
        return f"{share(figure['mean'])}, 1 subject"
    return f"{share(figure['mean'])} ({share(figure['low'])}–{share(figure['high'])}), {figure['subjects']} subjects"


def table(heading: list[str], rows: list[list[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def kind_of(name: str) -> str:
    return next(kind for kind in KINDS if kind in name.split(": ")[1])


def accuracy_rows(measured: Report) -> list[list[str]]:
    return [
        [name, share(PAPER_ACCURACY[kind_of(name)]), cell(f["accuracy"]), str(f["accuracy"]["slices"]),
         "–" if (sure := f["accuracy"].get("wrongWithProbabilityAbove0.9")) is None else share(sure)]
        for name, f in measured.items()
    ]


def dice_rows(measured: Report) -> list[list[str]]:
    return [
        [name, *(cell(f["dice"].get(structure)) for structure in PAPER_DICE)]
        for name, f in measured.items() if "dice" in f
    ]


def stage_rows(after: dict[str, Report]) -> list[list[str]]:
    """How the accuracy on each set and contrast changes from stage to stage."""
    names = list(next(iter(after.values())))
    return [[name, *(share(stage[name]["accuracy"].get("mean", 0.0)) for stage in after.values())] for name in names]


def main() -> None:
    report = json.loads(Path(sys.argv[1]).read_text())
    last = list(report["afterStage"].values())[-1]
    measured = {**last, **report["elsewhere"]}
    print(table(
        ["set and contrast", "paper", "here", "slices", "wrong with p > .9, uncalibrated"], accuracy_rows(measured)))
    if rows := dice_rows(measured):
        paper = ["paper", *(share(value) for value in PAPER_DICE.values())]
        print(table(["Dice", *(name.replace("_", " ") for name in PAPER_DICE)], [paper, *rows]))
    print(table(["accuracy after stage", *report["afterStage"]], stage_rows(report["afterStage"])))


if __name__ == "__main__":
    main()
