"""What the demonstration's team writes next: invented places, no party, no promise beyond what a legislator can do."""

from dataclasses import dataclass

from campaign.models import Follow, Part, Theme

EVERYWHERE = ("mastodon", "bluesky", "telegram")


@dataclass(frozen=True)
class Sample:
    """One post. `hour`: at that hour, `days` from today; None is as soon as approved.

    `until`: draft, review, changes or approved.
    """

    title: str
    text: str
    theme: str
    until: str
    hour: int | None = None
    platforms: tuple[str, ...] = EVERYWHERE
    days: int = 1
    picture: str = ""
    film: str = ""
    alt: str = ""
    labels: tuple[str, ...] = ()
    ai_made: bool = False
    follows: tuple[Follow, ...] = ()


SAMPLES = (
    Sample(
        title="Perkenalan",
        text=(
            "Saya Ratna Wijayanti, guru dari Nusa Tengah. Tiga hal yang saya bawa: jalan desa yang bisa dilalui "
            "sepanjang tahun, air bersih di setiap dusun, dan sekolah yang tidak membuat orang tua berutang."
        ),
        theme=Theme.SELF_IMAGE,
        until="approved",
        follows=(Follow(Part.THREAD, "Di akun ini kami kabarkan jadwal, rencana, dan hasilnya. Salam kenal."),),
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
        labels=("Air bersih",),
    ),
    Sample(
        title="Biaya sekolah",
        text=(
            "Seragam, buku, iuran: bagi keluarga dengan tiga anak, tahun ajaran baru sering dimulai dengan utang. Saya "
            "akan memperjuangkan bantuan sekolah yang datang sebelum tahun ajaran, bukan sesudahnya."
        ),
        theme=Theme.PROGRAM,
        until="review",
        hour=12,
        days=3,
        picture="school",
        alt="Kartu bertulisan: Anak belajar, orang tua tidak berutang. Ratna Wijayanti, Nusa Tengah I.",
        labels=("Sekolah",),
        follows=(
            Follow(Part.THREAD, "Rencananya sederhana: bantuan dihitung dari daftar kebutuhan yang disusun sekolah."),
            Follow(Part.COMMENT, "Punya pengalaman soal biaya sekolah? Tulis di sini, kami baca satu per satu."),
        ),
    ),
    Sample(
        title="Pagi di Pasar Lama",
        text=(
            "Pagi ini saya di Pasar Lama sampai pukul sepuluh. Bila Anda lewat, mari duduk sebentar di warung kopi "
            "dekat gerbang timur. Cerita Anda kami catat, dan catatannya kami baca lagi setiap pekan."
        ),
        theme=Theme.SELF_IMAGE,
        until="approved",
        hour=7,
        days=2,
        platforms=("mastodon", "telegram"),
    ),
    Sample(
        title="Irigasi Sukamaju",
        text=(
            "Saluran irigasi Sukamaju mengairi sawah tiga dusun, tetapi pintunya macet sejak lama. Tugas saya nanti di "
            "DPR: menanyakan anggarannya, mengawasi pekerjaannya, dan mengabarkan hasilnya kepada Anda."
        ),
        theme=Theme.PROGRAM,
        until="approved",
        hour=16,
        days=3,
        picture="water",
        alt="Gambar waduk yang tenang pada sore hari, matahari rendah di atas perbukitan.",
        labels=("Air bersih",),
        ai_made=True,
        follows=(Follow(Part.COMMENT, "Di dusun Anda pintu airnya juga macet? Sebutkan nama dusunnya di sini."),),
    ),
    Sample(
        title="Empat detik di jalan desa",
        text=(
            "Begini rasanya lewat jalan Dusun Hulu bila aspalnya utuh: empat detik, dan tidak ada yang tumpah dari "
            "keranjang. Tugas saya nanti menanyakan anggarannya, ruas demi ruas."
        ),
        theme=Theme.PROGRAM,
        until="review",
        hour=17,
        days=4,
        film="jalan.mp4",
        labels=("Jalan desa",),
    ),
    Sample(
        title="Satu tahun dari sekarang",
        text=(
            "Bayangkan satu musim panen ketika truk bisa naik sampai Dusun Hulu, juga sesudah hujan. Untuk itulah kami "
            "berjalan dari rumah ke rumah: supaya yang memutuskan anggaran tahu jalan mana yang dimaksud."
        ),
        theme=Theme.VISION,
        until="approved",
        hour=19,
        days=5,
        labels=("Jalan desa",),
    ),
    Sample(
        title="Posko layanan pindah",
        text=(
            "Mulai pekan depan posko layanan kami pindah ke sebelah balai desa. Buka setiap hari, pukul 08.00 sampai "
            "16.00 WIB. Silakan datang dengan pertanyaan apa pun."
        ),
        theme=Theme.MISSION,
        until="changes",
        hour=10,
        days=4,
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

CHANGES = "Tolong sebutkan balai desa yang mana, dan tambahkan nomor yang bisa dihubungi warga."
