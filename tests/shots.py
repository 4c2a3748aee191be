"""Pictures of every page in a living demonstration: `make shots`, or `make shots ARGS="today review"` for some.

Starts a Posko of its own on free ports (with the servers of `python -m local with`), walks through PAGES in order, and
writes shots/<name>-<role>-<width>-<scheme>-<language>.png. A new page is one line more in PAGES.
"""

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image, ImageOps
from playwright.sync_api import Browser, FilePayload, Page, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / "shots"
SIZES = {390: 844, 1280: 800}  # width and height in CSS pixels: a phone, a desk
SCHEMES = ("light", "dark")
START_WITHIN = 150.0  # seconds
NOBODY = ""


@dataclass(frozen=True)
class Shot:
    """One page as one role sees it. `path` begins at the campaign; with a leading slash at the root.

    `follow` is a link on that page to go on by; `act` does something there first; `english` adds English pictures.
    `guest` is a field that then holds a link: somebody who is not signed in opens it.
    """

    name: str
    role: str
    path: str = ""
    follow: str = ""
    act: Callable[[Page], object] | None = None
    english: bool = False
    guest: str = ""


def fill(selector: str, text: str, button: str) -> Callable[[Page], object]:
    """An act: type into a field and press."""

    def done(page: Page) -> None:
        page.locator(selector).first.fill(text)
        press(button)(page)

    return done


def press(button: str) -> Callable[[Page], object]:
    """An act: press what the selector finds first."""

    def done(page: Page) -> None:
        page.locator(button).first.click()
        page.wait_for_load_state("networkidle")

    return done


def fill_all(typed: dict[str, str], button: str) -> Callable[[Page], object]:
    """An act: type into several fields and press."""

    def done(page: Page) -> None:
        for selector, text in typed.items():
            page.locator(selector).first.fill(text)
        press(button)(page)

    return done


def ask_rule(value: str) -> Callable[[Page], object]:
    """An act: ask for another value of a rule, with the press that shows what follows and the one that asks."""

    def done(page: Page) -> None:
        fill_all({"#id_value": value, "#id_reason": "Keputusan KPU 12/2028"}, "main form button")(page)
        page.locator('input[name="seen"]').wait_for(state="attached")
        press("main form button.primary")(page)
        page.wait_for_url("**/aturan/")

    return done


def stop(page: Page) -> None:
    """An act: stop everything for a reason of one tap and a few words."""
    page.get_by_label("Akun dibajak").check()
    fill("#id_reason", "Mastodon", "main form button")(page)


def approval_asked(page: Page) -> None:
    """An act: name a deputy and ask for the candidate's agreement."""
    page.locator("#id_deputy").select_option(index=1)
    press("main form button.primary")(page)
    page.wait_for_url("**/aturan-persetujuan/")


def change_post(page: Page) -> None:
    """An act: a post that somebody has read in review is changed and submitted again."""
    page.locator('main a[href$="/ubah/"]').first.click()
    page.locator("#id_text").fill(page.locator("#id_text").input_value().replace("dua kilometer", "tiga kilometer"))
    page.locator('main button[value="submit"]').click()
    page.wait_for_load_state("networkidle")


def invite(role: str) -> Callable[[Page], object]:
    """An act: make a link for somebody of that role."""

    def done(page: Page) -> None:
        page.locator("#id_for_whom").fill("Melati Kusuma")
        page.locator(f'input[value="{role}"]').check()
        press("main form button.primary")(page)

    return done


def open_folds(page: Page) -> None:
    """An act: open whatever is folded in the page's main part."""
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")


def painted(name: str, width: int, height: int) -> FilePayload:
    """A picture to upload: a soft slope of light."""
    out = io.BytesIO()
    slope = ImageOps.colorize(Image.linear_gradient("L"), "#c9d7e8", "#54704f")
    slope.resize((width, height)).save(out, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def write_full(page: Page) -> None:
    """An act: text with links, two pictures, other words for one account, everything open."""
    text = (
        "Jalan desa Sukamaju selesai diaspal. Baca https://www.posko.example/program/jalan-desa-sukamaju\n\n#JalanDesa"
    )
    page.locator("#id_text").fill(text)
    page.set_input_files("input[type=file]", [painted("jalan.jpg", 900, 600), painted("pasar.jpg", 600, 700)])
    page.locator(".picture-row textarea").nth(1).fill("Ratna berbincang dengan pedagang di pasar")
    page.locator(".own summary").first.click()
    page.locator(".own[open] textarea").fill("Singkat saja untuk di sini.")
    page.locator("#previews").get_by_text("Singkat saja").wait_for()
    page.locator("#id_new_labels").evaluate("field => { field.closest('details').open = true }")
    page.get_by_text("Tersimpan otomatis").wait_for()


def write_film(page: Page) -> None:
    """An act: a film, and a network that asks for more than it has."""
    page.locator("#id_text").fill("Begini rasanya lewat jalan Dusun Hulu bila aspalnya utuh.")
    page.locator("#id_film").set_input_files(PROJECT / "campaign" / "demo_files" / "jalan.mp4")
    page.locator(".film-row").wait_for()
    page.locator("#previews video").first.wait_for()


def to_film(page: Page) -> None:
    """An act: on to the post with a film."""
    address = page.locator("main li:has(.film-mark) a").first.get_attribute("href") or ""
    page.goto(address.replace("/konten/", "/tinjau/"))


def write_follows(page: Page) -> None:
    """An act: a thread of two parts and a first comment, and a picture made with AI."""
    page.set_input_files("#id_picture", [painted("irigasi.jpg", 900, 600)])
    page.locator("#id_text").fill("Saluran irigasi Sukamaju mengairi sawah tiga dusun. Begini rencana kami.")
    page.get_by_text("Utas dan komentar pertama").click()
    page.locator('#follows button[value="follow-thread"]').click()
    page.locator("#id_follow_0").fill("Pintu airnya macet sejak lama. Perbaikannya kami usulkan lebih dulu.")
    page.locator('#follows button[value="follow-comment"]').click()
    page.locator("#id_follow_1").fill("Di dusun Anda bagaimana? Tulis di sini.")
    page.locator("#id_ai_made").evaluate("field => { field.closest('details').open = true }")
    page.locator("#id_ai_made").check()
    page.locator("#previews").get_by_text("Di dusun Anda bagaimana?").first.wait_for()
    page.get_by_text("Tersimpan otomatis").wait_for()


def submit_follows(page: Page) -> None:
    """An act: the same, sent to approval."""
    write_follows(page)
    press('.sticky button[value="submit"]')(page)


def to_review(page: Page) -> None:
    """An act: from a post to its review."""
    page.goto(page.url.replace("/konten/", "/tinjau/"))


def let_in_several(page: Page) -> None:
    """An act: say yes at Facebook to two Pages, of which one is to be chosen."""
    network = urlsplit(page.locator('.account-row a[href^="http"]').first.get_attribute("href") or "")
    for number, name in enumerate(("Ratna Wijayanti", "Warung Kopi Ratna"), 1):
        told = {"platform": "facebook", "name": name, "handle": f"ratna_page_{number}"}
        page.request.post(f"{network.scheme}://{network.netloc}/_control/accounts", data=told)
    page.goto(page.url + "hubungkan/facebook/")
    page.locator("main form button.primary").last.click()
    page.locator("main a.button.primary").click()
    page.get_by_role("button", name="Izinkan").wait_for()
    for box in page.locator('input[type="checkbox"][name="account"]').all():
        box.check()
    page.get_by_role("button", name="Izinkan").click()
    page.wait_for_url("**/akun/pilih/**")


def save_second(page: Page) -> None:
    """An act: change a post in two tabs, and save the second one last."""
    page.locator('main a[href$="/ubah/"]').first.click()
    page.locator("#id_text").wait_for()
    other = page.context.new_page()
    other.goto(page.url)
    other.locator("#id_text").fill("Posko layanan pindah ke balai desa, setiap Sabtu pagi.")
    other.locator('.sticky button[value="draft"]').click()
    other.wait_for_load_state("networkidle")
    other.close()
    page.locator("#id_text").fill("Posko layanan buka di balai desa, setiap Minggu pagi.")
    press('.sticky button[value="draft"]')(page)


def open_link(selector: str) -> Callable[[Page], object]:
    """An act: go to the address that stands in an element's data-link."""

    def done(page: Page) -> None:
        page.goto(page.locator(selector).first.get_attribute("data-link") or "/")

    return done


def plan_too_early(page: Page) -> None:
    """An act: plan an ad for days on which none may run."""
    page.locator('input[value="planned"]').check()
    page.locator("#id_medium").select_option("instagram")
    day = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"
    fill_all({"#id_first_day": day, "#id_last_day": day, "#id_payer": "Partai Contoh"}, "main form button.primary")(
        page
    )


def post_in(state: str) -> str:
    """The link to the first post in `state` on the list of posts."""
    return f'main li:has([data-state="{state}"]) a[href*="/konten/"]'


CHECKED = (
    "Sebanyak 12.500 petani kehilangan lahan, dan kemiskinan naik 12 persen. Bupati Hartono diam saja. Kalau terpilih, "
    "saya akan membangun jembatan di setiap desa. Sebarkan sebelum dihapus! AYO SEMUA DATANG SEKARANG"
)
BLOCKED = "Selamat pagi, warga. Coblos nomor 3 dan ambil sembako gratis di posko kami hari Minggu!"


def turn_on(page: Page) -> None:
    """An act: on to the next month or week."""
    page.locator('.turn a[rel="next"]').click()
    page.wait_for_load_state("networkidle")


def send_pictures(page: Page) -> None:
    """An act: two pictures and no sentence."""
    files: list[FilePayload] = []
    for number, colour in enumerate(("#7fa08a", "#b88a53")):
        out = io.BytesIO()
        Image.new("RGB", (1600, 1200), colour).save(out, "JPEG")
        files.append({"name": f"foto{number}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()})
    page.locator("#id_picture").set_input_files(files)
    press("main button.primary")(page)


def tell_sent(page: Page) -> None:
    """On the hand page: without a proof, which is refused once; then with the word for it."""
    press('button[value="done"]')(page)
    page.locator('input[name="without"]').check()
    press('button[value="done"]')(page)


PAGES = [
    Shot("start", NOBODY, "/", english=True),
    Shot("begin", NOBODY, "/mulai/", english=True),
    Shot("begin-refused", NOBODY, "/mulai/", act=press("main form button")),
    Shot("sign-in", NOBODY, "/accounts/login/"),
    Shot("sign-in-refused", NOBODY, "/accounts/login/", act=fill("#id_login", "a@b.id", "main form button")),
    Shot("sign-in-code", NOBODY, "/accounts/login/code/"),
    Shot(
        "sign-in-code-sent",
        NOBODY,
        "/accounts/login/code/",
        act=fill("#id_email", "dewi@contoh.test", "main form button"),
    ),
    Shot("password-forgotten", NOBODY, "/accounts/password/reset/"),
    Shot("review-link", NOBODY, "/tinjau/1.x/"),
    Shot("demo", NOBODY, "/", act=press('form[action="/demo/"] button')),
    Shot("today", "manager", english=True),
    Shot("today", "staff"),
    Shot("today", "candidate", english=True),
    Shot("today", "treasurer"),
    Shot("today", "volunteer"),
    Shot("inbox", "staff", "masuk/", english=True),
    Shot("stop-hijacked", "manager", "berhenti/?why=hijacked"),
    Shot("menu", "manager", "menu/", english=True),
    Shot("menu", "volunteer", "menu/"),
    Shot("posts", "staff", "konten/"),
    Shot("posts", "volunteer", "konten/"),
    Shot("calendar", "staff", "kalender/", english=True),
    Shot("calendar-week", "staff", "kalender/?lihat=minggu"),
    Shot("calendar-month", "manager", "kalender/?lihat=bulan"),
    Shot("calendar-list", "volunteer", "kalender/?lihat=daftar"),
    Shot("calendar-quiet", "staff", "kalender/?lihat=bulan", act=turn_on),
    Shot("calendar-filtered", "staff", "kalender/?find=tidak-ada"),
    Shot("calendar-move", "staff", "kalender/?lihat=daftar", act=press(".days a.move")),
    Shot("calendar-feed", "staff", "kalender/langganan/", act=press('main button[value="make"]')),
    Shot("write-post", "staff", "konten/baru/", english=True),
    Shot("write-post-refused", "staff", "konten/baru/", act=press('main button[value="submit"]')),
    Shot("write-full", "staff", "konten/baru/", act=write_full),
    Shot("write-film", "staff", "konten/baru/", act=write_film, english=True),
    Shot("write-follows", "staff", "konten/baru/", act=write_follows),
    Shot("write-meanwhile", "staff", "konten/", follow=post_in("draft"), act=save_second),
    Shot("versions", "staff", "konten/", follow=post_in("draft"), act=press('a[href$="/versi/"]')),
    Shot("post-draft", "staff", "konten/", follow=post_in("draft")),
    Shot("post-in-review", "staff", "konten/", follow=post_in("in_review")),
    Shot("review-film", "candidate", "konten/", act=to_film),
    Shot("post-scheduled", "manager", "konten/", follow=post_in("scheduled")),
    Shot("post-published", "manager", "konten/", follow=post_in("published"), english=True),
    Shot("review", "candidate", "tinjau/", english=True),
    Shot("review-no", "candidate", "tinjau/", act=press(".answers .answer summary")),
    Shot("review", "manager", "tinjau/"),
    Shot("checks-blocked", "staff", "konten/baru/", act=fill("#id_text", BLOCKED, '.sticky button[value="draft"]')),
    Shot("checks", "staff", "konten/baru/", act=fill("#id_text", CHECKED, 'button[value="submit"]'), english=True),
    Shot("checks-ignored", "staff", "konten/", follow=post_in("in_review"), act=press(".findings button")),
    Shot("checks-review", "candidate", "tinjau/", act=open_folds),
    Shot("review-post", "staff", "tinjau/", follow='main a.tap[href*="/tinjau/"]'),
    Shot("approval-settings", "manager", "aturan-persetujuan/", english=True),
    Shot("approval-change", "manager", "aturan-persetujuan/ubah/"),
    Shot("approval-asked", "manager", "aturan-persetujuan/ubah/", act=approval_asked),
    Shot("approval-agree", "candidate", "aturan-persetujuan/"),
    Shot("post-changed", "staff", "konten/", follow=post_in("in_review"), act=change_post),
    Shot("review-changed", "candidate", "tinjau/"),
    Shot("review-done", "candidate", "tinjau/", act=press(".answers .primary")),
    Shot("today-hand", "volunteer"),
    Shot("hand", "volunteer", follow='a.tap[href*="/kirim/"]', english=True),
    Shot("hand-sent", "volunteer", follow='a.tap[href*="/kirim/"]', act=tell_sent),
    Shot(
        "post-clicks", "staff", "konten/?find=Kabar+untuk+relawan", follow='main a.tap[href*="/konten/"]', english=True
    ),
    Shot("post-follows", "staff", "konten/baru/", act=submit_follows),
    Shot(
        "review-follows",
        "candidate",
        "konten/?find=Saluran+irigasi+Sukamaju",
        follow='main a.tap[href*="/konten/"]',
        act=to_review,
    ),
    Shot("link-closed", "staff", "/s/tidakada"),
    Shot("ideas", "staff", "ide/", english=True),
    Shot("ideas", "volunteer", "ide/"),
    Shot("ideas-none", "staff", "ide/?state=aside"),
    Shot("send-idea", "volunteer", "setor/", english=True),
    Shot("send-idea-refused", "volunteer", "setor/", act=send_pictures),
    Shot("send-idea-sent", "volunteer", "setor/", act=fill("#id_text", "Los pasar bocor.", "main button.primary")),
    Shot("channels", "manager", "akun/", english=True),
    Shot("channels", "staff", "akun/"),
    Shot("talk", "manager", "akun/percakapan/", english=True),
    Shot("networks", "manager", "jejaring/", english=True),
    Shot("network-app", "manager", "jejaring/tiktok/", english=True, act=open_folds),
    Shot("network-app-telling", "manager", "jejaring/instagram/", english=True),
    Shot("connect-mastodon", "manager", "akun/hubungkan/mastodon/"),
    Shot("connect-leave", "manager", "akun/hubungkan/mastodon/", act=press("main form.card button.primary")),
    Shot("choose-accounts", "manager", "akun/", act=let_in_several, english=True),
    Shot("connect-bluesky", "manager", "akun/hubungkan/bluesky/"),
    Shot("connect-whatsapp", "manager", "akun/hubungkan/whatsapp/", english=True),
    Shot("connect-whatsapp-refused", "manager", "akun/hubungkan/whatsapp/", act=press("main form.card button.primary")),
    Shot("connect-telegram", "manager", "akun/hubungkan/telegram/"),
    Shot("remove-channel", "manager", "akun/", follow='a[href$="/lepas/"]'),
    Shot("team", "manager", "tim/", english=True),
    Shot("team", "staff", "tim/"),
    Shot("invite", "manager", "tim/undang/", english=True),
    Shot("invite-refused", "manager", "tim/undang/", act=press("main form button.primary")),
    Shot("invite-link", "manager", "tim/undang/", act=invite("staff")),
    Shot("member", "manager", "tim/", follow='a.tap:has-text("Fajar")'),
    Shot("member-suspended", "manager", "tim/", follow='a.tap:has-text("Bayu")'),
    Shot("member-suspend", "manager", "tim/", follow='a.tap:has-text("Fajar")', act=press('a[href$="/tangguhkan/"]')),
    Shot("member-resume", "manager", "tim/", follow='a.tap:has-text("Bayu")', act=press('a[href$="/pulihkan/"]')),
    Shot("join", "manager", "tim/undang/", act=invite("volunteer"), guest="#the-link", english=True),
    Shot("link-unknown", "manager", "/masuk/undangan/tidak-ada/"),
    Shot("find-campaign", "manager", "/masuk/"),
    Shot("welcome", "manager", "selamat-datang/"),
    Shot("welcome", "candidate", "selamat-datang/"),
    Shot("rules", "staff", "aturan/"),
    Shot(
        "rule-follows",
        "manager",
        "aturan/campaign.quiet_days/",
        act=fill_all({"#id_value": "2", "#id_reason": "Keputusan KPU 12/2028"}, "main form button"),
    ),
    Shot("rule-asked", "manager", "aturan/campaign.quiet_days/", act=ask_rule("2")),
    Shot("rule-tightened", "manager", "aturan/campaign.quiet_early_minutes/", act=ask_rule("60")),
    Shot("rules", "candidate", "aturan/", english=True),
    Shot("rules-everything-open", "candidate", "aturan/", act=open_folds),
    Shot("rule-change", "manager", "aturan/social.max_accounts_per_app/"),
    Shot("rule-refused", "manager", "aturan/ads.window_days/", act=fill("#id_reason", "Salah", "main form button")),
    Shot("duties", "manager", "tenggat/", english=True),
    Shot("duties", "staff", "tenggat/"),
    Shot("duty-accounts", "manager", "tenggat/accounts-register/", act=open_folds, english=True),
    Shot("duty-money", "treasurer", "tenggat/ladk/", act=open_folds),
    Shot("duty-refused", "treasurer", "tenggat/ladk/", act=press("main form button.primary")),
    Shot(
        "duty-done",
        "manager",
        "tenggat/ladk-fix/",
        act=fill("#id_number", "0123/LADK/2029", "main form button.primary"),
    ),
    Shot("duties-some-done", "manager", "tenggat/", act=open_folds),
    Shot("ads", "treasurer", "iklan/", act=open_folds, english=True),
    Shot("ads", "candidate", "iklan/"),
    Shot("ads-none", "manager", "iklan/?media=tiktok"),
    Shot("ad-against", "treasurer", "iklan/", follow='a.tap:has-text("Facebook")', act=open_folds, english=True),
    Shot("ad-planned", "manager", "iklan/", follow='a.tap:has-text("Harian")'),
    Shot("ad-write", "treasurer", "iklan/baru/", english=True),
    Shot("ad-write-refused", "treasurer", "iklan/baru/", act=plan_too_early),
    Shot("record", "manager", "catatan/", english=True),
    Shot("record-checked", "candidate", "catatan/", act=press('form[action$="/periksa/"] button')),
    Shot("record-refused", "manager", "catatan/?about=xyz&since=2029-13-01"),
    Shot("record-found", "manager", "catatan/?kind=rules", act=open_folds),
    Shot("not-found", "staff", "tidak-ada/"),
    Shot("forbidden", "staff", "berhenti/"),
    Shot("operations", "manager", "operasi/", english=True),
    Shot("stop", "manager", "berhenti/", english=True),
    Shot("stopped", "manager", "berhenti/", act=stop),
    Shot("today-stopped", "staff"),
    Shot("operations-stopped", "staff", "operasi/"),
    Shot("resume", "manager", "lanjut/"),
    Shot("security", "manager", "/keamanan/", english=True),
    Shot("security", "candidate", "/keamanan/"),
    Shot("second-step", "manager", "/keamanan/langkah-kedua/"),
    Shot("add-passkey", "manager", "/accounts/passkeys/add/"),
    Shot("add-app", "manager", "/accounts/app/add/"),
    Shot("candidate-phone", "manager", "ponsel-caleg/"),
    Shot("candidate-phone-qr", "candidate", "ponsel-caleg/", act=press("main form button.big"), english=True),
    Shot("use-phone", "candidate", "ponsel-caleg/", act=open_link("[data-link]")),
    Shot("use-phone-over", "candidate", "/keamanan/pakai-ponsel/tidak-ada/"),
    Shot("my-campaigns", "manager", "/?pilih"),
]


@contextmanager
def posko() -> Iterator[str]:
    """A running Posko of our own; its address."""
    port, sandbox_port = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="posko-shots-") as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "local", "run"],
            cwd=PROJECT,
            env={**os.environ, "PORT": str(port), "SANDBOX_PORT": str(sandbox_port), "POSKO_STATE": folder},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout
            until = time.monotonic() + START_WITHIN
            for line in process.stdout:
                if line.startswith("Posko: "):
                    break
                if time.monotonic() > until:
                    raise SystemExit("Posko did not start in time.")
            else:
                raise SystemExit("Posko ended before it was ready.")
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
            process.wait(30)


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def take(page: Page, shot: Shot, language: str) -> None:
    """All sizes and schemes of the page as it stands."""
    name = f"{shot.name}-{shot.role}" if shot.role else shot.name
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        # As tall as the page, so that what sticks to an edge is at that edge of the picture.
        tall = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(height, tall)})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            print(f"{name}: {wide} pixels too wide at {width}", flush=True)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
            page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}-{language}.png", full_page=True)


class Walk:
    """One browser that goes through the pages, becoming one role after the other."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.context = browser.new_context(base_url=base, locale="id-ID", timezone_id="Asia/Jakarta")
        self.page = self.context.new_page()
        self.page.on("console", lambda message: print(message.text, flush=True) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: print(f"script: {error}", flush=True))
        self.base, self.campaign, self.role = base, "", NOBODY

    def become(self, role: str) -> None:
        """Sign in as the demonstration's person of that role."""
        if role == self.role:
            return
        self.page.goto(self.campaign or "/")
        self.page.locator(f'button[formaction="/demo/sebagai/{role}/"]').first.click()
        self.page.wait_for_url("**/c/*/")
        self.campaign, self.role = self.page.url, role

    def speak(self, language: str) -> None:
        self.context.add_cookies([{"name": "django_language", "value": language, "url": self.base}])

    def visit(self, shot: Shot, wanted: bool) -> None:
        """Go there, act, and take the pictures; what is not wanted may still act."""
        self.become(shot.role)
        self.page.goto(shot.path if shot.path.startswith("/") else self.campaign + shot.path)
        if shot.follow:
            self.page.locator(shot.follow).first.click()
            self.page.wait_for_load_state()
        if shot.act:
            shot.act(self.page)
        if not wanted:
            return
        kept = self.context.cookies()
        if shot.guest:
            link = self.page.locator(shot.guest).input_value()
            self.context.clear_cookies(name="sessionid")
            self.page.goto(urlsplit(link).path)
        take(self.page, shot, "id")
        if shot.english:
            self.speak("en")
            self.page.goto(self.page.url)
            take(self.page, shot, "en")
            self.speak("id")
        if shot.guest:
            self.context.add_cookies(kept)  # type: ignore[arg-type]  # what it gave is what it takes


def main(names: list[str]) -> int:
    """Take the pictures asked for, or all; 1 when a page could not be shown."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        print("Chromium is missing: install it, for instance with apt-get install chromium.", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    failed = 0
    with posko() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        walk = Walk(browser, base)
        walk.page.set_default_timeout(10_000)
        for shot in PAGES:
            wanted = not names or any(shot.name.startswith(name) for name in names)
            if not wanted and not shot.act:
                continue
            try:
                walk.visit(shot, wanted)
            except Exception as error:  # noqa: BLE001  # one page must not keep the others from being seen
                failed += 1
                print(f"{shot.name} {shot.role}: {str(error).splitlines()[0]}", flush=True)
        browser.close()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.name}/, {failed} pages failed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
