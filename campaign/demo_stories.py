"""What the demonstration's team has published in the last two weeks: invented places and people, concrete and calm.

The first nine days lie before the practice campaign begins: they greet, listen and inform, and ask for nothing.
"""

from dataclasses import dataclass

from campaign.demo_posts import EVERYWHERE
from campaign.models import Theme


@dataclass(frozen=True)
class Story:
    """One published post. `days` ago at `hour`; 0 days is a few hours ago. `warmth` says how well it was liked.

    `stumbled` is the network on which it failed at first.
    """

    days: int
    hour: int
    title: str
    text: str
    theme: str
    platforms: tuple[str, ...] = EVERYWHERE
    picture: str = ""
    alt: str = ""
    warmth: float = 1.0
    replies: int = 1
    stumbled: str = ""
    labels: tuple[str, ...] = ()
    link: str = ""


STORIES = (
    Story(
        days=14,
        hour=7,
        title="Pagi di Sukamaju",
        text=(
            "Selamat pagi dari Sukamaju. Kabut baru naik dari sawah, dan warung Bu Narti sudah ramai sejak subuh. Hari "
            "ini saya berkeliling tiga dusun: mendengar dulu, baru bicara."
        ),
        theme=Theme.OTHER,
        picture="fields",
        alt="Gambar sawah berteras di kaki bukit saat matahari terbit.",
        warmth=1.3,
        replies=2,
    ),
    Story(
        days=13,
        hour=19,
        title="Pompa Dusun Karang",
        text=(
            "Malam ini warga Dusun Karang bercerita: pompa air rusak sejak kemarau, dan iuran untuk memperbaikinya "
            "baru terkumpul separuh. Kami catat baik-baik, supaya ceritanya tidak menguap begitu saja."
        ),
        theme=Theme.OTHER,
        warmth=0.8,
        replies=2,
        labels=("Air bersih",),
    ),
    Story(
        days=12,
        hour=12,
        title="Ibu kantin",
        text=(
            "Dua puluh tahun mengajar membuat saya hafal satu hal: anak yang sarapan lebih berani bertanya. Terima "
            "kasih, ibu-ibu kantin, yang sudah berangkat sebelum kami semua bangun."
        ),
        theme=Theme.OTHER,
        warmth=1.5,
        replies=2,
        labels=("Sekolah",),
    ),
    Story(
        days=11,
        hour=16,
        title="Sore di Pasar Lama",
        text=(
            "Pasar Lama sore ini. Harga cabai turun, kata Pak Darmo, tetapi ongkos angkut naik. Saya pulang membawa "
            "sekantong sayur dan tiga halaman catatan."
        ),
        theme=Theme.OTHER,
        platforms=("mastodon", "telegram"),
        warmth=0.7,
    ),
    Story(
        days=10,
        hour=9,
        title="Kerja bakti jembatan",
        text=(
            "Kerja bakti di jembatan bambu Dusun Karang. Papan yang lapuk sudah diganti, pegangan sudah dipasang. "
            "Warga yang bekerja; saya kebagian menyeduh kopi."
        ),
        theme=Theme.OTHER,
        warmth=1.2,
        replies=2,
    ),
    Story(
        days=9,
        hour=19,
        title="Melaporkan jalan rusak",
        text=(
            "Banyak yang bertanya cara melaporkan jalan rusak. Foto jalannya, tulis nama dusun dan patokan terdekat, "
            "lalu antar ke balai desa. Belum terbiasa menulis surat? Datang ke posko kami, kita tulis bersama."
        ),
        theme=Theme.OTHER,
        warmth=0.9,
        replies=3,
        labels=("Jalan desa",),
    ),
    Story(
        days=8,
        hour=6,
        title="Jalan licin",
        text=(
            "Semalam hujan. Jalan ke Dusun Hulu licin di tikungan dekat lumbung. Yang mengantar anak ke sekolah, "
            "berangkatlah sedikit lebih awal dan pelan-pelan saja."
        ),
        theme=Theme.OTHER,
        platforms=("telegram",),
        warmth=0.5,
        replies=0,
    ),
    Story(
        days=7,
        hour=16,
        title="Yang datang ke balai desa",
        text=(
            "Empat puluh dua orang datang ke Balai Desa Sukamaju kemarin. Yang termuda dua belas tahun, yang tertua "
            "delapan puluh satu. Terima kasih sudah duduk berdesakan dan saling menunggu giliran."
        ),
        theme=Theme.OTHER,
        warmth=1.1,
    ),
    Story(
        days=6,
        hour=12,
        title="Tiga hal",
        text=(
            "Dari empat puluh dua cerita di balai desa, tiga hal paling sering disebut: air yang jauh, jalan yang "
            "putus setiap hujan, dan biaya sekolah. Ada yang terlewat? Tulis di bawah ini."
        ),
        theme=Theme.OTHER,
        picture="heard",
        alt="Kartu bertulisan: Yang kami dengar. 42 warga, tiga hal: air, jalan, sekolah. Balai Desa Sukamaju.",
        warmth=1.0,
        replies=4,
        labels=("Air bersih", "Jalan desa", "Sekolah"),
    ),
    Story(
        days=5,
        hour=9,
        title="Hari pertama",
        text=(
            "Hari ini masa kampanye dimulai. Saya Ratna Wijayanti, calon anggota DPR dari Nusa Tengah I, guru selama "
            "dua puluh tahun. Yang saya bawa adalah yang Anda sampaikan: air, jalan, dan sekolah."
        ),
        theme=Theme.SELF_IMAGE,
        warmth=1.8,
        replies=3,
    ),
    Story(
        days=4,
        hour=12,
        title="Yang bisa dilakukan anggota DPR",
        text=(
            "Anggota DPR tidak mengaspal jalan. Yang bisa saya kerjakan: memperjuangkan anggarannya, mengawasi "
            "pekerjaannya, dan menanyakan hasilnya dalam rapat terbuka. Itu yang akan saya lakukan untuk jalan desa "
            "kita."
        ),
        theme=Theme.PROGRAM,
        picture="road",
        alt="Gambar jalan desa beraspal yang lurus menuju perbukitan, di antara kebun dan pepohonan.",
        warmth=1.6,
        replies=4,
        labels=("Jalan desa",),
    ),
    Story(
        days=3,
        hour=7,
        title="Jadwal pekan ini",
        text=(
            "Pekan ini kami berkunjung ke Dusun Karang, Dusun Hulu, dan Pasar Lama, setiap hari mulai pukul 16.00 WIB. "
            "Semua pertemuan terbuka, tanpa undangan."
        ),
        theme=Theme.MISSION,
        warmth=0.6,
        stumbled="bluesky",
    ),
    Story(
        days=3,
        hour=19,
        title="Buku yang sama",
        text=(
            "Saya ingin anak di Dusun Hulu membaca buku yang sama baiknya dengan anak di kota, dan pulang sebelum "
            "gelap lewat jalan yang aman. Tidak lebih muluk dari itu, dan tidak kurang."
        ),
        theme=Theme.VISION,
        platforms=("mastodon", "bluesky"),
        warmth=1.4,
        replies=2,
        labels=("Sekolah",),
    ),
    Story(
        days=2,
        hour=16,
        title="Relawan tidak membayar",
        text=(
            "Ada kabar bahwa menjadi relawan kami harus membayar. Itu tidak benar. Relawan tidak membayar apa pun, dan "
            "tidak ada yang boleh menagih atas nama kami. Bila ada yang meminta uang, beri tahu posko."
        ),
        theme=Theme.CLARIFICATION,
        warmth=1.1,
        replies=3,
    ),
    Story(
        days=1,
        hour=19,
        title="Pertanyaan Pak Wiryo",
        text=(
            "Pak Wiryo, petani, bertanya tadi sore: kalau hasil panen tidak bisa lewat, untuk apa panennya? Saya tidak "
            "punya jawaban yang lebih baik daripada jalan yang tidak putus. Karena itu saya mencalonkan diri."
        ),
        theme=Theme.SELF_IMAGE,
        warmth=1.7,
        replies=3,
        labels=("Jalan desa",),
    ),
    Story(
        days=0,
        hour=0,
        title="Menghitung ongkos angkut",
        text=(
            "Bersama Kelompok Tani Sukamaju kami menghitung ongkos dari sawah ke pasar: separuhnya habis di enam "
            "kilometer jalan rusak. Hitungan itu akan saya bawa ke setiap pembahasan anggaran yang saya ikuti."
        ),
        theme=Theme.PROGRAM,
        warmth=1.2,
        replies=2,
        labels=("Jalan desa",),
    ),
)
