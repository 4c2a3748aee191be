"""The page on which a person lets an app use an account."""

from collections.abc import Mapping, Sequence
from html import escape

from aiohttp import web

from sandbox.accounts import Account

from .frame import initials, page

MEANING = {
    "read": "membaca isi akun dan angkanya",
    "write": "menerbitkan, mengubah, dan menghapus kiriman",
    "profile": "melihat nama dan foto akun",
    "push": "menerima pemberitahuan",
    "follow": "mengikuti akun lain",
}


def ask(
    *,
    app_name: str,
    network: str,
    people: Sequence[Account],
    scopes: Sequence[str],
    hidden: dict[str, str],
    meaning: Mapping[str, str] = MEANING,
    several: bool = False,
    may_untick: bool = False,
) -> web.Response:
    """Ask yes or no and for which account, or for `several`. `hidden` goes back with the answer.

    With `may_untick` each permission is a box of its own and comes back as `grant`.
    """
    if not people:
        return refused("Belum ada akun latihan di jejaring ini. Buat dahulu satu akun, lalu ulangi.")
    kept = "".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in hidden.items())
    if may_untick:
        items = "".join(_permission(each, meaning.get(each, each)) for each in scopes)
    else:
        wishes = dict.fromkeys(meaning.get(each.split(":")[0], each) for each in scopes)
        items = "".join(f"<li>{escape(each)}</li>" for each in wishes)
    choices = "".join(_choice(each, is_first=number == 0, several=several) for number, each in enumerate(people))
    body = f"""<main class="consent"><p class="eyebrow">{escape(network)} · latihan</p>
<h1>{escape(app_name)} ingin memakai akun Anda</h1>
<form method="post">{kept}<p>Bila Anda setuju, aplikasi ini boleh:</p><ul>{items}</ul>
<fieldset><legend>Pilih akun</legend>{choices}</fieldset>
<div class="row"><button name="answer" value="yes">Izinkan</button>
<button name="answer" value="no" class="quiet">Tolak</button></div></form>
<p class="note">Ini halaman latihan. Tidak ada yang dikirim ke internet.</p></main>"""
    # The answer leads back to the app, which lives elsewhere: no form-action may be set on this page.
    return page("Izinkan aplikasi", body)


def _permission(scope: str, words: str) -> str:
    box = f'<input type="checkbox" name="grant" value="{escape(scope)}" checked>'
    return f"<li><label>{box} {escape(words)}</label></li>"


def _choice(account: Account, *, is_first: bool, several: bool) -> str:
    kind, more = ("checkbox", "") if several else ("radio", " required")
    mark = f'type="{kind}" name="account" value="{escape(account.handle)}"{" checked" if is_first else ""}{more}'
    return f"""<label class="choice"><input {mark}>
<span class="avatar" aria-hidden="true">{initials(account.name)}</span>
<span><b>{escape(account.name)}</b><br><small>@{escape(account.handle)}</small></span></label>"""


def show_code(code: str) -> web.Response:
    """The code, to be copied by hand."""
    return page(
        "Kode izin", f'<main class="consent"><h1>Kode izin</h1><p>Salin kode ini:</p><code>{escape(code)}</code></main>'
    )


def refused(reason: str) -> web.Response:
    """The question itself was wrong; nothing is sent back to an address that cannot be trusted."""
    title = "Permintaan ditolak"
    return page(title, f'<main class="consent"><h1>{title}</h1><p>{escape(reason)}</p></main>', status=400)
