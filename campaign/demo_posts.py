"""What the demonstration's team has written: invented places, no party, no promise that anybody made."""

from dataclasses import dataclass

from campaign.models import Theme

EVERYWHERE = ("mastodon", "bluesky", "telegram")


@dataclass(frozen=True)
class Sample:
    """One post. `hour`: tomorrow at that hour; None is as soon as approved. `until`: draft, review or approved."""

    title: str
    text: str
    theme: str
    until: str
    hour: int | None = None
    platforms: tuple[str, ...] = EVERYWHERE


SAMPLES = (
    Sample(
        title="Perkenalan",
        text=(
            "Saya Ratna Wijayanti, guru dari Nusa Tengah. Tiga hal yang saya bawa: jalan desa yang bisa dilalui "
            "sepanjang tahun, air bersih di setiap dusun, dan sekolah yang tidak membuat orang tua berutang."
        ),
        theme=Theme.SELF_IMAGE,
        until="approved",
    ),
    Sample(
        title="Jadwal dengar warga",
        text=(
            "Besok pukul 16.00 WIB saya ada di Balai Desa Sukamaju untuk mendengar: apa yang paling mendesak di "
            "lingkungan Anda? Datang saja, tidak perlu mendaftar."
        ),
        theme=Theme.MISSION,
        until="approved",
        hour=9,
    ),
    Sample(
        title="Air bersih",
        text=(
            "Di Dusun Karang, warga berjalan dua kilometer untuk mengambil air. Di DPR saya akan memperjuangkan "
            "anggaran air bersih desa dan mengawasi setiap rupiahnya."
        ),
        theme=Theme.PROGRAM,
        until="review",
        hour=19,
    ),
    Sample(
        title="Jalan desa",
        text="Jalan desa yang rusak membuat hasil panen turun harga. Ini rencana kami: ",
        theme=Theme.PROGRAM,
        until="draft",
    ),
    Sample(
        title="Terima kasih, relawan",
        text="Terima kasih kepada para relawan yang sejak pagi menyapa warga di Pasar Lama.",
        theme=Theme.SELF_IMAGE,
        until="draft",
        platforms=("mastodon", "telegram"),
    ),
)
