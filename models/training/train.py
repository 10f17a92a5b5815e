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
from augment import heart_crop
from long_axes import long_axes
from negatives import Negatives
from net import ScoreNet, local_contrast, new_net, orbit
from preprocess import SIZE

log = logging.getLogger("train")


@dataclass(frozen=True)
class Plan:
    """How long and how fast the network is trained."""

    steps: int
    batch: int = 32
    negatives: int = 48
    rate: float = 2e-3
    decay: float = 1e-3
    smoothing: float = 0.02
    seed: int = 1


@dataclass(frozen=True)
class Batch:
    """Hearts in the standard picture with soft labels and LV maps; pictures without a short axis."""

    hearts: Tensor
    labels: Tensor
    ventricle: Tensor
    others: Tensor


def draw_batch(hearts: list[sets.Slice], negatives: Negatives, plan: Plan, rng: np.random.Generator) -> Batch:
    drawn = [heart_crop(hearts[i].grid, hearts[i].mask, rng) for i in rng.integers(0, len(hearts), plan.batch)]
    crops, labels, occupancy = (torch.from_numpy(np.stack(part)) for part in zip(*drawn))
    others = np.stack([negatives.draw(rng) for _ in range(plan.negatives)])
    smooth = labels * (1 - plan.smoothing) + plan.smoothing / 8
    return Batch(crops[:, None], smooth, occupancy[:, None], torch.from_numpy(others)[:, None])


def loss_of(net: ScoreNet, batch: Batch, plan: Plan) -> Tensor:
    """The net's equivariance supplies the other seven codes; what is no heart is seen in one copy each."""
    copies = orbit(local_contrast(batch.hearts))
    score, sax, ventricle = net(torch.cat([copies, local_contrast(batch.others)]))
    count = len(copies)
    choice = -(batch.labels * F.log_softmax(score[:count].reshape(-1, 8), dim=1)).sum(dim=1).mean()
    where = F.binary_cross_entropy_with_logits(ventricle[:count], orbit(batch.ventricle))
    yes, no = 1 - plan.smoothing / 2, plan.smoothing / 2
    short_axis = F.binary_cross_entropy_with_logits(sax[:count], torch.full((count,), yes))
    other = F.binary_cross_entropy_with_logits(sax[count:], torch.full((len(batch.others),), no))
    return choice + 0.3 * where + 0.5 * (short_axis + other)


def sax_loss_of(net: ScoreNet, batch: Batch, plan: Plan) -> Tensor:
    """Of the SAX head alone, on a trunk that stays as it is."""
    hearts = orbit(local_contrast(batch.hearts)).reshape(-1, 8, 1, SIZE, SIZE)[:, [0, 5]].flatten(0, 1)
    with torch.no_grad():
        features = net.trunk(torch.cat([hearts, local_contrast(batch.others)]))
    truth = torch.cat([torch.ones(len(hearts)), torch.zeros(len(batch.others))])
    smooth = truth * (1 - plan.smoothing) + plan.smoothing / 2
    return F.binary_cross_entropy_with_logits(net.sax(features)[:, 0], smooth)


def fit(
    net: ScoreNet, part: nn.Module, plan: Plan, draw: Callable[[np.random.Generator], Batch],
    objective: Callable[[ScoreNet, Batch, Plan], Tensor],
) -> ScoreNet:
    """Train `part` of the net; what lies outside it stays in evaluation mode and as it is."""
    rng = np.random.default_rng(plan.seed)
    optimiser = torch.optim.AdamW(part.parameters(), lr=plan.rate, weight_decay=plan.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, plan.rate, plan.steps, pct_start=0.05)
    net.eval()
    part.train()
    running, start = 0.0, time.monotonic()
    for step in range(1, plan.steps + 1):
        loss = objective(net, draw(rng), plan)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(part.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        running += (loss.item() - running) * (0.02 if step > 50 else 1 / step)
        if step % 100 == 0:
            log.info("step %d of %d, loss %.4f, %.0f s", step, plan.steps, running, time.monotonic() - start)
    return net.eval()


def negatives_for(data: Path, hearts: list[sets.Slice], plan: Plan, with_pig: bool) -> Negatives:
    scouts, _ = sets.split_localizers(sets.localizers(data))
    cuts = long_axes(hearts, per_stack=1, seed=plan.seed)
    pig = sets.dicom_folder(data / "dicom" / "pig-long-axis-cine") if with_pig else []
    return Negatives(scouts, cuts + pig * 4, hearts)


def train(data: Path, plan: Plan) -> ScoreNet:
    torch.manual_seed(plan.seed)
    hearts, _ = sets.split(sets.sunnybrook_sax(data))
    negatives = negatives_for(data, hearts, plan, with_pig=False)
    net = new_net()
    return fit(net, net, plan, lambda rng: draw_batch(hearts, negatives, plan, rng), loss_of)


def refine_sax(net: ScoreNet, data: Path, plan: Plan) -> ScoreNet:
    """More of what is no short axis, the animal's long axes among it, for the SAX head alone."""
    torch.manual_seed(plan.seed)
    hearts, _ = sets.split(sets.sunnybrook_sax(data))
    negatives = negatives_for(data, hearts, plan, with_pig=True)
    return fit(net, net.sax, plan, lambda rng: draw_batch(hearts, negatives, plan, rng), sax_loss_of)


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
    parser.add_argument("--stages", nargs="+", default=["train", "refine", "export", "evaluate"])
    parser.add_argument("--steps", type=int, default=4500)
    parser.add_argument("--refine-steps", type=int, default=1500)
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
    if "train" in args.stages:
        net = train(args.data, Plan(args.steps, seed=args.seed))
        torch.save(net.state_dict(), args.work / "trained.pt")
    if "refine" in args.stages:
        net = new_net()
        net.load_state_dict(torch.load(args.work / "trained.pt"))
        refine = Plan(args.refine_steps, negatives=64, rate=1e-3, seed=args.seed)
        torch.save(refine_sax(net, args.data, refine).state_dict(), args.work / "weights.pt")
    if "export" in args.stages:
        from export import export_model
        export_model(args.data, args.work, args.out)
    if "evaluate" in args.stages:
        from evaluate import evaluate_model
        evaluate_model(args.data, args.work, args.out)


if __name__ == "__main__":
    main()
