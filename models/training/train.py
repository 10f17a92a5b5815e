"""From data to model in one command: python3 train.py --data DIR --out models/orientation-open"""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

import data as sets
from augment import heart_crop, turn_code
from long_axes import long_axes
from negatives import Negatives
from net import ScoreNet, local_contrast, orbit, orientation_net, sax_net

log = logging.getLogger("train")


@dataclass(frozen=True)
class Plan:
    """How long and how fast one network is trained."""

    steps: int
    batch: int
    rate: float = 2e-3
    decay: float = 1e-3
    smoothing: float = 0.02
    seed: int = 1


def orientation_batch(hearts: list[sets.Slice], plan: Plan, rng: np.random.Generator) -> tuple[Tensor, ...]:
    """Crops of standard pictures; the network's equivariance supplies the other seven codes."""
    drawn = [heart_crop(hearts[i].grid, hearts[i].mask, rng) for i in rng.integers(0, len(hearts), plan.batch)]
    crops, labels, occupancy = (torch.from_numpy(np.stack(part)) for part in zip(*drawn))
    smooth = labels * (1 - plan.smoothing) + plan.smoothing / 8
    return crops[:, None], smooth, occupancy[:, None]


def orientation_loss(net: ScoreNet, batch: tuple[Tensor, ...]) -> Tensor:
    crops, labels, occupancy = batch
    score, ventricle = net(orbit(local_contrast(crops)))
    choice = -(labels * F.log_softmax(score.reshape(-1, 8), dim=1)).sum(dim=1).mean()
    where = F.binary_cross_entropy_with_logits(ventricle, orbit(occupancy))
    return choice + 0.3 * where


def sax_batch(
    hearts: list[sets.Slice], negatives: Negatives, plan: Plan, rng: np.random.Generator
) -> tuple[Tensor, ...]:
    half = plan.batch // 2
    positive = [
        turn_code(heart_crop(hearts[i].grid, hearts[i].mask, rng)[0], rng) for i in rng.integers(0, len(hearts), half)
    ]
    crops = np.stack(positive + [negatives.draw(rng) for _ in range(half)]).astype(np.float32)
    labels = torch.cat([torch.ones(half), torch.zeros(half)])
    smooth = labels * (1 - plan.smoothing) + plan.smoothing / 2
    return torch.from_numpy(crops)[:, None], smooth


def sax_loss(net: ScoreNet, batch: tuple[Tensor, ...]) -> Tensor:
    crops, labels = batch
    return F.binary_cross_entropy_with_logits(net(local_contrast(crops))[0], labels)


def fit(
    net: ScoreNet, plan: Plan, draw: Callable[[np.random.Generator], tuple[Tensor, ...]],
    loss_of: Callable[[ScoreNet, tuple[Tensor, ...]], Tensor],
) -> ScoreNet:
    rng = np.random.default_rng(plan.seed)
    optimiser = torch.optim.AdamW(net.parameters(), lr=plan.rate, weight_decay=plan.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, plan.rate, plan.steps, pct_start=0.05)
    net.train()
    running, start = 0.0, time.monotonic()
    for step in range(1, plan.steps + 1):
        loss = loss_of(net, draw(rng))
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        running += (loss.item() - running) * (0.02 if step > 50 else 1 / step)
        if step % 100 == 0:
            log.info("step %d of %d, loss %.4f, %.0f s", step, plan.steps, running, time.monotonic() - start)
    return net.eval()


def train_orientation(data: Path, plan: Plan) -> ScoreNet:
    torch.manual_seed(plan.seed)
    hearts, _ = sets.split(sets.sunnybrook_sax(data))
    return fit(orientation_net(), plan, lambda rng: orientation_batch(hearts, plan, rng), orientation_loss)


def sax_negatives(data: Path, hearts: list[sets.Slice], plan: Plan, with_pig: bool = True) -> Negatives:
    scouts, _ = sets.split_localizers(sets.localizers(data))
    cuts = long_axes(hearts, per_stack=3, seed=plan.seed)
    pig = sets.dicom_folder(data / "dicom" / "pig-long-axis-cine") if with_pig else []
    return Negatives(scouts, cuts + pig * 2, hearts)


def train_sax(data: Path, plan: Plan, with_pig: bool = True) -> ScoreNet:
    torch.manual_seed(plan.seed)
    hearts, _ = sets.split(sets.sunnybrook_sax(data))
    negatives = sax_negatives(data, hearts, plan, with_pig)
    return fit(sax_net(), plan, lambda rng: sax_batch(hearts, negatives, plan, rng), sax_loss)


def write_split(data: Path, work: Path) -> None:
    scouts = sets.localizers(data)
    parts = {"short-axis": sets.split(sets.sunnybrook_sax(data)), "localizers": sets.split_localizers(scouts)}
    named = {
        name: {"train": sorted({s.subject for s in kept}), "held-out": sorted({s.subject for s in held})}
        for name, (kept, held) in parts.items()
    }
    (work / "split.json").write_text(json.dumps(named, indent=2) + "\n")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path(__file__).parent / "work")
    parser.add_argument("--stages", nargs="+", default=["orientation", "sax", "export", "evaluate"])
    parser.add_argument("--orientation-steps", type=int, default=4000)
    parser.add_argument("--sax-steps", type=int, default=4000)
    parser.add_argument("--without-pig", action="store_true", help="measure the SAX head on an unseen animal")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    args = options()
    torch.set_num_threads(args.threads)
    args.work.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", handlers=[
        logging.StreamHandler(), logging.FileHandler(args.work / f"{'-'.join(args.stages)}.log")])
    write_split(args.data, args.work)
    if "orientation" in args.stages:
        net = train_orientation(args.data, Plan(args.orientation_steps, 32, seed=args.seed))
        torch.save(net.state_dict(), args.work / "orientation.pt")
    if "sax" in args.stages:
        net = train_sax(args.data, Plan(args.sax_steps, 128, seed=args.seed), not args.without_pig)
        torch.save(net.state_dict(), args.work / "sax.pt")
    if "export" in args.stages:
        from export import export_model
        export_model(args.data, args.work, args.out)
    if "evaluate" in args.stages:
        from evaluate import evaluate_model
        evaluate_model(args.data, args.work, args.out)


if __name__ == "__main__":
    main()
