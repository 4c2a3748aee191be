"""Saving a part of the record as a table: limited, with a reason, and marked in every line with who took it out."""

from collections.abc import Iterator, Sequence

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaign import audit, reading_record, record_words, spreadsheets
from campaign.access import require
from campaign.errors import Refused
from campaign.forms_record import Asked
from campaign.models import AuditRow, Campaign, Member, Zone

MOST = 10_000
BATCH = 1_000


class Export:
    """One export that is on the record already: its number, and its lines."""

    def __init__(self, note: AuditRow, member: Member, asked: Asked, reason: str, is_cut: bool) -> None:
        self.note, self.member, self.asked, self.reason, self.is_cut = note, member, asked, reason, is_cut
        self.language = translation.get_language()

    @property
    def number(self) -> str:
        """By which the record knows it."""
        return f"C{self.note.pk}"

    def lines(self) -> Iterator[bytes]:
        """The file, a line at a time, in the language of who asked."""
        lines = spreadsheets.lines(self._rows())
        while True:
            with translation.override(self.language):  # a server may draw other pages between two lines
                line = next(lines, None)
            if line is None:
                return
            yield line

    def _rows(self) -> Iterator[Sequence[object]]:
        campaign = self.member.campaign
        when = self._when(self.note, campaign)
        yield [_("Record of %(campaign)s") % {"campaign": campaign.name}]
        yield [_("Saved by"), str(self.member)]
        yield [_("When"), when]
        yield [_("Why?"), self.reason]
        yield [_("Number of this copy"), self.number]
        if self.is_cut:
            yield [_("Only the newest %(most)d lines; search more narrowly for the others.") % {"most": MOST}]
        yield []
        yield [_("When"), _("Who"), _("What"), _("On what"), _("From where"), _("Number of this copy")]
        mark = f"{self.number} · {self.member} · {when}"
        for line in reading_record.in_words(self._found()):
            row = line.row
            who = record_words.actor(row)
            yield [self._when(row, campaign), who, line.sentence, line.thing, row.ip, mark]

    def _found(self) -> Iterator[AuditRow]:
        """By key, so that no transaction stays open while a slow line takes the file."""
        left, before = MOST, self.note.pk
        while left:
            found = reading_record.rows(self.member.campaign, self.asked).filter(pk__lt=before)
            batch = list(found[: min(BATCH, left)])
            yield from batch
            if len(batch) < BATCH:
                return
            left, before = left - len(batch), batch[-1].pk

    @staticmethod
    def _when(row: AuditRow, campaign: Campaign) -> str:
        local = row.at.astimezone(campaign.tz)
        return f"{date_format(local, 'Y-m-d H:i:s')} {Zone(campaign.zone).label}"


@transaction.atomic
def begin(member: Member, asked: Asked, reason: str) -> Export:
    """Note the export with its reason; the lines are read afterwards. Raises Refused without a reason."""
    require(member, "record.export")
    if not reason.strip():
        raise Refused(_("Say in a few words why."))
    many = reading_record.rows(member.campaign, asked)[: MOST + 1].count()
    note = audit.record(
        "record.export",
        member.campaign,
        by=member,
        campaign_id=member.campaign_id,
        rows=min(many, MOST),
        reason=reason.strip()[:300],
    )
    note.refresh_from_db(fields=["at"])
    return Export(note, member, asked, reason.strip(), many > MOST)
