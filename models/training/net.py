"""The network. Everything from the 64 x 64 crop on lies inside the exported graph.

`orbit` holds the eight undone copies of a picture. One small network says of each copy how
standard it looks and at which in-plane angle it then stands: the softmax over the eight
scores is exactly equivariant, and the eight angles are permuted alike. It also says of
each copy what it shows; the mean of that over the orbit is exactly invariant.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

BOX = 17  # about a quarter of the crop; odd, so that it is symmetric
SOFTENING = 0.15
# Middle of the sector of a code, degrees against *down*, counter-clockwise positive: between the habits of the sites.
SECTOR_CENTRE_DEGREES = 27.0
# What trained networks say too much: 6 degrees on held-out subjects by their headers (Sunnybrook), some 15 on hospitals
# that they never saw, by what is published of such headers.
ANGLE_BIAS_DEGREES = 10.0
KINDS = ("cine", "LGE", "T2")
QUALITIES = ("heart", "beyond-base", "beyond-apex", "blank", "noise")


def box_mean(padded: Tensor) -> Tensor:
    """Separable: 34 additions a pixel instead of 289."""
    return F.avg_pool2d(F.avg_pool2d(padded, (BOX, 1), stride=1), (1, BOX), stride=1)


def local_contrast(image: Tensor) -> Tensor:
    """(z - box mean) / (box sd + softening): makes cine, LGE and T2 alike."""
    pad = BOX // 2
    padded = F.pad(image, (pad, pad, pad, pad), mode="reflect")
    mean = box_mean(padded)
    square = box_mean(padded * padded)
    deviation = torch.sqrt(F.relu(square - mean * mean) + 1e-8)
    return (image - mean) / (deviation + SOFTENING)


def orbit(image: Tensor) -> Tensor:
    """[N,1,H,W] -> [N*8,1,H,W]: the copies with code 000 … 111 undone."""
    copies = []
    for code in range(8):
        copy = image
        if code & 1:
            copy = torch.flip(copy, dims=[3])
        if code & 2:
            copy = torch.flip(copy, dims=[2])
        if code & 4:
            copy = copy.transpose(2, 3)
        copies.append(copy)
    stacked = torch.stack(copies, dim=1)
    return stacked.reshape(-1, 1, stacked.shape[3], stacked.shape[4])


def head(channels: int, hidden: int, dropout: float, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, 24, 1), nn.ReLU(), nn.Flatten(), nn.Dropout(dropout),
        nn.Linear(24 * 64, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, outputs),
    )


@dataclass(frozen=True)
class Views:
    """What the network says of each copy."""

    score: Tensor  # [N] how standard
    direction: Tensor  # [N,2] cosine and sine of the angle off the sector's centre, not normalised
    sax: Tensor  # [N] logit
    kind: Tensor  # [N,3] logits
    quality: Tensor  # [N,5] logits
    ventricle: Tensor  # [N,1,8,8] logits, for training only


class ScoreNet(nn.Module):
    def __init__(self, widths: tuple[int, int, int, int, int], hidden: int, dropout: float) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 1
        for width, stride in zip(widths, (2, 2, 1, 2, 1)):
            layers += [nn.Conv2d(channels, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
            channels = width
        self.trunk = nn.Sequential(*layers)
        self.ventricle = nn.Conv2d(channels, 1, 1)
        self.orientation = head(channels, hidden, dropout, 3)
        self.content = head(channels, hidden, dropout, 1 + len(KINDS) + len(QUALITIES))

    def forward(self, copies: Tensor) -> Views:
        features = self.trunk(copies)
        orientation, content = self.orientation(features), self.content(features)
        kinds = 1 + len(KINDS)
        return Views(
            orientation[:, 0], orientation[:, 1:3],
            content[:, 0], content[:, 1:kinds], content[:, kinds:], self.ventricle(features))


def new_net() -> ScoreNet:
    return ScoreNet((16, 32, 32, 64, 64), hidden=48, dropout=0.3)


class Recogniser(nn.Module):
    """What is exported: image [N,1,64,64] -> log_probabilities [N,8], sax_logit [N], angle_degrees [N,8],
    kind_logits [N,3], quality_logits [N,5]."""

    def __init__(self, net: ScoreNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        views = self.net(orbit(local_contrast(image)))
        # ONNX has no two-argument arc tangent; the half angle does without, and is smooth but for straight behind.
        cosine, sine = views.direction[:, 0], views.direction[:, 1]
        length = torch.sqrt(cosine * cosine + sine * sine)
        degrees = 360 / math.pi * torch.atan(sine / (length + cosine + 1e-6))
        return (
            torch.log_softmax(views.score.reshape(-1, 8), dim=1),
            views.sax.reshape(-1, 8).mean(dim=1),
            degrees.reshape(-1, 8) + SECTOR_CENTRE_DEGREES - ANGLE_BIAS_DEGREES,
            views.kind.reshape(-1, 8, len(KINDS)).mean(dim=1),
            views.quality.reshape(-1, 8, len(QUALITIES)).mean(dim=1),
        )
