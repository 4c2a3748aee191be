"""The voters: an invented cast, what they say, and the acts they do on a post."""

from random import Random

from . import accounts, dialects, posts
from .accounts import Account
from .posts import Post
from .world import World

CAST = (
    ("Sri Lestari", "srilestari"), ("Budi Hartono", "budih"), ("Dewi Anggraini", "dewianggra"),
    ("Agus Salim", "agus_s"),
    ("Rina Marlina", "rinamarlina"), ("Joko Susilo", "jokosusilo"), ("Fitri Handayani", "fitrihanda"),
    ("Hendra Gunawan", "hendrag"), ("Maya Sari", "mayasari_"), ("Yusuf Ramadhan", "yusuframa"),
    ("Lina Wulandari", "linawulan"), ("Rudi Setiawan", "rudisetia"), ("Nur Aini", "nuraini22"),
    ("Bayu Prasetyo", "bayupras"), ("Tuti Suryani", "tutisury"), ("Eko Widodo", "ekowid"),
    ("Siti Rahmah", "sitirahmah"), ("Andi Saputra", "andisap"), ("Wayan Sudarma", "wayansud"),
    ("Melati Putri", "melatiput"),
)  # fmt: skip

# What a voter says when nothing was typed, by kind.
WORDS: dict[str, tuple[str, ...]] = {
    "tanya": (
        "Kapan program ini dimulai di kecamatan kami?",
        "Apakah warga yang mengontrak juga bisa ikut?",
        "Dari mana biayanya? Mohon dijelaskan.",
        "Apa syaratnya untuk UMKM kecil seperti kami?",
        "Jadwal kunjungan ke pasar hari apa, ya?",
    ),
    "keluhan": (
        "Jalan depan SD masih berlubang, sudah tiga bulan tidak diperbaiki.",
        "Antre air bersih sampai malam. Tolong diperhatikan.",
        "Sudah dua kali lapor, belum ada jawaban.",
        "Lampu jalan di gang kami mati semua.",
    ),
    "dukungan": (
        "Semangat! Kami tunggu kerjanya.",
        "Penjelasannya mudah dimengerti, terima kasih.",
        "Bagus, semoga benar-benar dijalankan.",
        "Saya bagikan ke grup RT, ya.",
    ),
    "kabar": (
        "Katanya bantuan itu harus bayar dulu 50 ribu, benar tidak?",
        "Di grup sebelah ada kabar acaranya dibatalkan. Betul begitu?",
        "Ada yang bilang datanya nanti dijual. Mohon jawaban.",
    ),
}
# What they mostly say by themselves: questions before praise, a rumour now and then.
HABIT = ("tanya", "tanya", "dukungan", "keluhan", "dukungan", "tanya", "kabar")


def voter(world: World, platform: str, number: int) -> Account:
    """One of the cast, made on that network when first needed."""
    name, handle = CAST[number % len(CAST)]
    return _voter(world, platform, name, handle)


def _voter(world: World, platform: str, name: str, handle: str) -> Account:
    dialect = dialects.ALL[platform]
    known = accounts.by_handle(world.store, platform, handle) or accounts.by_handle(
        world.store, platform, f"{handle}.test"
    )
    return known or dialect.open_account(world, handle, name, True)


def like(world: World, post: Post, number: int = 1) -> Post:
    """Some voters like the post; on Telegram they react."""
    with world.store.write():
        post = posts.bump(world.store, post, likes=number)
    dialects.ALL[post.platform].counts_changed(world, post)
    return post


def repost(world: World, post: Post, number: int = 1) -> Post:
    """Some voters pass the post on."""
    with world.store.write():
        return posts.bump(world.store, post, reposts=number)


def reply(world: World, post: Post, kind: str, text: str = "", *, number: int = 0) -> Post:
    """A voter writes under the post: `text`, or something of that kind."""
    choice = Random(f"{post.remote_id}/{kind}")
    said = WORDS.get(kind) or WORDS["tanya"]
    # Counted on from a drawn start: under one post nobody speaks twice before all have, nor are words repeated.
    words = text.strip() or said[(choice.randrange(len(said)) + number) % len(said)]
    who = voter(world, post.platform, Random(post.remote_id).randrange(len(CAST)) + number)
    return dialects.ALL[post.platform].reply_as_voter(world, post, who, words)


def speak(world: World, account: Account, act: str, kind: str, text: str = "", *, number: int = 0) -> Post:
    """A voter writes to our account (`message`) or of it (`mention`). Raises ValueError where that cannot be."""
    dialect = dialects.ALL[account.platform]
    way = {"mention": dialect.mention_as_voter, "message": dialect.message_as_voter}[act]
    if way is None:
        raise ValueError(f"Nobody can send a {act} on {dialect.label}.")
    said = WORDS.get(kind) or WORDS["tanya"]
    return way(world, account, voter(world, account.platform, number), text.strip() or said[number % len(said)])
