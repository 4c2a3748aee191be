"""The rows of the composer for what follows a post: reading, drawing and examining them."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from campaign import drafting, previews, wording
from campaign.linking import making
from campaign.linking.placing import filled
from campaign.models import Channel, Follow, Part
from campaign.writing import follow_ups, typing
from campaign.writing.fields import FOLLOW_ACT, FollowRow
from campaign.writing.typing import Typed

if TYPE_CHECKING:
    from campaign.writing.form import PostForm

MOST = 10
LONGEST = 10_000  # characters


class FollowFields:
    """What stands in the three fields `follow`, `follow_part` and `follow_on`, a row each; empty rows stay in sight."""

    def __init__(self, form: "PostForm") -> None:
        self.form = form
        self.errors: dict[int, list[str]] = {}

    @cached_property
    def sent(self) -> Typed:
        """The three fields, each as long as the first."""
        told = {name: [str(each) for each in self.form[name].value() or ()] for name in typing.rows_of([])}
        texts = [text.replace("\r\n", "\n") for text in told["follow"][: MOST + 1]]
        blank = [""] * len(texts)
        parts, on = ([*told[name], *blank][: len(texts)] for name in ("follow_part", "follow_on"))
        return {"follow": texts, "follow_part": parts, "follow_on": on}

    @property
    def follows(self) -> list[Follow]:
        """Those that are filled in, in order."""
        return follow_ups.in_order(typing.follows(self.sent))

    def arrange(self, do: str) -> None:
        """One row more or less; nothing is examined. Threads stand first: a comment closes them."""
        act, sent = FOLLOW_ACT.fullmatch(do), self.sent
        if act and act[1] and len(sent["follow"]) < MOST:
            for name, value in (("follow", ""), ("follow_part", act[1]), ("follow_on", "")):
                sent[name].append(value)
        elif act and act[2] and int(act[2]) < len(sent["follow"]):
            for values in sent.values():
                del values[int(act[2])]
        order = sorted(range(len(sent["follow"])), key=lambda place: sent["follow_part"][place] == Part.COMMENT)
        for values in sent.values():
            values[:] = [values[place] for place in order]

    @cached_property
    def links(self) -> dict[int, str]:
        """The post's link as each account will have it."""
        return making.of(self.form.unsaved_post(), self.form.choices)

    # Drawing --------------------------------------------------------------------------------------

    @property
    def able(self) -> dict[str, list[Channel]]:
        """The accounts that can carry each part."""
        return {part: [each for each in self.form.choices if follow_ups.can_carry(each, part)] for part in Part.values}

    @property
    def parts(self) -> list[tuple[str, str]]:
        """What can be added now: the part and its button."""
        if len(self.sent["follow"]) >= MOST:
            return []
        labels = {Part.THREAD.value: _("Add a part of a thread"), Part.COMMENT.value: _("Add a first comment")}
        return [(part, labels[part]) for part, channels in self.able.items() if channels]

    @property
    def rows(self) -> list[FollowRow]:
        """All rows as they are drawn."""
        found, able = [], self.able
        for place, (text, part, on) in enumerate(zip(*self.sent.values(), strict=True)):
            part = part if part in Part.values else Part.THREAD.value
            name = _("First comment") if part == Part.COMMENT else _("Part of a thread")
            counters = previews.follow_counters(text.strip(), part, able[part], self.links)
            found.append(FollowRow(place, part, text, on, name, counters, able[part], self.errors.get(place, [])))
        return found

    @property
    def is_open(self) -> bool:
        return bool(self.sent["follow"])

    # Examining ------------------------------------------------------------------------------------

    def examine(self, chosen: Sequence[Channel]) -> None:
        """Tell what is wrong with each row; with all that a network would refuse, where it goes to approval."""
        seen = set[tuple[str, str]]()
        known = {str(channel.pk) for channel in self.form.choices}
        if len(self.sent["follow"]) > MOST:
            self._wrong(MOST, _("A post is followed by %(most)d texts at most.") % {"most": MOST})
        for place, (text, part, on) in enumerate(zip(*self.sent.values(), strict=True)):
            if not text.strip():
                continue
            if part not in Part.values or (on and on not in known):
                self._wrong(place, _("One of these accounts is not here any more. Choose again."))
                continue
            if len(text) > LONGEST:
                self._wrong(place, _("This is too long for any network. Shorten it."))
            if part == Part.COMMENT and (part, on) in seen:
                self._wrong(place, _("There is a first comment already. Keep one of them."))
            seen.add((part, on))
            if self.form.submits:
                self._would_be_refused(place, part, text.strip(), on, chosen)

    def _would_be_refused(self, place: int, part: str, text: str, on: str, chosen: Sequence[Channel]) -> None:
        channels = [each for each in chosen if on in ("", str(each.pk)) and follow_ups.can_carry(each, part)]
        if not channels:
            self._wrong(place, _("None of the accounts you chose carries this. Choose another one, or take it out."))
        for channel in channels:
            words = filled(text, self.links.get(channel.pk, ""))
            draft = drafting.draft_of(drafting.following(drafting.draft_json(words, []), after="-", root="-"))
            for problem in channel.connector_class.problems(draft, channel.limits):
                self._wrong(place, f"{channel.label}: {wording.problem(problem.code, problem.params)}")

    def _wrong(self, place: int, sentence: str) -> None:
        self.errors.setdefault(place, []).append(sentence)
        if "follow" not in self.form.errors:
            self.form.add_error("follow", _("Something in the thread or the first comment has to be corrected."))
