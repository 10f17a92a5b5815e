"""Train a baseline: python3 -m baselines.train --network simplified --tensors DIR --out ../baseline-simplified"""

from __future__ import annotations

import argparse
import ctypes
import json
import logging
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .export import write_model
from .fit import fit, log
from .hearts import Deck, Hearts, read_all
from .measure import contrasts, log_probabilities, measure
from .multitask import MultiTask
from .simplified import Simplified

NETWORKS = {"simplified": Simplified, "multitask": MultiTask}
STEPS = {"simplified": 5000, "multitask": 3600}
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h
TEMPERATURES = np.exp(np.linspace(-1.5, 1.5, 121))


def split_of(sets: list[Hearts]) -> dict[str, dict[str, list[str]]]:
    return {
        h.data_set.folder: {
            "trains": sorted({p.subject for p in h.seen}), "measures": sorted({p.subject for p in h.held_out}),
        } for h in sets
    }


def temperature(net: nn.Module, sets: list[Hearts]) -> float:
    """The one that makes the held-out pictures of all contrasts likeliest; 1 where nobody was held out."""
    found = [log_probabilities(net, p, kind) for h in sets for _, kind, p in contrasts(h) if p]
    if not found:
        return 1.0
    answers, codes = (torch.cat(part) for part in zip(*found))
    losses = [float(F.nll_loss(torch.log_softmax(answers / t, dim=1), codes)) for t in TEMPERATURES]
    return round(float(TEMPERATURES[int(np.argmin(losses))]), 4)


def served_input(tensors: Path, sets: list[Hearts], size: int) -> dict[str, object]:
    """As the pictures were normalised for the tensors, so they must be for the network; one crop, the whole square."""
    written = [json.loads((tensors / h.data_set.folder / "tensors.json").read_text())["input"] for h in sets]
    kept = {(w["gridSize"], tuple(w["percentiles"])) for w in written}
    if len(kept) != 1:
        raise SystemExit("The sets of tensors were not written with the same grid and percentiles")
    (grid, percentiles) = kept.pop()
    return {"name": "image", "size": size, "gridSize": grid, "percentiles": list(percentiles), "crops": [1]}


def train(args: argparse.Namespace) -> None:
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    start = time.monotonic()
    sets, elsewhere = read_all(args.tensors)
    deck = Deck(sets)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    net = NETWORKS[args.network]().to(device, memory_format=torch.channels_last)  # a third faster on a CPU
    after: dict[str, object] = {}
    for stage in net.stages(args.steps):
        fit(net, stage, deck, rng)
        after[stage.name] = measure(net, sets)
        log.info("after %s: %s", stage.name, json.dumps(after[stage.name]))
    facts = {
        "input": served_input(args.tensors, sets, net.size),
        "temperature": temperature(net, sets),
        "trainedOn": [h.data_set.source for h in sets if h.seen],
    }
    write_model(net, f"baseline-{args.network}", facts, args.out)
    report = {
        "network": args.network, "seed": args.seed, "steps": args.steps, "torch": torch.__version__,
        "parameters": sum(p.numel() for p in net.parameters()), "wallSeconds": round(time.monotonic() - start),
        "split": split_of(sets), "afterStage": after, "elsewhere": measure(net, elsewhere),
    }
    (args.out / "report.json").write_text(json.dumps(report, indent=1) + "\n")
    log.info("elsewhere: %s", json.dumps(report["elsewhere"]))


def keep_large_buffers() -> None:
    """glibc hands large buffers back at once and fetches them anew, page by page; without that, a step takes half."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, TypeError, OSError):
        return  # another C library
    mallopt(M_MMAP_THRESHOLD, 2**30)
    mallopt(M_TRIM_THRESHOLD, 2**31 - 1)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", choices=sorted(NETWORKS), required=True)
    parser.add_argument("--tensors", type=Path, required=True, help="folder with a folder of tensors for each set")
    parser.add_argument("--out", type=Path, required=True, help="model folder to write")
    parser.add_argument("--work", type=Path, default=Path(__file__).parents[1] / "work", help="where the log goes")
    parser.add_argument("--steps", type=int, help="of all stages together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    args.steps = args.steps or STEPS[args.network]
    return args


def main() -> None:
    args = options()
    torch.set_num_threads(args.threads)
    keep_large_buffers()
    args.work.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", handlers=[
        logging.StreamHandler(), logging.FileHandler(args.work / f"baseline-{args.network}.log", mode="w")])
    train(args)


if __name__ == "__main__":
    main()
