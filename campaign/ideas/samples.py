"""The ideas of the demonstration: invented places, pictures drawn by Posko."""

import io
from uuid import uuid4

from PIL import Image, ImageDraw

from campaign import pictures
from campaign.ideas import gathering
from campaign.ideas.gathering import Found
from campaign.models import Media, Member


def write(*, volunteer: Member, candidate: Member) -> None:
    """One with a picture from a volunteer, one without from the candidate."""
    bridge = Found(
        text="Jembatan gantung ke sekolah sudah dipasang papan baru oleh warga; anak-anak tidak memutar lagi.",
        place="Dusun Karang Anyar",
        pictures=[_drawn(volunteer)],
    )
    gathering.send(bridge, by=volunteer, form_id=uuid4())
    market = Found(
        text="Pedagang bertanya kapan atap los pasar diperbaiki. Bisa kita jelaskan siapa yang berwenang?",
        place="Pasar Sukamaju",
    )
    gathering.send(market, by=candidate, form_id=uuid4())


def _drawn(by: Member) -> Media:
    """A footbridge over a river, in flat colours."""
    image = Image.new("RGB", (960, 720), "#cfe3ea")
    pen = ImageDraw.Draw(image)
    pen.polygon([(0, 360), (240, 250), (470, 350), (720, 230), (960, 340), (960, 520), (0, 520)], fill="#7fa08a")
    pen.rectangle((0, 500, 960, 720), fill="#5f8fa3")
    pen.polygon([(0, 470), (170, 470), (230, 720), (0, 720)], fill="#8a6f4d")
    pen.polygon([(960, 470), (790, 470), (730, 720), (960, 720)], fill="#8a6f4d")
    pen.arc((100, 150, 860, 520), 0, 180, fill="#3d3328", width=8)
    for x in range(170, 800, 42):
        pen.line((x, 440 - abs(480 - x) // 6, x, 478), fill="#3d3328", width=4)
    pen.rectangle((150, 476, 810, 500), fill="#b88a53")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return pictures.keep(out.getvalue(), "image/jpeg", image.size, campaign=by.campaign, by=by)
