"""The demonstration's pictures, drawn here: quiet landscapes of nowhere, and cards with a few words."""

import io
import math
from collections.abc import Callable, Sequence
from functools import cache

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 800  # pixels of the finished picture
TWICE = 2  # drawn so much larger and made smaller: lines are smooth then
MIME = "image/jpeg"

type Colour = tuple[int, int, int]


def _rgb(text: str) -> Colour:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


class Canvas:
    """A picture under way. Places are parts of its width and height, from 0 to 1."""

    def __init__(self, above: str, below: str, *, width: int = WIDTH, height: int = HEIGHT) -> None:
        """A sky that passes from one colour to the other."""
        self.width, self.height = width * TWICE, height * TWICE
        slope = Image.linear_gradient("L").resize((self.width, self.height))
        self.image = Image.composite(
            Image.new("RGB", slope.size, _rgb(below)), Image.new("RGB", slope.size, _rgb(above)), slope
        )
        self.draw = ImageDraw.Draw(self.image)

    def place(self, x: float, y: float) -> tuple[float, float]:
        return x * self.width, y * self.height

    def sun(self, x: float, y: float, size: float, colour: str) -> None:
        middle = self.place(x, y)
        self.draw.circle(middle, size * self.height, fill=_rgb(colour))

    def hills(self, base: float, rise: float, waves: float, shift: float, colour: str) -> None:
        """A line of hills, filled down to the ground."""
        steps = [step / 120 for step in range(121)]
        line = [
            self.place(
                x,
                base - rise * (0.6 * math.sin(waves * math.tau * x + shift) + 0.4 * math.sin(2.3 * waves * x + shift)),
            )
            for x in steps
        ]
        self.draw.polygon([*line, self.place(1, 1), self.place(0, 1)], fill=_rgb(colour))

    def shape(self, points: Sequence[tuple[float, float]], colour: str) -> None:
        self.draw.polygon([self.place(x, y) for x, y in points], fill=_rgb(colour))

    def words(self, x: float, y: float, text: str, size: float, colour: str) -> None:
        """A line of text whose middle left is there; `size` is a part of the height."""
        font = ImageFont.load_default(size * self.height)
        self.draw.text(self.place(x, y), text, font=font, fill=_rgb(colour), anchor="lm")

    def jpeg(self) -> bytes:
        out = io.BytesIO()
        self.image.reduce(TWICE).save(out, "JPEG", quality=85)
        return out.getvalue()


def _fields() -> Canvas:
    """Rice terraces in the first light."""
    canvas = Canvas("#f3d9b8", "#f7ecd9")
    canvas.sun(0.68, 0.34, 0.075, "#fbf6e6")
    canvas.hills(0.46, 0.07, 1.1, 0.4, "#a9b8b0")
    canvas.hills(0.54, 0.06, 1.6, 2.2, "#8aa394")
    for number, colour in enumerate(("#9db07a", "#86a169", "#6f9159", "#5b804b", "#4a6f40")):
        base = 0.62 + number * 0.085
        canvas.hills(base - 0.008, 0.022, 0.8, number * 1.3, "#dfe3c4")
        canvas.hills(base, 0.022, 0.8, number * 1.3, colour)
    return canvas


def _road() -> Canvas:
    """A village road towards the hills."""
    canvas = Canvas("#b9d3e6", "#eef3f0")
    canvas.hills(0.44, 0.08, 1.2, 1.0, "#9db4c0")
    canvas.hills(0.5, 0.05, 1.9, 3.4, "#7f9f96")
    canvas.shape([(0, 0.55), (1, 0.55), (1, 1), (0, 1)], "#8fae6c")
    canvas.hills(0.575, 0.012, 2.1, 0.2, "#86a763")
    canvas.shape([(0.485, 0.56), (0.515, 0.56), (0.86, 1), (0.14, 1)], "#c9bda8")
    canvas.shape([(0.488, 0.56), (0.512, 0.56), (0.8, 1), (0.2, 1)], "#8b8780")
    for near in (0.0, 0.22, 0.42, 0.6, 0.74, 0.85):
        top, foot = 1 - near * 0.44 - 0.055 * (1 - near), 1 - near * 0.44
        wide = 0.014 * (1 - near) + 0.001
        canvas.shape(
            [(0.5 - wide, foot), (0.5 + wide, foot), (0.5 + wide * 0.8, top), (0.5 - wide * 0.8, top)], "#f4efe3"
        )
    for x, size in ((0.1, 0.1), (0.22, 0.07), (0.78, 0.075), (0.92, 0.11)):
        canvas.shape([(x - 0.004, 0.66), (x + 0.004, 0.66), (x + 0.004, 0.6), (x - 0.004, 0.6)], "#6b5a48")
        canvas.sun(x, 0.6 - size * 0.5, size, "#5f8a58")
    return canvas


def _water() -> Canvas:
    """A reservoir in the evening."""
    canvas = Canvas("#e7b79a", "#f6e3c9")
    canvas.sun(0.36, 0.42, 0.09, "#fdf3dc")
    canvas.hills(0.5, 0.07, 1.3, 0.9, "#a78f95")
    canvas.hills(0.54, 0.04, 2.0, 2.6, "#7d7482")
    canvas.shape([(0, 0.56), (1, 0.56), (1, 1), (0, 1)], "#a8b9c2")
    for number in range(11):
        y, half = 0.58 + number * 0.036, 0.075 + 0.012 * ((number * 5) % 4)
        canvas.shape(
            [(0.36 - half, y), (0.36 + half, y), (0.36 + half * 0.8, y + 0.01), (0.36 - half * 0.8, y + 0.01)],
            "#f5e3c8",
        )
    canvas.hills(0.97, 0.02, 1.1, 1.5, "#5d6b58")
    return canvas


def _card(ground: str, mark: str, small: str, lines: Sequence[str], foot: str) -> Canvas:
    canvas = Canvas(ground, ground)
    canvas.shape([(0, 0), (0.018, 0), (0.018, 1), (0, 1)], mark)
    canvas.words(0.09, 0.17, small, 0.042, mark)
    for number, line in enumerate(lines):
        canvas.words(0.088, 0.36 + number * 0.155, line, 0.118, "#22302b")
    canvas.words(0.09, 0.87, foot, 0.042, "#5c6a64")
    return canvas


def _heard() -> Canvas:
    return _card(
        "#f4efe4",
        "#b4552d",
        "YANG KAMI DENGAR",
        ("42 warga,", "tiga hal:", "air, jalan, sekolah."),
        "Balai Desa Sukamaju",
    )


def _school() -> Canvas:
    return _card(
        "#e6eeea",
        "#20695a",
        "SEKOLAH",
        ("Anak belajar,", "orang tua", "tidak berutang."),
        "Ratna Wijayanti, Nusa Tengah I",
    )


DRAWN: dict[str, Callable[[], Canvas]] = {
    "fields": _fields,
    "road": _road,
    "water": _water,
    "heard": _heard,
    "school": _school,
}


@cache
def jpeg(name: str) -> bytes:
    """The picture's bytes; the same each time, and drawn once."""
    return DRAWN[name]().jpeg()
