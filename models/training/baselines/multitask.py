"""The multi-task network: a U-Net finds ventricles and myocardium; where they are guides the orientation head."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .batches import Batch
from .equalise import equalised
from .fit import Stage

WIDTHS = (16, 24, 32, 48)
STRUCTURES = 3


def double(channels: int, width: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for entering in (channels, width):
        layers += [nn.Conv2d(entering, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
    return nn.Sequential(*layers)


class UNet(nn.Module):
    """[N,3,S,S] -> features [N,WIDTHS[0],S,S] and mask logits [N,3,S,S]; S a multiple of 8."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.ModuleList(double(c, w) for c, w in zip((3, *WIDTHS[:-1]), WIDTHS))
        self.up = nn.ModuleList(double(w + below, w) for w, below in zip(WIDTHS[:-1], WIDTHS[1:]))
        self.masks = nn.Conv2d(WIDTHS[0], STRUCTURES, 1)

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        levels = [self.down[0](picture)]
        for block in self.down[1:]:
            levels.append(block(F.max_pool2d(levels[-1], 2)))
        out = levels.pop()
        for block in reversed(self.up):
            out = block(torch.cat([levels.pop(), F.interpolate(out, scale_factor=2.0, mode="nearest")], dim=1))
        return out, self.masks(out)


class OrientationHead(nn.Module):
    """Reads the U-Net's features, stronger where the heart is, and the masks themselves."""

    def __init__(self, size: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = WIDTHS[0] + STRUCTURES
        for width in (24, 32, 48):
            layers += [nn.Conv2d(channels, width, 3, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
            channels = width
        layers += [nn.AvgPool2d(2), nn.Flatten(), nn.Dropout(0.3), nn.Linear(channels * (size // 16) ** 2, 8)]
        self.layers = nn.Sequential(*layers)

    def forward(self, features: Tensor, masks: Tensor) -> Tensor:
        heart = masks.amax(dim=1, keepdim=True)
        return self.layers(torch.cat([features * (1 + heart), masks], dim=1))


def segmentation_loss(logits: Tensor, batch: Batch) -> Tensor:
    """Cross-entropy and soft Dice of the structures that were drawn; what nobody drew is neither right nor wrong."""
    drawn = batch.drawn[:, :, None, None]
    entropy = F.binary_cross_entropy_with_logits(logits, batch.masks, reduction="none").mean(dim=(2, 3))
    found = torch.sigmoid(logits) * drawn
    shared = (found * batch.masks).sum(dim=(0, 2, 3))
    dice = (2 * shared + 1) / (found.sum(dim=(0, 2, 3)) + (batch.masks * drawn).sum(dim=(0, 2, 3)) + 1)
    told = (batch.drawn.sum(dim=0) > 0).float()
    entropy_of_drawn = (entropy * batch.drawn).sum() / batch.drawn.sum().clamp(min=1)
    return entropy_of_drawn + ((1 - dice) * told).sum() / told.sum().clamp(min=1)


class MultiTask(nn.Module):
    """image [N,1,96,96] -> log-probabilities [N,8] and mask logits [N,3,96,96]."""

    size = 96

    def __init__(self) -> None:
        super().__init__()
        self.segmentation = UNet()
        self.orientation = OrientationHead(self.size)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        features, masks = self.segmentation(equalised(image))
        return torch.log_softmax(self.orientation(features, torch.sigmoid(masks)), dim=1), masks

    def masks_loss(self, batch: Batch) -> Tensor:
        return segmentation_loss(self.segmentation(equalised(batch.images))[1], batch)

    def orientation_loss(self, batch: Batch) -> Tensor:
        return F.nll_loss(self(batch.images)[0], batch.codes)

    def loss(self, batch: Batch) -> Tensor:
        log_probabilities, masks = self(batch.images)
        return F.nll_loss(log_probabilities, batch.codes) + segmentation_loss(masks, batch)

    def stages(self, steps: int) -> list[Stage]:
        """First the segmentation, then the orientation on frozen masks, then both."""
        kinds = {"cine": 0.5, "LGE": 0.25, "T2": 0.25}
        masks, head = (self.segmentation,), (self.orientation,)
        return [
            Stage("segmentation", kinds, masks, steps * 4 // 10, 2e-3, self.masks_loss),
            Stage("orientation with the masks", kinds, head, steps * 3 // 10, 2e-3, self.orientation_loss),
            Stage("both", kinds, (self,), steps * 3 // 10, 1e-3),
        ]
