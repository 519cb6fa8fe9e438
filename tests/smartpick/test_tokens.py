"""The colors, computed: contrast by WCAG 2.2, and how a reader without red, green or blue cones sees the tiers."""

import re
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"
SCHEMES = ("light", "dark")
TIERS = ("--tier-reach", "--tier-middle", "--tier-safer", "--tier-excluded")
# WCAG 2.2: 1.4.3 text on its ground, 1.4.11 the edge of a control or the mark in a chart.
TEXT, EDGE = 4.5, 3.0

ON_PAPER = ("--ink", "--ink-muted", "--accent", "--accent-strong", "--negative", "--caution", *TIERS)
TEXT_PAIRS = [
    *((ink, paper) for ink in ON_PAPER for paper in ("--paper", "--paper-quiet")),
    ("--on-accent", "--accent"),
    ("--on-accent", "--accent-strong"),
    *((ink, "--accent-quiet") for ink in ("--ink", "--ink-muted", "--accent", "--accent-strong")),
    *((ink, "--negative-quiet") for ink in ("--ink", "--negative", "--accent")),
    *((ink, "--caution-quiet") for ink in ("--ink", "--caution", "--accent")),
]
EDGE_PAIRS = [(edge, paper) for edge in ("--control", "--accent", "--negative", "--rule-strong") for paper in ("--paper", "--paper-quiet")]

# Linear RGB as a dichromat sees it (Machado, Oliveira and Fernandes 2009, severity 1).
VISION = {
    "usual": np.eye(3),
    "protan": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deutan": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritan": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}
# sRGB to CIE XYZ (D65), and the white point.
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
WHITE = np.array([0.95047, 1.0, 1.08883])
# CIE76; a difference of 2.3 is just noticeable. Each tier also has its word and its mark.
CLEARLY_APART = 20


def tokens(scheme):
    """{name: #rrggbb} as the browser resolves them."""
    light, dark = (CSS / "tokens.css").read_text().split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-f]{6});", light))
    return found if scheme == "light" else found | dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-f]{6});", dark))


def linear(color):
    channels = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def luminance(color):
    return float(linear(color) @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    xyz = TO_XYZ @ np.clip(rgb, 0, 1) / WHITE
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_contrast_agrees_with_the_published_extremes():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_contrast_is_at_least_aa(ink, ground, scheme):
    colors = tokens(scheme)
    assert contrast(colors[ink], colors[ground]) >= TEXT


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_edge_contrast_is_at_least_aa(edge, ground, scheme):
    colors = tokens(scheme)
    assert contrast(colors[edge], colors[ground]) >= EDGE


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize(("one", "other"), list(combinations(TIERS, 2)))
def test_tiers_look_clearly_apart_in_every_color_vision(one, other, vision, scheme):
    colors = tokens(scheme)
    seen = [lab(VISION[vision] @ linear(colors[name])) for name in (one, other)]
    assert np.linalg.norm(seen[0] - seen[1]) >= CLEARLY_APART


@pytest.mark.parametrize("scheme", SCHEMES)
def test_tiers_in_gray_stand_out_more_the_safer_they_are(scheme):
    colors = tokens(scheme)
    ratios = [contrast(colors[name], colors["--paper"]) for name in TIERS[:3]]
    assert all(after / before >= 1.2 for before, after in pairwise(ratios))


def test_css_uses_only_tokens_that_exist():
    known = set(re.findall(r"(--[\w-]+):", (CSS / "tokens.css").read_text()))
    used = {name for sheet in CSS.glob("*.css") for name in re.findall(r"var\((--[\w-]+)\)", sheet.read_text())}
    assert used - known == set()


def test_css_names_no_color_outside_tokens_and_print():
    offenders = {
        f"{sheet.name}: {color}"
        for sheet in CSS.glob("*.css")
        if sheet.name not in {"tokens.css", "print.css"}
        for color in re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(|url\(", sheet.read_text())
    }
    assert offenders == set()
