"""Fine-tuning on a site's own pictures: the heads on a trunk that stays as it is, then everything at a lower rate.

What the site's labels say nothing about must stay as it was. So the batch normalisation keeps the base's statistics, the
base's answers on short axis, kind and quality are taught along with the site's labels, and the head that gives them is
trained only where the site has pictures that are no short axes.
"""

from __future__ import annotations

import copy
import logging
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from adapt_batches import TURN_DEGREES, Batch, Drawer, with_angles
from adapt_split import Parts, hearts
from calibrate import fit_temperature, served_crops
from net import Recogniser, ScoreNet, Views, local_contrast, orbit
from serve import run, softmax
from tensors import Picture
from train import Averaged, geodesic

log = logging.getLogger("adapt")

CHOOSING_PICTURES = 100


@dataclass(frozen=True)
class Plan:
    steps: int
    seed: int
    batch: int = 24
    others: int = 12
    head_rate: float = 1e-3
    rate: float = 2e-4
    decay: float = 1e-3
    smoothing: float = 0.02
    averaging: float = 0.98
    looks: int = 8  # how often the model is asked, over all steps, whether it has become better


@dataclass(frozen=True)
class Fitted:
    model: Recogniser
    temperature: float
    step: int  # 0: the base, because no step was better


def content_of(views: Views) -> Tensor:
    return torch.cat([views.sax[:, None], views.kind, views.quality], dim=1)


def loss_of(net: ScoreNet, base: ScoreNet, batch: Batch, plan: Plan) -> Tensor:
    copies = orbit(local_contrast(batch.hearts))
    rest = [local_contrast(crops) for crops in (batch.negatives, batch.anything) if len(crops)]
    shown = torch.cat([copies, *rest])
    views, count, negatives = net(shown), len(copies), len(batch.negatives)
    with torch.no_grad():
        taught = content_of(base(shown))
    label = torch.full((len(batch.hearts), 8), plan.smoothing / 8)
    label[:, 0] += 1 - plan.smoothing
    choice = -(label * F.log_softmax(views.score[:count].reshape(-1, 8), dim=1)).sum(dim=1).mean()
    angle = geodesic(views.direction[:count].reshape(-1, 8, 2)[:, 0], batch.off_centre).mean()
    content = content_of(views)
    loss = choice + 0.5 * angle
    if negatives:
        labelled = views.sax[: count + negatives]
        truth = torch.full((count + negatives,), plan.smoothing / 2)
        truth[:count] = 1 - plan.smoothing / 2
        weight = torch.full((count + negatives,), 0.5 / negatives)
        weight[:count] = 0.5 / count
        loss = loss + (weight * F.binary_cross_entropy_with_logits(labelled, truth, reduction="none")).sum()
        taught[: count + negatives, 0] = labelled.detach()  # here the labels know better than the base
    return loss + F.smooth_l1_loss(content, taught)


class Judge:
    """Asks a model about subjects that do not train it."""

    def __init__(self, pictures: list[Picture], seed: int) -> None:
        rng = np.random.default_rng(seed)
        found = hearts(pictures)
        chosen = [found[i] for i in sorted(rng.permutation(len(found))[:CHOOSING_PICTURES])]
        shifted = [served_crops(p, float(rng.uniform(-TURN_DEGREES, TURN_DEGREES)), rng)[0] for p in chosen]
        self.served, self.shifted = np.stack([p.crops for p in chosen]), np.stack(shifted)

    def log_loss(self, model: Recogniser) -> float:
        """At the temperature that fits best: what matters is who is right, and how surely beside the others."""
        logits = run(model, self.served).log_probabilities
        return float(-np.log(np.clip(softmax(logits / self.fitted(logits))[:, 0], 1e-9, 1)).mean())

    def temperature(self, model: Recogniser) -> float:
        """Asked once more about each picture turned and in another contrast: few people of one site look all alike."""
        both = [run(model, crops).log_probabilities for crops in (self.served, self.shifted)]
        return self.fitted(np.concatenate(both))

    @staticmethod
    def fitted(logits: np.ndarray) -> float:
        return fit_temperature(logits, np.zeros(len(logits), int))


class Chooser:
    """Keeps the best of the models on the way, the base among them."""

    def __init__(self, base: Recogniser, judge: Judge) -> None:
        self.judge, self.model, self.step = judge, base, 0
        self.least = judge.log_loss(base)
        log.info("log loss of the subjects that choose the step: %.4f by the base", self.least)

    def look(self, net: ScoreNet, step: int) -> None:
        model = Recogniser(copy.deepcopy(net)).eval()
        loss = self.judge.log_loss(model)
        log.info("step %d: %.4f", step, loss)
        if loss < self.least:
            self.least, self.model, self.step = loss, model, step


def trainable(net: ScoreNet, modules: list[nn.Module]) -> list[nn.Parameter]:
    net.requires_grad_(False)
    return [parameter.requires_grad_(True) for module in modules for parameter in module.parameters()]


def fit(base: Recogniser, temperature: float, parts: Parts, plan: Plan) -> Fitted:
    torch.manual_seed(plan.seed)
    rng = np.random.default_rng(plan.seed)
    drawer = Drawer(with_angles(parts.train, base), plan.batch, plan.others)
    chooser = Chooser(base, Judge(parts.choose, plan.seed))
    net = copy.deepcopy(base.net).eval()  # the statistics of the batch normalisation stay
    heads: list[nn.Module] = [net.orientation, *([net.content] if drawer.negatives else [])]
    for head in heads:
        head.train()
    averaged, half = Averaged(net, plan.averaging), plan.steps // 2
    stages = ((heads, plan.head_rate, range(1, half + 1)),
              ([net.trunk, *heads], plan.rate, range(half + 1, plan.steps + 1)))
    for modules, rate, steps in stages:
        parameters = trainable(net, modules)
        optimiser = torch.optim.AdamW(parameters, lr=rate, weight_decay=plan.decay)
        for step in steps:
            loss = loss_of(net, base.net, drawer.batch(rng), plan)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            averaged.update(net)
            if step % max(1, plan.steps // plan.looks) == 0:
                chooser.look(averaged.net, step)
    if chooser.step == 0:
        return Fitted(base, temperature, 0)
    # Few subjects are no reason to be surer than the base is.
    return Fitted(chooser.model, max(chooser.judge.temperature(chooser.model), temperature), chooser.step)
