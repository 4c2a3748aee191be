"""The first campaign of an installation: who starts Posko becomes its manager. Others come by invitation."""

from dataclasses import dataclass, field
from datetime import date

from django.db import connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from campaign import audit, election
from campaign.errors import Refused
from campaign.models import Campaign, Member, Mode, Role, Ruleset, User
from campaign.models.campaign import RESERVED

PRACTICE = "LATIHAN"
_FIRST = 71_002  # the advisory lock of those who begin: two at once, and one wins


@dataclass(frozen=True)
class Beginning:
    """What the form asks for."""

    name: str
    slug: str
    candidate_name: str
    level: str
    dapil: str
    zone: str
    ruleset: Ruleset
    manager: str
    email: str
    password: str = field(repr=False)
    party: str = ""
    list_number: int | None = None
    voting_day: date | None = None


def is_first_run() -> bool:
    """Whether nobody has begun a campaign here yet; demonstrations do not count."""
    return not Campaign.objects.filter(is_demo=False).exists()


def free_slug(text: str) -> str:
    """An address made of `text` that no campaign has and none of our own pages needs."""
    base = slugify(text)[:50].strip("-") or "kampanye"
    number, slug = 1, base
    while slug in RESERVED or Campaign.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


@transaction.atomic
def begin(new: Beginning) -> Member:
    """The campaign and its first manager. Raises Refused when someone else has begun meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FIRST])
    if not is_first_run():
        raise Refused(_("This Posko has its campaign already. Sign in, or ask its manager to add you."))
    if User.objects.filter(email__iexact=new.email).exists():
        raise Refused(_("Somebody here has this e-mail address already. Use another one."))
    campaign = Campaign.objects.create(
        name=new.name,
        slug=new.slug,
        candidate_name=new.candidate_name,
        level=new.level,
        dapil=new.dapil,
        party=new.party,
        list_number=new.list_number,
        zone=new.zone,
        ruleset=new.ruleset,
        mode=Mode.PRACTICE if new.ruleset.code == PRACTICE else Mode.LIVE,
        voting_day=new.voting_day,
    )
    election.seal_calendar(campaign)
    user = User.objects.create_user(new.email.lower(), new.password, name=new.manager)
    member = Member.objects.create(campaign=campaign, user=user, role=Role.MANAGER)
    audit.record("campaign.begin", campaign, by=member, ruleset=new.ruleset.code, mode=campaign.mode)
    return member
