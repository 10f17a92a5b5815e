"""The eight codes t v h: what was done to the standard picture to get the one at hand."""

from __future__ import annotations

import numpy as np

LABELS = tuple(f"{i:03b}" for i in range(8))


def apply(picture: np.ndarray, code: str) -> np.ndarray:
    """First transpose, then vertical flip, then horizontal flip."""
    out = picture.T if code[0] == "1" else picture
    out = out[::-1] if code[1] == "1" else out
    return out[:, ::-1] if code[2] == "1" else out


def undo(picture: np.ndarray, code: str) -> np.ndarray:
    """The inverse of `apply`: the same steps, backwards."""
    out = picture[:, ::-1] if code[2] == "1" else picture
    out = out[::-1] if code[1] == "1" else out
    return out.T if code[0] == "1" else out


def permutation(code: str) -> list[int]:
    """For each label g, the label of "g, then `code`": where its probability goes."""
    probe = np.arange(4).reshape(2, 2)
    names = {apply(probe, g).tobytes(): i for i, g in enumerate(LABELS)}
    return [names[np.ascontiguousarray(apply(apply(probe, g), code)).tobytes()] for g in LABELS]
