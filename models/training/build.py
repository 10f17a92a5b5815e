"""From data to model in one command: python3 build.py --data DIR --model orientation-open

Lets the node write every picture as the arrays that its own preprocessing makes (cmr-node export-tensors), trains,
calibrates, and writes the model folder beside this one. What was written before is not written again.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from sets import TRAINS

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
LABELS = HERE / "labels"
DRAWN_VALUES = "leftVentricle=255,myocardium=170,rightVentricle=85"

# Where each data set lies within the data folder, and what its pictures do not tell themselves.
EXPORTS: dict[str, tuple[str, ...]] = {
    "sunnybrook-sax": ("sunnybrook-sax", "--kind", "cine", "--mask", "leftVentricle=lv-endocardium"),
    "sunnybrook-localizers": ("sunnybrook-localizers", "--not-short-axis"),
    "autofd": (
        "autofd", "--labels", str(LABELS / "autofd.csv"), "--label-volume", "seg_sa_ED.nii.gz",
        "--label-values", "leftVentricle=1,myocardium=2,rightVentricle=4", "--label-slice-offset", "3"),
    "pig": ("dicom/pig-long-axis-cine", "--labels", str(LABELS / "pig.csv"), "--not-short-axis"),
    "sc-hf-i-01-sax": ("dicom/SC-HF-I-01-sax-cine-rotated", "--labels", str(LABELS / "sc-hf-i-01-sax.csv")),
    "sc-hf-i-02-sax": ("dicom/SC-HF-I-02-sax-cine", "--labels", str(LABELS / "sc-hf-i-02-sax.csv")),
    "sc-hf-i-04-sax": ("dicom/SC-HF-I-04-sax-cine", "--labels", str(LABELS / "sc-hf-i-04-sax.csv")),
    "sc-hf-i-01-localizers": (
        "dicom/SC-HF-I-01-localizers", "--labels", str(LABELS / "sc-hf-i-01-localizers.csv"), "--not-short-axis"),
    "acdc-cine": (
        "research-only/acdc-cine", "--kind", "cine", "--label-mask", "lv-myo-rv", "--label-values", DRAWN_VALUES),
    "emidec-lge": (
        "research-only/emidec-lge", "--kind", "LGE", "--label-mask", "masks",
        "--label-values", "leftVentricle=1,myocardium=2+3+4"),
}
PHANTOMS = ("--phantoms", "1500", "--seed", "train")


def export_tensors(data: Path, tensors: Path) -> None:
    node = ["node", str(REPOSITORY / "dist" / "cli" / "main.js"), "export-tensors"]
    for name, (folder, *options) in EXPORTS.items():
        # A data set that is not there neither trains nor measures; training says which ones it found.
        if (data / folder).is_dir() and not (tensors / name).exists():
            run([*node, str(data / folder), *options, "--name", name, "--out", str(tensors / name)])
    if not (tensors / "phantoms").exists():
        run([*node, *PHANTOMS, "--name", "phantoms", "--out", str(tensors / "phantoms")])


def run(command: list[str]) -> None:
    print("$", *command, flush=True)
    subprocess.run(command, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", choices=sorted(TRAINS), default="orientation-open")
    parser.add_argument("--tensors", type=Path, default=HERE / "work" / "tensors")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    work, out = HERE / "work" / args.model, args.out or HERE.parent / args.model
    args.tensors.mkdir(parents=True, exist_ok=True)
    export_tensors(args.data, args.tensors)
    common = ["--tensors", str(args.tensors), "--model", args.model, "--work", str(work)]
    steps = [] if args.steps is None else ["--steps", str(args.steps)]
    run([sys.executable, str(HERE / "train.py"), *common, *steps, "--seed", str(args.seed)])
    run([sys.executable, str(HERE / "export.py"), *common, "--out", str(out)])
    run([sys.executable, str(HERE / "plot.py"), "--work", str(work)])


if __name__ == "__main__":
    main()
