"""Plots of one training as SVG files in its work folder: the loss, and how honest the probabilities are."""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

WIDTH, HEIGHT, MARGIN = 640, 400, 48
Points = list[tuple[float, float]]


def line(points: Points, box: tuple[float, float, float, float], style: str) -> str:
    left, right, low, high = box
    at = " ".join(
        f"{MARGIN + (x - left) / (right - left) * (WIDTH - 2 * MARGIN):.1f},"
        f"{HEIGHT - MARGIN - (y - low) / (high - low) * (HEIGHT - 2 * MARGIN):.1f}" for x, y in points)
    return f'<polyline points="{at}" fill="none" {style}/>'


def chart(title: str, lines: dict[str, Points], box: tuple[float, float, float, float]) -> str:
    colours = ("#1f6feb", "#d1242f", "#1a7f37", "#8250df", "#bf8700", "#57606a")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/><text x="{MARGIN}" y="24">{title}</text>',
        f'<text x="{MARGIN}" y="{HEIGHT - 20}">{box[0]:g}</text>'
        f'<text x="{WIDTH - MARGIN}" y="{HEIGHT - 20}" text-anchor="end">{box[1]:g}</text>'
        f'<text x="8" y="{HEIGHT - MARGIN}">{box[2]:.2g}</text><text x="8" y="{MARGIN + 8}">{box[3]:.2g}</text>',
    ]
    for i, (name, points) in enumerate(lines.items()):
        colour = colours[i % len(colours)]
        parts.append(line(points, box, f'stroke="{colour}" stroke-width="1.5"'))
        parts.append(f'<text x="{WIDTH - MARGIN}" y="{24 + 15 * i}" fill="{colour}" text-anchor="end">{name}</text>')
    return "\n".join([*parts, "</svg>\n"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    work: Path = parser.parse_args().work
    with open(work / "losses.csv", newline="") as handle:
        losses = [(float(row["step"]), float(row["loss"])) for row in csv.DictReader(handle)]
    if losses:
        low, high = min(loss for _, loss in losses), max(loss for _, loss in losses)
        box = (0.0, losses[-1][0], low, max(high, low + 1e-6))
        (work / "loss.svg").write_text(chart("Loss, running mean, by step", {"loss": losses}, box))
    measured = json.loads((work / "measured.json").read_text())
    curves: dict[str, Points] = {
        name: [(c, a) for c, a, _ in found["reliability"]] for name, found in measured.items() if "reliability" in found
    }
    diagonal: dict[str, Points] = {"": [(0.0, 0.0), (1.0, 1.0)]}
    chosen = {name: points for name, points in curves.items() if len(points) > 1}
    text = chart("Accuracy by confidence, slices that trained nothing", diagonal | chosen, (0, 1, 0, 1))
    (work / "reliability.svg").write_text(text)


if __name__ == "__main__":
    main()
