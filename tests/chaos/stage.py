"""A campaign with accounts on the networks of a real sandbox, and envelopes to send through them."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Max

from campaign import channels, clock, delivering, drafting, envelopes, handing, settling
from campaign.models import Campaign, Channel, Delivery, Notice, PostMedia, Role, State
from platforms.bluesky import Bluesky
from platforms.contents import Account
from platforms.facebook import Facebook
from platforms.http import Door
from platforms.mastodon import Mastodon
from platforms.registry import connector
from platforms.telegram import Telegram
from platforms.x import X
from platforms.youtube import Youtube
from tests import make
from tests.sandbox.running import Sandbox

PLATFORMS = ("mastodon", "bluesky", "telegram", "facebook", "x")


def sign_in(door: Door, platform: str, told: dict[str, Any]) -> Account:
    """The account that the sandbox has `told` of, connected as a person would."""
    secrets = told["secrets"]
    match platform:
        case "mastodon":
            return Mastodon.connect(door, told["server"], secrets["token"])
        case "bluesky":
            return Bluesky.connect(door, told["server"], secrets["identifier"], secrets["app_password"])
        case "youtube":
            who = told["remote_id"], told["name"], told["handle"]
            return Youtube(Account(platform, told["server"], *who, secrets), door).check()
        case "facebook":
            bare = Account("facebook", told["server"], told["remote_id"], "", "", {"token": secrets["token"]})
            return Facebook(bare, door).check()
        case "instagram" | "threads":
            bare = Account(platform, told["server"], "", "", "", secrets)
            return connector(platform)(bare, door).check()
        case "x":
            return X(Account("x", told["server"], "", "", "", secrets), door).check()
        case _:
            return Telegram.connect(door, told["server"], secrets["token"], str(secrets["chat"]))


def outlast() -> None:
    """Move Posko's clock past every lease: whoever had one is dead, so there is nothing to wait for."""
    last = Delivery.objects.filter(state=State.SENDING).aggregate(last=Max("lease_until"))["last"]
    if last is None:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(%s - clock_timestamp(), campaign_now() - clock_timestamp())", [last])
        (ahead,) = cursor.fetchone()
    make.clock_moved(f"interval '{ahead.total_seconds() + 0.1} seconds'")


@dataclass
class Stage:
    """What a chaos test plays on. `sent_texts` is what it wants public, exactly once each."""

    sandbox: Sandbox
    campaign: Campaign
    wanted: list[str] = field(default_factory=list)
    numbers: int = 0
    platforms: tuple[str, ...] = PLATFORMS

    def channel(self, platform: str) -> Channel:
        """A fresh account on `platform`, with a wide token bucket."""
        self.numbers += 1
        told = self.sandbox.account(platform, handle=f"ratna{self.numbers}")
        account = sign_in(channels.door(self.campaign), platform, told)
        row = channels.save(self.campaign, account, by=make.someone(self.campaign, Role.MANAGER))
        Channel.objects.filter(pk=row.pk).update(pace_burst=1_000)
        return row

    def envelope(
        self,
        channel: Channel,
        *,
        picture: bool = False,
        pictures: int = 0,
        film: int = 0,
        is_reel: bool = False,
        title: str = "",
        text: str = "",
        **more: Any,
    ) -> Delivery:
        """One that is due now, with a text of its own, so many `pictures`, and a real film of so many bytes.

        It `is_reel` by what its envelope says: large enough for the place where a network keeps those.

        `more` is what else its draft holds.
        """
        self.numbers += 1
        text = text or f"Kabar {self.numbers} dari lapangan."
        media = [make.media(of=self.campaign) for _ in range(pictures or int(picture))]
        shown = [PostMedia(media=each, alt="Jalan desa") for each in media]
        shown += [PostMedia(media=make.film(of=self.campaign, size=film))] if film else []
        draft = drafting.draft_json(text, shown, title=title) | more
        if is_reel:
            draft["video"] |= {"width": 540, "height": 960}
        row = envelopes.seal(
            channel=channel,
            slot=f"chaos:{self.numbers}",
            kind="campaign",
            draft=draft,
            send_at=clock.now(),
            not_after=clock.now() + timedelta(hours=2),
            owner=make.someone(self.campaign, Role.STAFF),
        )
        envelopes.clear([row.slot], fingerprints=[row.fingerprint], send_at=row.send_at, not_after=row.not_after)
        self.wanted.append(text)
        return row

    # Truth -------------------------------------------------------------------------------------

    def public(self) -> Counter[str]:
        """How often each text became public, by the receiver's log."""
        return Counter(entry["text"] for entry in self.sandbox.log() if entry["action"] == "publish")

    def open_films(self) -> None:
        """YouTube keeps films of an unaudited app private: a person makes public whatever was uploaded."""
        for remote_id in self.sandbox.control("GET", "youtube")["private"]:
            self.sandbox.control("POST", "youtube", public=remote_id)
        Delivery.objects.filter(state=State.HANDED).update(look_at=clock.now())
        handing.look()

    def recover(self, seconds: float = 40, platforms: Sequence[str] | None = None) -> None:
        """Let workers that nobody disturbs bring everything to an end; a person tells the truth where one is asked."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            outlast()
            settling.sweep()
            for platform in platforms or self.platforms:
                delivering.drain(platform)
                settling.settle(platform)
            self.decide()
            open_rows = Delivery.objects.filter(state__in=(State.WAITING, State.SENDING, State.UNSURE))
            if not open_rows.exists():
                return
            time.sleep(0.2)
        raise AssertionError([str(row) for row in open_rows])

    def decide(self) -> None:
        """Every question has an owner and a notice, and gets a true answer."""
        for row in Delivery.objects.filter(state=State.UNSURE, asks_person=True):
            assert row.owner, "an unsure envelope without an owner"
            assert Notice.objects.open().filter(kind="unsure", about=f"delivery:{row.pk}", member=row.owner).exists()
            by = make.someone(self.campaign, Role.STAFF)
            if self.public()[row.text]:
                envelopes.decide_is_out(row, by=by, link="")
            else:
                envelopes.decide_is_not_out(row, by=by, again=True)

    def assert_each_once(self) -> None:
        """Doubles 0, lost 0."""
        public = self.public()
        assert [text for text, times in public.items() if times > 1] == [], "doubles"
        assert [text for text in self.wanted if not public[text]] == [], "lost"
        assert not Delivery.objects.exclude(state=State.SENT).filter(draft__text__in=self.wanted).exists()
