"""The networks. Everything from the 64 x 64 crop on lies inside the exported graph.

`orbit` holds the eight undone copies of a picture. One small network scores how standard
each copy looks; the softmax over the eight scores is exactly equivariant. A second one
says how short-axis-like a copy looks; its mean over the orbit is exactly invariant.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

BOX = 17  # about a quarter of the crop; odd, so that it is symmetric
SOFTENING = 0.15


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


def head(channels: int, hidden: int, dropout: float) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, 24, 1), nn.ReLU(), nn.Flatten(), nn.Dropout(dropout),
        nn.Linear(24 * 64, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, 1),
    )


class ScoreNet(nn.Module):
    """Two scores of one copy (standard? short axis?), and for training a coarse map of the left ventricle."""

    def __init__(self, widths: tuple[int, int, int, int, int], hidden: int, dropout: float) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 1
        for width, stride in zip(widths, (2, 2, 1, 2, 1)):
            layers += [nn.Conv2d(channels, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
            channels = width
        self.trunk = nn.Sequential(*layers)
        self.ventricle = nn.Conv2d(channels, 1, 1)
        self.head = head(channels, hidden, dropout)
        self.sax = head(channels, hidden, dropout)

    def forward(self, copies: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        features = self.trunk(copies)
        return self.head(features)[:, 0], self.sax(features)[:, 0], self.ventricle(features)


def new_net() -> ScoreNet:
    return ScoreNet((16, 32, 32, 64, 64), hidden=48, dropout=0.3)


class Recogniser(nn.Module):
    """What is exported: image [N,1,64,64] -> log_probabilities [N,8], sax_logit [N]."""

    def __init__(self, net: ScoreNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        score, sax, _ = self.net(orbit(local_contrast(image)))
        return torch.log_softmax(score.reshape(-1, 8), dim=1), sax.reshape(-1, 8).mean(dim=1)
