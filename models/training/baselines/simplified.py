"""The simplified network: three convolutions and one fully connected layer, adapted from cine to LGE to T2."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .batches import Batch
from .equalise import equalised
from .fit import Stage

WIDTHS = (32, 32, 64)


class Simplified(nn.Module):
    """image [N,1,100,100] -> log-probabilities [N,8]; no masks."""

    size = 100

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels, side = 3, self.size
        for width in WIDTHS:
            layers += [nn.Conv2d(channels, width, 3), nn.BatchNorm2d(width), nn.MaxPool2d(2), nn.ReLU()]
            channels, side = width, (side - 2) // 2
        self.encoder = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.AvgPool2d(2), nn.Flatten(), nn.Linear(channels * (side // 2) ** 2, 8))

    def forward(self, image: Tensor) -> tuple[Tensor, None]:
        return torch.log_softmax(self.head(self.encoder(equalised(image))), dim=1), None

    def loss(self, batch: Batch) -> Tensor:
        return F.nll_loss(self(batch.images)[0], batch.codes)

    def stages(self, steps: int) -> list[Stage]:
        """Cine first; then each further kind with the encoder frozen, then with all layers.

        Half of the pictures of a later stage are of the kinds before, so that one set of weights serves all three; the
        paper keeps one set for each kind.
        """
        lge = {"cine": 0.5, "LGE": 0.5}
        t2 = {"cine": 0.25, "LGE": 0.25, "T2": 0.5}
        return [
            Stage("cine", {"cine": 1.0}, (self,), steps * 4 // 10, 2e-3),
            Stage("LGE, head", lge, (self.head,), steps // 10, 1e-3),
            Stage("LGE, all layers", lge, (self,), steps * 2 // 10, 1e-3),
            Stage("T2, head", t2, (self.head,), steps // 10, 1e-3),
            Stage("T2, all layers", t2, (self,), steps * 2 // 10, 1e-3),
        ]
