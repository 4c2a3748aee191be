"""One post as a phone would show it, with the forms under it."""

import re
from html import escape

from sandbox import accounts, dialects, posts
from sandbox.accounts import Account
from sandbox.blobs import Picture
from sandbox.dialect import Unfinished
from sandbox.posts import Post
from sandbox.world import World

from .frame import ago, initials, number

LINK = re.compile(r"(https?://[^\s<>\"]*[^\s<>\"'.,;:!?)])|((?<!\w)[#@][\w.]*\w)")
KINDS = (
    ("tanya", "Bertanya"),
    ("keluhan", "Mengeluh"),
    ("dukungan", "Mendukung"),
    ("kabar", "Menanyakan kabar burung"),
)


def text(words: str) -> str:
    """Plain text as HTML: links, names and tags stand out, lines stay lines."""
    parts, last = [], 0
    for found in LINK.finditer(words):
        parts.append(escape(words[last : found.start()]))
        shown = escape(found[0])
        parts.append(f'<a href="{shown}" rel="noopener nofollow">{shown}</a>' if found[1] else f"<b>{shown}</b>")
        last = found.end()
    return "".join([*parts, escape(words[last:])]).replace("\n", "<br>")


def card(world: World, post: Post, *, back: str, is_whole: bool = False) -> str:
    """A post of ours. `back`: the path to return to; `is_whole` shows every answer, otherwise the last two."""
    account = accounts.get(world.store, post.account_id)
    pictures = [each for one in posts.album(world.store, post) for each in one.pictures]
    by_hand = '<span class="badge">di luar Posko</span>' if post.made_by == "hand" else ""
    edited = " · disunting" if post.edited_at else ""
    return f"""<article class="post" id="k{post.id}">
<header><span class="avatar" aria-hidden="true">{initials(account.name)}</span>
<p><b>{escape(account.name)}</b> <small>@{escape(account.handle)}</small><br>
<small><a href="/kiriman/{post.id}">{ago(post.at)}</a>{edited}</small> {by_hand}</p></header>
{_title(post)}<p class="words">{text(post.text)}</p>{_gallery(pictures)}
{_buttons(post, back)}{_answers(world, post, back, is_whole=is_whole)}{_tools(post, back)}
</article>"""


def _title(post: Post) -> str:
    """The title of a film, unless its text begins with it."""
    title = str(post.extra.get("title", ""))
    return f"<p><b>{escape(title)}</b></p>" if title and not post.text.startswith(title) else ""


def _gallery(pictures: list[Picture]) -> str:
    return (
        f'<div class="gallery" data-count="{len(pictures)}">{"".join(map(_image, pictures))}</div>' if pictures else ""
    )


def _image(picture: Picture) -> str:
    if picture.mime.startswith("video/"):
        return f'<video src="/files/{picture.sha256}" controls preload="metadata"></video>'
    size = f'width="{picture.width}" height="{picture.height}"'
    if picture.mime.startswith("video/"):
        return f'<video src="/files/{picture.sha256}" {size} controls preload="metadata"></video>'
    return f'<img src="/files/{picture.sha256}" alt="{escape(picture.alt)}" {size} loading="lazy">'


def _form(post: Post, act: str, back: str, inner: str) -> str:
    """A form for one act on the post; `inner` is ready HTML."""
    return f"""<form method="post" action="/kiriman/{post.id}/{act}">
<input type="hidden" name="kembali" value="{escape(back)}">{inner}</form>"""


def _buttons(post: Post, back: str) -> str:
    dialect = dialects.ALL[post.platform]
    buttons = _button(post, "suka", "♥", dialect.likes, post.likes, back)
    if dialect.reposts:
        buttons += _button(post, "sebar", "↻", dialect.reposts, post.reposts, back)
    return f'<div class="counts">{buttons}<span class="count">✎ {number(post.replies)} balasan</span></div>'


def _button(post: Post, act: str, sign: str, word: str, count: int, back: str) -> str:
    shown = f'<span aria-hidden="true">{sign}</span> {word} <b>{number(count)}</b>'
    return _form(post, act, back, f'<button class="count">{shown}</button>')


def _answers(world: World, post: Post, back: str, *, is_whole: bool) -> str:
    answers = [each for each in posts.thread(world.store, post) if not each.extra.get("is_hidden")]
    shown = answers if is_whole else answers[-2:]
    more = len(answers) - len(shown)
    link = f'<p><a href="/kiriman/{post.id}">Lihat {more} balasan lain</a></p>' if more else ""
    items = "".join(_answer(world, each, back, with_form=is_whole) for each in shown)
    return f'<div class="answers">{link}{items}</div>' if answers else ""


def _answer(world: World, post: Post, back: str, *, with_form: bool) -> str:
    author = accounts.get(world.store, post.account_id)
    ours = "" if author.is_voter else ' <span class="badge ours">akun resmi</span>'
    said = f"<b>{escape(author.name)}</b>{ours} <small>{ago(post.at)}</small><br>{text(post.text)}"
    portrait = f'<span class="avatar small" aria-hidden="true">{initials(author.name)}</span>'
    tools = _tools(post, back) if with_form else ""
    return f'<div class="answer" id="k{post.id}">{portrait}<div><p>{said}</p>{tools}</div></div>'


def _tools(post: Post, back: str) -> str:
    return f'<div class="tools">{_reply_form(post, back)}{_delete_form(post, back)}</div>'


def _reply_form(post: Post, back: str) -> str:
    kinds = "".join(f'<option value="{value}">{label}</option>' for value, label in KINDS)
    hint = "Kosongkan untuk contoh kalimat"
    fields = f"""<label>Maksud <select name="jenis">{kinds}</select></label>
<label>Isi <textarea name="teks" rows="2" maxlength="2000" placeholder="{hint}"></textarea></label>
<button>Kirim balasan</button>"""
    return f"<details><summary>Balas sebagai warga</summary>{_form(post, 'balas', back, fields)}</details>"


def _delete_form(post: Post, back: str) -> str:
    label = dialects.ALL[post.platform].label
    question = f"""<p>Seperti dihapus langsung di aplikasi {label}, tanpa melalui Posko.</p>
<button class="danger">Ya, hapus</button>"""
    form = _form(post, "hapus", back, question)
    return f'<details class="danger"><summary>Hapus di {label}</summary>{form}</details>'


def publish_form(account: Account, back: str) -> str:
    """The form to publish outside Posko."""
    label = dialects.ALL[account.platform].label
    return f"""<details class="publish"><summary>Terbitkan di luar Posko</summary>
<form method="post" enctype="multipart/form-data" action="/akun/{account.platform}/{escape(account.handle)}/terbit">
<input type="hidden" name="kembali" value="{escape(back)}">
<p>Seperti seseorang yang membuka {label} dan menulis sendiri atas nama akun ini.</p>
<label>Isi <textarea name="teks" rows="3" maxlength="2000"></textarea></label>
<label>Gambar <input type="file" name="gambar" accept="image/*"></label>
<button>Terbitkan</button></form></details>"""


def unfinished(world: World, account: Account, back: str) -> str:
    """What waits for a person in the network's own app, each with the button that does it."""
    dialect = dialects.ALL[account.platform]
    waiting = dialect.unfinished(world, account) if dialect.unfinished else []
    return "".join(_waiting(account, each, back) for each in waiting)


def _waiting(account: Account, each: Unfinished, back: str) -> str:
    return f"""<article class="post">
<p><span class="badge">{escape(each.label)}</span> <small>{ago(each.at)}</small></p>
{_gallery(list(each.pictures))}
<form method="post" action="/akun/{account.platform}/{escape(account.handle)}/selesai">
<input type="hidden" name="kembali" value="{escape(back)}">
<input type="hidden" name="kiriman" value="{escape(each.remote_id)}">
<label>Keterangan <textarea name="teks" rows="2" maxlength="2000">{escape(each.text)}</textarea></label>
<button>Terbitkan di {escape(dialects.ALL[account.platform].label)}</button></form></article>"""
