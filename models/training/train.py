"""From tensors to model in one command: python3 train.py --tensors DIR --model orientation-open"""

from __future__ import annotations

import argparse
import copy
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

from augment import heart_crop
from long_axes import long_axes
from negatives import Negatives
from net import KINDS, QUALITIES, ScoreNet, Views, local_contrast, new_net, orbit
from sets import TRAINS, Sets, load_sets
from tensors import Picture

log = logging.getLogger("train")

# Share of each data set among the hearts of a batch, as far as it trains.
SHARES = {"sunnybrook-sax": 10.0, "autofd": 2.0, "phantoms": 2.0, "acdc-cine": 6.0, "emidec-lge": 6.0}


@dataclass(frozen=True)
class Plan:
    """How long and how fast the network is trained."""

    steps: int
    batch: int = 32
    negatives: int = 48
    doubted: int = 4  # of the negatives, how many must leave all eight codes open
    rate: float = 2e-3
    decay: float = 1e-3
    smoothing: float = 0.02
    averaging: float = 0.998  # of the weights over the steps
    seed: int = 1


@dataclass(frozen=True)
class Batch:
    """Hearts near the standard picture with what is true of them; other pictures in any code."""

    hearts: Tensor  # [B,1,SIZE,SIZE]
    labels: Tensor  # [B,8]
    off_centre: Tensor  # [B] degrees
    ventricle: Tensor  # [B,1,8,8], nan where unknown
    kinds: Tensor  # [B] index, -1 where unknown
    others: Tensor  # [M,1,SIZE,SIZE]
    other_sax: Tensor  # [M] 0, or nan where unknown
    other_quality: Tensor  # [M] index, -1 where unknown


class Hearts:
    """Draws short axes, each data set by its share."""

    def __init__(self, train: dict[str, list[Picture]]) -> None:
        chosen = {name: [p for p in pictures if p.short_axis and p.quality in ("", "heart")]
                  for name, pictures in train.items() if name in SHARES}
        self.groups = [pictures for pictures in chosen.values() if pictures]
        shares = np.array([SHARES[name] for name, pictures in chosen.items() if pictures])
        self.shares = shares / shares.sum()

    def draw(self, rng: np.random.Generator) -> Picture:
        group = self.groups[rng.choice(len(self.groups), p=self.shares)]
        return group[rng.integers(len(group))]


def index_or_unknown(names: tuple[str, ...], name: str) -> int:
    return names.index(name) if name in names else -1


def draw_batch(hearts: Hearts, negatives: Negatives, plan: Plan, rng: np.random.Generator) -> Batch:
    drawn = [heart_crop(hearts.draw(rng), rng) for _ in range(plan.batch)]
    others = [negatives.draw(rng) for _ in range(plan.negatives)]
    labels = torch.from_numpy(np.stack([d.label for d in drawn]))
    return Batch(
        torch.from_numpy(np.stack([d.crop for d in drawn]))[:, None],
        labels * (1 - plan.smoothing) + plan.smoothing / 8,
        torch.tensor([d.off_centre for d in drawn]),
        torch.from_numpy(np.stack([d.ventricle for d in drawn]))[:, None],
        torch.tensor([index_or_unknown(KINDS, d.kind) for d in drawn]),
        torch.from_numpy(np.stack([o.crop for o in others]))[:, None],
        torch.tensor([np.nan if o.short_axis is None else 0.0 for o in others]),
        torch.tensor([index_or_unknown(QUALITIES, o.quality) for o in others]),
    )


def geodesic(direction: Tensor, degrees: Tensor) -> Tensor:
    """Angle in radians between what was said and what is true: the geodesic distance of two rotations about one axis."""
    true = torch.deg2rad(degrees)
    cosine, sine = direction[:, 0], direction[:, 1]
    cross = cosine * torch.sin(true) - sine * torch.cos(true)
    dot = cosine * torch.cos(true) + sine * torch.sin(true)
    return torch.atan2(cross, dot + 1e-6).abs()


def angle_loss(direction: Tensor, batch: Batch) -> Tensor:
    """Of the copies that are right, by how right they are: near the border two of them are, a quarter turn apart."""
    copies = direction.reshape(-1, 8, 2)
    turned = {0: 0.0, 6: -90.0, 5: 90.0}  # undoing 110 turns the content 90 degrees clockwise, undoing 101 the other way
    total = torch.zeros(())
    for code, turn in turned.items():
        weight = batch.labels[:, code]
        weight = torch.where(weight > 0.05, weight, torch.zeros_like(weight))
        total = total + (weight * geodesic(copies[:, code], batch.off_centre + turn)).sum()
    return total / len(batch.labels)


def known(loss: Tensor, truth: Tensor) -> Tensor:
    """Mean over what is known."""
    there = ~torch.isnan(truth)
    return (torch.where(there, loss, torch.zeros_like(loss)).sum()) / there.sum().clamp(min=1)


def content_loss(views: Views, count: int, doubted: int, batch: Batch, plan: Plan) -> Tensor:
    """What is in the picture, of each copy by itself: the hearts' eight, then each other picture's first."""
    per_other = torch.cat([torch.arange(doubted) * 8, doubted * 8 + torch.arange(len(batch.others) - doubted)]) + count
    yes, no = 1 - plan.smoothing / 2, plan.smoothing / 2
    short_axis = F.binary_cross_entropy_with_logits(views.sax[:count], torch.full((count,), yes))
    other = F.binary_cross_entropy_with_logits(
        views.sax[per_other], torch.nan_to_num(batch.other_sax, 0.0) + no, reduction="none")
    kind = F.cross_entropy(views.kind[:count], batch.kinds.repeat_interleave(8), ignore_index=-1)
    qualities = torch.cat([torch.zeros(count, dtype=torch.long), batch.other_quality])
    quality = F.cross_entropy(
        torch.cat([views.quality[:count], views.quality[per_other]]), qualities, ignore_index=-1,
        weight=torch.tensor([0.3, 2.0, 2.0, 1.0, 1.0]))
    return short_axis + known(other, batch.other_sax) + 0.1 * kind + 0.1 * quality


def loss_of(net: ScoreNet, batch: Batch, plan: Plan) -> Tensor:
    """The net's equivariance supplies the other seven codes; most of what is no heart is seen in one copy each."""
    copies = orbit(local_contrast(batch.hearts))
    others = local_contrast(batch.others)
    doubted = plan.doubted
    views = net(torch.cat([copies, orbit(others[:doubted]), others[doubted:]]))
    count = len(copies)
    choice = -(batch.labels * F.log_softmax(views.score[:count].reshape(-1, 8), dim=1)).sum(dim=1).mean()
    open_codes = -F.log_softmax(views.score[count : count + doubted * 8].reshape(-1, 8), dim=1).mean()
    drawn = orbit(batch.ventricle)
    where = known(F.binary_cross_entropy_with_logits(
        views.ventricle[:count], torch.nan_to_num(drawn, 0.0), reduction="none"), drawn)
    return (choice + 0.5 * angle_loss(views.direction[:count], batch) + 0.3 * where + 0.1 * open_codes
            + content_loss(views, count, doubted, batch, plan))


class Averaged:
    """The running mean of a network's weights: less noise of the last steps than the weights themselves."""

    def __init__(self, net: ScoreNet, keep: float) -> None:
        self.net = copy.deepcopy(net).eval()
        self.keep = keep
        self.updates = 0

    def update(self, net: ScoreNet) -> None:
        self.updates += 1
        keep = min(self.keep, self.updates / (self.updates + 10))
        with torch.no_grad():
            for mean, value in zip(self.net.state_dict().values(), net.state_dict().values()):
                if mean.dtype.is_floating_point:
                    mean.mul_(keep).add_(value, alpha=1 - keep)
                else:
                    mean.copy_(value)


# Step, running mean of the loss, and the network as it would now be kept.
Progress = Callable[[int, float, ScoreNet], None]
SAVED_EVERY = 1000


def fit(
    net: ScoreNet, plan: Plan, draw: Callable[[np.random.Generator], Batch], device: str,
    on_progress: Progress = lambda _step, _loss, _net: None,
) -> ScoreNet:
    rng = np.random.default_rng(plan.seed)
    net = net.to(device).train()
    optimiser = torch.optim.AdamW(net.parameters(), lr=plan.rate, weight_decay=plan.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, plan.rate, plan.steps, pct_start=0.05)
    averaged = Averaged(net, plan.averaging)
    running, start = 0.0, time.monotonic()
    for step in range(1, plan.steps + 1):
        batch = draw(rng)
        loss = loss_of(net, Batch(*(tensor.to(device) for tensor in vars(batch).values())), plan)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        averaged.update(net)
        running += (loss.item() - running) * (0.02 if step > 50 else 1 / step)
        if step % 100 == 0:
            log.info("step %d of %d, loss %.4f, %.0f s", step, plan.steps, running, time.monotonic() - start)
            on_progress(step, running, averaged.net)
    return averaged.net.cpu().eval()


def negatives_of(train: dict[str, list[Picture]], seed: int) -> Negatives:
    made_up = train.get("phantoms", [])
    hearts = train.get("sunnybrook-sax", [])
    cuts = long_axes(hearts, per_stack=3, seed=seed)
    ends = [p for name in SHARES for p in train.get(name, []) if p.quality.startswith("beyond")]
    return Negatives(
        train.get("sunnybrook-localizers", []), cuts + train.get("pig", []) * 4, hearts,
        [p for p in made_up if p.short_axis is False and p.quality not in ("blank", "noise")], ends)


def train(
    sets: Sets, plan: Plan, device: str, on_progress: Progress = lambda _step, _loss, _net: None,
    start: Path | None = None,
) -> ScoreNet:
    torch.manual_seed(plan.seed)
    hearts, negatives = Hearts(sets.train), negatives_of(sets.train, plan.seed)
    net = new_net()
    if start is not None:
        net.load_state_dict(torch.load(start))
    return fit(net, plan, lambda rng: draw_batch(hearts, negatives, plan, rng), device, on_progress)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tensors", type=Path, required=True)
    parser.add_argument("--model", choices=sorted(TRAINS), default="orientation-open")
    parser.add_argument("--work", type=Path)
    parser.add_argument("--steps", type=int, default=15000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, help="weights of an earlier training to go on from")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--leave-out", nargs="*", default=[])
    return parser.parse_args()


def main() -> None:
    args = options()
    torch.set_num_threads(args.threads)
    work = args.work or Path(__file__).parent / "work" / args.model
    work.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", handlers=[
        logging.StreamHandler(), logging.FileHandler(work / "train.log", mode="w")])
    sets = load_sets(args.tensors, args.model, tuple(args.leave_out))
    (work / "split.json").write_text(json.dumps(sets.subjects(), indent=2) + "\n")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    log.info("%s on %s: %s", args.model, device, {name: len(pictures) for name, pictures in sets.train.items()})
    losses = (work / "losses.csv").open("w", buffering=1)
    losses.write("step,loss\n")

    def keep(step: int, loss: float, net: ScoreNet) -> None:
        losses.write(f"{step},{loss:.5f}\n")
        if step % SAVED_EVERY == 0:
            torch.save(net.state_dict(), work / "weights.pt")

    net = train(sets, Plan(args.steps, rate=args.rate, seed=args.seed), device, keep, args.start)
    torch.save(net.state_dict(), work / "weights.pt")


if __name__ == "__main__":
    main()
