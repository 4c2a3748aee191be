"""What people do, in the words of the pages: with a mouse, a thumb, with and without JavaScript."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, BrowserContext, Page

from platforms.registry import KINDS

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
WIB = ZoneInfo("Asia/Jakarta")
PLATFORMS = ("Mastodon", "Bluesky", "Telegram")


class Person:
    """One member of the demonstration's team in a browser of their own."""

    def __init__(self, browser: Browser, url: str, role: str, *, javascript: bool = True) -> None:
        self.javascript = javascript
        phone = role == "candidate"
        self.context: BrowserContext = browser.new_context(
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]  # playwright wants its own dict type
            has_touch=phone,
            java_script_enabled=javascript,
            locale="id-ID",
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.url = url
        self.page.goto(url)
        self.page.locator(f'button[formaction="/demo/sebagai/{role}/"]').first.click()
        self.page.wait_for_url("**/c/**")
        self.home = self.page.url.rstrip("/")

    def go(self, path: str) -> None:
        self.page.goto(f"{self.home}{path}")

    def press(self, name: str) -> None:
        """Press the button of that name and wait for what follows."""
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state("networkidle")

    def write(
        self,
        text: str,
        *,
        on: Sequence[str] = PLATFORMS,
        picture: Path | Sequence[Path] = (),
        film: Path | None = None,
        at: datetime | None = None,
        submit: bool = True,
    ) -> str:
        """Write a post and submit it; its page's path within the campaign."""
        self.go("/konten/baru/")
        self.page.get_by_label("Teks").fill(text)
        for box in self.page.locator('.choices input[name="channels"]').all():
            box.uncheck()
        for platform in on:
            self.page.locator(".choices label", has_text=platform).first.locator("input").check()
        for number, file in enumerate([picture] if isinstance(picture, Path) else picture, 1):
            self.add_picture(file, f"Jalan desa yang baru diperbaiki, gambar {number}", number)
        if film:
            self.page.locator("#id_film").set_input_files(film)
            self.page.locator(".film-row").wait_for()
        if "YouTube" in on:
            self.page.locator("#id_public_title").evaluate("field => { field.closest('details').open = true }")
            self.page.locator("#id_public_title").fill("Jalan desa yang baru diperbaiki")
        if at:
            local = at.astimezone(WIB)
            self.page.locator("input[name=date]").fill(local.strftime("%Y-%m-%d"))
            self.page.locator("input[name=time]").fill(local.strftime("%H:%M"))
        self.press("Ajukan" if submit else "Simpan draf")
        self.page.wait_for_url("**/konten/*/")
        return self.page.url.removeprefix(self.home)

    def add_picture(self, file: Path, description: str, number: int) -> None:
        """Choose one more picture and describe it; with JavaScript it is taken in at once."""
        self.page.set_input_files("input[type=file]", file)
        if not self.javascript:
            self.page.locator("#id_alt_new").fill(description)
            self.press("Tambahkan yang dipilih")
            return
        self.page.locator(".picture-row").nth(number - 1).wait_for()
        self.page.locator(".picture-row textarea").nth(number - 1).fill(description)

    def connect(self, kind: str, name: str) -> None:
        """Connect the account of that name through its network's consent page, of which others are ticked too."""
        page = self.page
        self.go("/akun/")
        page.get_by_role("link", name=f"Hubungkan {KINDS[kind].label}").click()
        page.locator("main form button.primary").last.click()
        page.locator("main a.button.primary").click()
        page.get_by_role("button", name="Izinkan").wait_for()
        for box in page.locator('input[type="checkbox"][name="account"]').all():
            box.check()
        for radio in page.locator("label", has_text=name).locator('input[type="radio"]').all():
            radio.check()
        page.get_by_role("button", name="Izinkan").click()
        page.wait_for_url("**/akun/**")
        if "/akun/pilih/" in page.url:
            page.get_by_label(name).check()
            page.locator("main form button.primary").click()
            page.wait_for_url("**/akun/")

    def approve(self, text: str) -> None:
        """On the phone: look at what waits until it is this one, and say yes."""
        self.go("/tinjau/")
        for _ in range(10):
            if self.page.get_by_text(text).count():
                break
            self.page.get_by_role("link", name="Lihat yang lain").click()
        self.page.get_by_text(text).first.wait_for()
        self.press("Setujui")
