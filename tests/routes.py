"""The table of routes, by hand: what each address takes, who may, and what a sound request looks like.

`tests/test_routes.py` compares it with the resolver and asks every address as everybody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from campaign import checks, clock, envelopes, overriding, pulse
from campaign.approving import agreeing, link
from campaign.approving.needs import Terms
from campaign.models import (
    Campaign,
    Channel,
    Delivery,
    Follow,
    Idea,
    Media,
    Member,
    Notice,
    Part,
    Phone,
    PolicyChange,
    Post,
    Proof,
    Role,
    RuleOverride,
    State,
    User,
    WaitingConsent,
)
from campaign.team.links import Link
from engagement.models import ForeignPost
from fundraising.models import Ad
from tests import make

PUBLIC = "everybody"
SIGNED_IN = "whoever is signed in"
KEYED = "whoever has the secret key in its address"
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")
DONE = frozenset({200, 302, 303, 422})


# The world ---------------------------------------------------------------------------------------


@dataclass
class Side:
    """One campaign with something of everything."""

    campaign: Campaign
    team: dict[str, Member]
    channel: Channel
    consent: WaitingConsent
    media: Media
    draft: Post
    edited: Post
    review: Post
    scheduled: Post
    ideas: dict[str, Idea]
    published: Post
    unsure: Delivery
    failed: Delivery
    handed: Delivery
    following: Delivery
    in_hand: Delivery
    linked: Post
    asked_rule: RuleOverride
    changed_rule: RuleOverride
    asked_approval: PolicyChange
    notices: dict[str, Notice]
    proof: Proof
    phone: Phone
    link: Link
    with_pin: Member
    foreign: ForeignPost
    hijacked: ForeignPost
    ad: Ad


@dataclass
class World:
    """The campaign that is asked, another one that nobody here may touch, and a demonstration."""

    ours: Side
    theirs: Side
    demo: Campaign
    people: dict[str, Member | None]


def side(slug: str) -> Side:
    campaign = make.campaign(slug=slug)
    team = make.team(campaign)
    channel = make.channel(of=campaign)
    consent = WaitingConsent.objects.create(
        member=team["manager"], key=f"izin-{slug}", platform="facebook", accounts=None, made_at=clock.now()
    )
    media = make.media(of=campaign)
    told = {
        role: Notice.objects.create(
            campaign=campaign, member=member, kind="refuse", url="/", about=f"post:{member.pk}", made_at=clock.now()
        )
        for role, member in team.items()
    }
    published, unsure, failed, handed = (
        ended(make.post_scheduled(on=[channel], text=f"{slug} {state.label}.", pictures=[(media, "Foto.")]), state)
        for state in (State.SENT, State.UNSURE, State.FAILED, State.HANDED)
    )
    following = follower(channel, f"{slug} berkomentar.")
    place = make.place(of=campaign, owner=team["volunteer"], name=f"{slug} relawan")
    in_hand = ended(make.post_scheduled(on=[place], text=f"{slug} dikirim sendiri."), State.HANDED)
    linked = make.post_scheduled(on=[channel], text=f"{slug} bertautan.", link="https://ratna.example/jalan")
    # Staff is a second reader, so that they too may answer.
    make.policy(of=campaign, four_eyes=True, readers={team["staff"].pk})
    scheduled = make.post_in_review(on=[channel], text=f"{slug} dijadwalkan.", planned_at=make.in_an_hour())
    for role in ("manager", "candidate"):
        make.approve(scheduled, by=team[role])
    loose = Terms(frozenset({"other"}), True, frozenset({team["staff"].pk}))
    asked_approval = agreeing.ask(campaign, loose, by=team["manager"]).waits
    assert asked_approval
    return Side(
        campaign,
        team,
        channel,
        consent,
        media,
        draft=make.post(on=[channel], text=f"{slug} konsep."),
        edited=edited(make.post(on=[channel], text=f"{slug} dulu.")),
        review=make.post_in_review(on=[channel], text=f"{slug} ditinjau.", planned_at=make.in_an_hour()),
        scheduled=scheduled,
        ideas={role: make.idea(by=member) for role, member in team.items() if role != "treasurer"},
        published=Post.objects.get(pk=published.post_pk or 0),
        unsure=unsure,
        failed=failed,
        handed=handed,
        following=following,
        in_hand=in_hand,
        linked=linked,
        asked_approval=asked_approval,
        asked_rule=overriding.ask(campaign, "ads.window_days", 25, by=team["manager"], reason="Uji."),
        changed_rule=overriding.ask(campaign, "campaign.quiet_early_minutes", 9, by=team["manager"], reason="Uji."),
        notices=told,
        proof=make.proof(of=campaign),
        phone=make.phone(team["candidate"]),
        link=make.link(of=campaign),
        with_pin=make.volunteer_with_pin(of=campaign),
        foreign=make.foreign_post(on=channel, text=f"{slug} asing."),
        hijacked=make.foreign_post(on=channel, text=f"{slug} bajakan.", state="not_ours"),
        ad=make.ad(of=campaign, note=f"{slug} iklan.", file=make.picture_file()),
    )


def edited(post: Post) -> Post:
    make.edit(post)
    return post


def ended(post: Post, state: State) -> Delivery:
    """The one envelope of `post`, as it stands when the network has answered or not."""
    rows = Delivery.objects.of_post(post.pk).firsts()
    rows.update(state=State.SENDING, token=uuid4(), lease_until=clock.now(), begun_at=clock.now(), tries=1)
    told = {"remote_id": "r-1"} if state == State.SENT else {"problem": "timed_out"}
    rows.update(state=state, asks_person=state == State.UNSURE, **told)
    row = rows.get()
    envelopes.settled(row)
    return row


def follower(channel: Channel, text: str) -> Delivery:
    """A first comment that is held, for its post has failed."""
    comment = Follow(Part.COMMENT, f"{text} Komentar.")
    post = make.post_scheduled(on=[channel], text=text, follows=[comment])
    return Delivery.objects.get(after=ended(post, State.FAILED).slot)


def world() -> World:
    for part in pulse.PARTS:
        pulse.beat(part)
    ours, theirs = side("kami"), side("mereka")
    demo = make.campaign(slug="peragaan", is_demo=True)
    make.team(demo)
    User.objects.filter(memberships__campaign=demo).update(email=None)  # as its invented people are
    suspended = make.member(of=ours.campaign, role=Role.MANAGER, suspended_at=clock.now())
    people: dict[str, Member | None] = dict(ours.team)
    people |= {"suspended": suspended, "stranger": theirs.team["manager"], "anonymous": None}
    return World(ours, theirs, demo, people)


# The table ---------------------------------------------------------------------------------------

type Args = Callable[[Side, str], list[Any]]
type Data = Callable[[Side, str], dict[str, Any]]


def nothing(_side: Side, _who: str) -> list[Any]:
    return []


def no_data(_side: Side, _who: str) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Route:
    """One address: what guards it, what it takes, and with what it is asked."""

    guard: str
    methods: str
    args: Args = nothing  # the path's parts after the campaign
    data: Data = no_data
    answers: frozenset[int] = DONE  # to those who may
    has_id: bool = False  # whether `args` names a row that belongs to a campaign
    from_outside: bool = False  # whether it comes without the form's token
    leads_on: bool = False  # whether those who are signed in are sent on, whatever they ask

    @property
    def is_of_campaign(self) -> bool:
        return self.guard not in (PUBLIC, SIGNED_IN, KEYED)


def of(name: str) -> Args:
    return lambda side, _who: [getattr(side, name).pk]


def version(side: Side, _who: str) -> dict[str, Any]:
    return {"version": 1}


def reason(side: Side, _who: str) -> dict[str, Any]:
    return {"version": 1, "reason": "Alasan."}


def typed(side: Side, _who: str) -> dict[str, Any]:
    return {"form_id": str(uuid4()), "text": "Teks.", "channels": [side.channel.pk], "kind": "campaign", "do": "draft"}


def finding(side: Side, _who: str) -> dict[str, Any]:
    """The one about another post that leaves in the same minute."""
    found = next(each for each in checks.findings(checks.subject_of(side.review)) if each.code == "same_minute")
    return {"version": 1, "code": found.code, "where": found.where}


def notice(side: Side, who: str) -> list[Any]:
    return [side.notices.get(who, side.notices["manager"]).pk]


def idea(side: Side, who: str) -> list[Any]:
    """One's own: a volunteer sees no other, and nobody else may withdraw it."""
    return [side.ideas.get(who, side.ideas["manager"]).pk]


def picture(side: Side, _who: str) -> list[Any]:
    return [side.media.sha256]


def money_duty(_side: Side, _who: str) -> list[Any]:
    return ["rkdk"]


def link_code(side: Side, _who: str) -> list[Any]:
    return [link.code_of(side.review)]


def approval_rules(_side: Side, _who: str) -> dict[str, Any]:
    return {"before": 5, "after": 10, "remind": 3}


def bot(side: Side, _who: str) -> dict[str, Any]:
    return {"token": "123:abc", "chat": "@kabarratna"}


def invitation(side: Side, _who: str) -> list[Any]:
    return [side.link.invitation.pk]


def treasurer(side: Side, _who: str) -> list[Any]:
    return [side.team["treasurer"].pk]


def ad_typed(_side: Side, _who: str) -> dict[str, Any]:
    yesterday = f"{clock.now() - timedelta(days=2):%Y-%m-%d}"
    return {
        "form_id": str(uuid4()), "version": 1, "state": "ran", "medium": "radio", "outlet": "Radio Contoh",
        "first_day": yesterday, "last_day": yesterday, "spend": "75.000", "payer": "Partai Contoh",
    }  # fmt: skip


def seen(side: Side, _who: str) -> dict[str, Any]:
    return {"answer": "out", "tries": 1}


def short_link(side: Side, _who: str) -> list[Any]:
    return [side.linked.short_links.get().code]


def a(*codes: int) -> frozenset[int]:
    return frozenset(codes)


def post_route(guard: str, row: str, data: Data = version, methods: str = "POST") -> Route:
    return Route(guard, methods, of(row), data, has_id=True)


FORM = "GET POST PUT HEAD OPTIONS"  # what Django's FormView takes; PUT is its POST without data
SHOWN = "GET HEAD OPTIONS"
ROUTES: dict[str, Route] = {
    # Without a campaign
    "campaign:start": Route(PUBLIC, "GET HEAD"),
    "campaign:begin": Route(PUBLIC, "GET HEAD POST", answers=a(302)),  # there is a campaign already
    "campaign:make_demo": Route(PUBLIC, "POST"),
    "campaign:demo_as": Route(PUBLIC, "POST", lambda _side, _who: ["staff"], answers=a(302)),
    "campaign:remove_demo": Route(SIGNED_IN, "POST", answers=a(404)),  # nobody here is of the demonstration
    "campaign:set_language": Route(PUBLIC, "POST", data=lambda _side, _who: {"language": "en"}),
    "campaign:health": Route(PUBLIC, "GET HEAD"),
    "campaign:mailbox": Route(PUBLIC, "GET HEAD"),
    "campaign:letter": Route(PUBLIC, "GET HEAD", lambda _side, _who: ["surat-lain"], answers=a(404)),
    "campaign:lent_file": Route(PUBLIC, "GET HEAD", lambda _side, _who: ["nobody-gave-this", "jpg"], answers=a(404)),
    "campaign:follow_link": Route(PUBLIC, "GET HEAD", short_link, answers=a(302)),
    "campaign:oauth_back": Route(SIGNED_IN, "GET", lambda _side, _who: ["mastodon"], answers=a(422)),
    # Signing in
    "account_login": Route(PUBLIC, FORM, leads_on=True),
    "account_inactive": Route(PUBLIC, SHOWN),
    "account_signup": Route(PUBLIC, " ".join(METHODS), answers=a(302)),
    "account_logout": Route(PUBLIC, "GET POST HEAD OPTIONS"),
    "account_reset_password": Route(PUBLIC, FORM, data=lambda _side, _who: {"email": "orang@contoh.test"}),
    "account_reset_password_done": Route(PUBLIC, SHOWN),
    "account_reset_password_from_key": Route(PUBLIC, " ".join(METHODS), lambda _side, _who: ["zzzz", "no-key"]),
    "account_reset_password_from_key_done": Route(PUBLIC, SHOWN),
    "account_request_login_code": Route(
        PUBLIC, FORM, data=lambda _side, _who: {"email": "orang@contoh.test"}, leads_on=True
    ),
    "account_confirm_login_code": Route(PUBLIC, " ".join(METHODS), answers=a(302)),  # nobody here has asked for one
    "mfa_login_webauthn": Route(PUBLIC, FORM, leads_on=True),
    "mfa_authenticate": Route(PUBLIC, " ".join(METHODS), answers=a(302)),  # nobody here is halfway in
    "account_reauthenticate": Route(SIGNED_IN, FORM),
    "mfa_reauthenticate": Route(SIGNED_IN, " ".join(METHODS), answers=a(302)),  # nobody here has a second step
    "mfa_reauthenticate_webauthn": Route(SIGNED_IN, " ".join(METHODS), answers=a(302)),
    "account_change_password": Route(SIGNED_IN, FORM),
    "account_set_password": Route(SIGNED_IN, " ".join(METHODS), answers=a(302)),  # everybody here has one
    # My security
    "mfa_index": Route(SIGNED_IN, " ".join(METHODS), answers=a(302)),
    "mfa_list_webauthn": Route(SIGNED_IN, " ".join(METHODS), answers=a(302)),
    "mfa_activate_totp": Route(SIGNED_IN, " ".join(METHODS), answers=a(302)),  # asks first whether it is you
    "mfa_deactivate_totp": Route(SIGNED_IN, " ".join(METHODS), answers=a(404)),
    "mfa_view_recovery_codes": Route(SIGNED_IN, "GET HEAD", answers=a(404)),
    "mfa_generate_recovery_codes": Route(SIGNED_IN, " ".join(METHODS), answers=a(302)),
    "mfa_download_recovery_codes": Route(SIGNED_IN, "GET HEAD", answers=a(404)),
    "mfa_add_webauthn": Route(SIGNED_IN, " ".join(METHODS), answers=a(302)),
    "mfa_edit_webauthn": Route(SIGNED_IN, " ".join(METHODS), lambda _side, _who: [1], answers=a(302)),
    "mfa_remove_webauthn": Route(SIGNED_IN, " ".join(METHODS), lambda _side, _who: [1], answers=a(302)),
    "campaign:security": Route(SIGNED_IN, "GET HEAD"),
    "campaign:second_step": Route(SIGNED_IN, "GET HEAD"),
    "campaign:end_session": Route(SIGNED_IN, "POST", lambda _side, _who: [10**12], answers=a(404)),
    "campaign:end_other_sessions": Route(SIGNED_IN, "POST"),
    "campaign:release_phone": Route(SIGNED_IN, "POST", lambda _side, _who: [10**12], answers=a(404)),
    "campaign:use_phone": Route(PUBLIC, "GET HEAD POST", lambda _side, _who: ["tidak-ada"], answers=a(410)),
    # The campaign
    "campaign:today": Route("campaign.see", "GET HEAD"),
    "campaign:put_away_beginning": Route("post.write", "POST"),
    "campaign:menu": Route("campaign.see", "GET HEAD"),
    "campaign:dismiss_notice": Route("campaign.see", "POST", notice, has_id=True),
    "campaign:stop": Route("campaign.stop", "GET HEAD POST", data=lambda _side, _who: {"reason": "Diretas."}),
    "campaign:resume": Route("campaign.stop", "GET HEAD POST"),
    "campaign:operations": Route("operations.see", "GET HEAD"),
    # The candidate's phone
    "campaign:candidate_phone": Route("phone.enrol", "GET HEAD"),
    "campaign:enrol_phone": Route(
        "phone.enrol", "POST", data=lambda side, _who: {"candidate": side.team["candidate"].pk}
    ),
    "campaign:release_candidate_phone": Route("phone.enrol", "POST", of("phone"), has_id=True),
    # Rules
    "campaign:rules": Route("rules.see", "GET HEAD"),
    "campaign:change_rule": Route(
        "rules.change",
        "GET HEAD POST",
        lambda _side, _who: ["campaign.start_after_dct_days"],
        lambda *of: reason(*of) | {"value": 26},
    ),
    "campaign:agree_rule": post_route("rules.change", "asked_rule", no_data),
    "campaign:refuse_rule": post_route("rules.change", "asked_rule", no_data),
    "campaign:end_rule": post_route("rules.change", "changed_rule", reason),
    # Duties and the record
    "campaign:duties": Route("duty.see", "GET HEAD"),
    "campaign:duty": Route("duty.see", "GET HEAD", money_duty),
    "campaign:assign_duty": Route(
        "duty.change", "POST", money_duty, lambda side, _who: {"owner": side.team["staff"].pk}
    ),
    "campaign:finish_duty": Route("duty.change", "POST", money_duty, lambda _side, _who: {"number": "12/2029"}),
    "campaign:undo_duty": Route("duty.change", "POST", money_duty),
    "campaign:file_channel": post_route(
        "duty.change_any", "channel", lambda *_: {"step": "registered", "day": f"{clock.now():%Y-%m-%d}"}
    ),
    "campaign:unfile_channel": post_route("duty.change_any", "channel", lambda *_: {"step": "registered"}),
    "campaign:proof": Route("duty.see", "GET", lambda side, _who: [side.proof.token], has_id=True),
    "campaign:record": Route("record.see", "GET HEAD"),
    "campaign:verify_record": Route("record.see", "POST"),
    "campaign:export_record": Route("record.export", "POST", data=reason),
    # Posts
    "campaign:posts": Route("post.see", "GET"),
    "campaign:write_post": Route("post.write", "GET POST", data=typed),
    "campaign:post_detail": post_route("post.see", "published", no_data, "GET"),
    "campaign:edit_post": post_route("post.write", "draft", lambda *of: typed(*of) | {"version": 1}, "GET POST"),
    "campaign:preview_post": Route("post.write", "POST", data=typed),
    "campaign:autosave_new": Route("post.write", "POST", data=typed),
    "campaign:autosave_post": post_route("post.write", "draft", lambda *of: typed(*of) | {"based_on": 1}),
    "campaign:post_versions": post_route("post.write", "draft", no_data, "GET"),
    "campaign:restore_version": post_route("post.write", "edited", lambda *_: {"version": 2, "number": 1}),
    "campaign:copy_post": post_route("post.write", "published", lambda *_: {"form_id": str(uuid4())}),
    "campaign:submit_post": post_route("post.write", "draft"),
    "campaign:approve_post": post_route("post.review", "review"),
    "campaign:ask_changes": post_route("post.review", "review", reason),
    "campaign:refuse_post": post_route("post.review", "review", reason),
    "campaign:take_back_approval": post_route("post.review", "scheduled"),
    "campaign:withdraw_post": post_route("post.write", "scheduled"),
    "campaign:reschedule_post": post_route(
        "post.write",
        "scheduled",
        lambda *_: {"version": 1, "date": f"{clock.now() + timedelta(days=2):%Y-%m-%d}", "time": "09:00"},
    ),
    "campaign:check_draft": Route("post.write", "POST", data=typed),
    "campaign:dismiss_finding": post_route("check.dismiss", "review", finding),
    "campaign:move_post": post_route(
        "post.write",
        "scheduled",
        lambda side, _who: {
            "version": 1,
            "was": (side.scheduled.planned_at or clock.now()).isoformat(),
            "date": f"{clock.now() + timedelta(days=2):%Y-%m-%d}",
        },
        "GET POST",
    ),
    "campaign:calendar": Route("post.see", "GET"),
    "campaign:feed_key": Route("post.see", "GET POST"),
    "campaign:calendar_feed": Route(
        KEYED,
        "GET HEAD",
        lambda side, _who: [side.campaign.slug],
        answers=a(404),  # nobody here sends a key
    ),
    "campaign:take_down_post": post_route("post.take_down", "published", reason),
    "campaign:close_link": post_route("link.close", "linked", no_data),
    "campaign:review": Route("post.review", "GET"),
    "campaign:review_post": post_route("post.review", "review", no_data, "GET"),
    "campaign:review_link": Route(PUBLIC, "GET HEAD", link_code, answers=a(200, 302)),
    "campaign:approval_settings": Route("approval.settings", "GET HEAD"),
    "campaign:change_approval": Route("approval.change", "GET HEAD POST", data=approval_rules),
    "campaign:agree_approval": post_route("approval.change", "asked_approval", no_data),
    "campaign:refuse_approval": post_route("approval.change", "asked_approval", no_data),
    "campaign:picture": Route("post.see", "GET", picture, has_id=True),
    "campaign:small_picture": Route("post.see", "GET", picture, has_id=True),
    "analytics:read_now": post_route("number.read", "published"),
    # What the networks tell us
    "engagement:hook": Route(
        PUBLIC, "GET HEAD POST", lambda _side, _who: ["fiktif"], answers=a(404), from_outside=True
    ),  # no such network
    "engagement:campaign_hook": Route(
        PUBLIC, "GET HEAD POST", lambda side, _who: ["fiktif", side.campaign.slug], answers=a(404), from_outside=True
    ),
    "engagement:inbox": Route("inbox.see", "GET HEAD"),
    "engagement:foreign_post": Route("foreign.see", "GET HEAD", of("foreign"), has_id=True),
    "engagement:claim_post": Route(
        "foreign.decide", "POST", of("foreign"), lambda *_: {"reason": "Dari ponsel."}, has_id=True
    ),
    "engagement:disown_post": Route("foreign.decide", "POST", of("foreign"), has_id=True),
    "engagement:finish_post": Route("foreign.decide", "POST", of("hijacked"), has_id=True),
    # Ads that were bought elsewhere
    "fundraising:ads": Route("ad.see", "GET HEAD"),
    "fundraising:add_ad": Route("ad.write", "GET HEAD POST", data=ad_typed),
    "fundraising:export_ads": Route("ad.see", "POST", data=lambda *_: {"form": "csv"}),
    "fundraising:ad": Route("ad.see", "GET HEAD", of("ad"), has_id=True),
    "fundraising:edit_ad": Route("ad.write", "GET HEAD POST", of("ad"), ad_typed, has_id=True),
    "fundraising:hand_in_receipt": Route(
        "ad.write", "POST", of("ad"), lambda *_: {"version": 1, "file": make.picture_file()}, has_id=True
    ),
    "fundraising:cancel_ad": Route("ad.write", "POST", of("ad"), reason, has_id=True),
    # Ideas
    "campaign:ideas": Route("idea.see", "GET HEAD"),
    "campaign:take_idea": Route("idea.decide", "POST", idea, has_id=True),
    "campaign:put_idea_aside": Route("idea.decide", "POST", idea, has_id=True),
    "campaign:bring_idea_back": Route("idea.decide", "POST", idea, has_id=True),
    "campaign:withdraw_idea": Route("idea.send", "POST", idea, has_id=True),
    "campaign:send_idea": Route(
        "idea.send", "GET HEAD POST", data=lambda *_: {"form_id": str(uuid4()), "text": "Los pasar bocor."}
    ),
    "campaign:share_idea": Route("idea.send", "GET HEAD POST", data=lambda *_: {"text": "Foto."}, from_outside=True),
    "campaign:idea_sent": Route("idea.send", "GET HEAD"),
    "campaign:manifest": Route("campaign.see", "GET HEAD"),
    # Envelopes
    "campaign:delivery": Route("delivery.decide", "GET", of("unsure"), has_id=True),
    "campaign:decide_delivery": Route("delivery.decide", "POST", of("unsure"), seen, has_id=True),
    "campaign:hand_delivery": Route(
        "delivery.finish",
        "GET POST",
        of("in_hand"),
        lambda *told: seen(*told) | {"answer": "done", "without": "on"},
        has_id=True,
    ),
    "campaign:finish_delivery": Route(
        "delivery.decide", "POST", of("handed"), lambda *told: seen(*told) | {"answer": "done"}, has_id=True
    ),
    "campaign:leave_out_delivery": Route(
        "delivery.decide", "POST", of("following"), lambda *_: {"tries": 0}, has_id=True
    ),
    "campaign:retry_delivery": Route("post.approve", "POST", of("failed"), seen, has_id=True),
    # Accounts
    "campaign:channels": Route("channel.see", "GET"),
    "campaign:practice_account": Route("channel.connect", "POST", lambda _side, _who: ["telegram"], answers=a(422)),
    "campaign:practice_accounts": Route("channel.connect", "POST", answers=a(303)),
    "campaign:choose_accounts": Route(
        "channel.connect", "GET POST", lambda side, _who: [side.consent.key], answers=a(302), has_id=True
    ),
    "campaign:networks": Route("network.set_up", "GET"),
    "campaign:network_app": Route("network.set_up", "GET POST", lambda _side, _who: ["tiktok"]),
    "campaign:forget_network_app": Route("network.set_up", "POST", lambda _side, _who: ["tiktok"]),
    "campaign:connect_channel": Route("channel.connect", "GET POST", lambda _side, _who: ["telegram"], bot),
    "campaign:remove_channel": Route("channel.connect", "GET POST", of("channel"), has_id=True),
    "campaign:talk": Route("channel.see", "GET HEAD"),
    "campaign:change_talk": Route("channel.connect", "POST", answers=a(303)),
    # The team
    "campaign:team": Route("team.see", "GET HEAD"),
    "campaign:invite": Route(
        "team.invite",
        "GET HEAD POST",
        data=lambda *_: {"form_id": str(uuid4()), "for_whom": "Bayu", "role": "staff", "holds": "7"},
    ),
    "campaign:renew_invitation": Route("team.invite", "POST", invitation, has_id=True),
    "campaign:revoke_invitation": Route("team.invite", "POST", invitation, has_id=True),
    "campaign:team_member": Route("team.manage", "GET HEAD", of("with_pin"), has_id=True),
    "campaign:change_role": Route("team.manage", "POST", treasurer, lambda *_: {"role": "staff"}, has_id=True),
    "campaign:set_access": Route("team.manage", "POST", of("with_pin"), lambda *_: {"ends": ""}, has_id=True),
    "campaign:suspend_member": Route(
        "team.manage", "GET HEAD POST", of("with_pin"), lambda *_: {"reason": "Uji."}, has_id=True
    ),
    "campaign:resume_member": Route("team.manage", "GET HEAD POST", of("with_pin"), has_id=True),
    "campaign:give_pin": Route("team.manage", "POST", of("with_pin"), has_id=True),
    "campaign:welcome": Route("campaign.see", "GET HEAD"),
    "campaign:join": Route(
        PUBLIC,
        "GET HEAD POST",
        lambda side, _who: [side.link.token],
        lambda *_: {"name": "Bayu", "pin": make.PIN, "declared": "on"},
        answers=DONE | {409},  # to those who are on the team already
    ),
    "campaign:find_campaign": Route(PUBLIC, "GET HEAD"),
    "campaign:pin_sign_in": Route(
        PUBLIC,
        "GET HEAD POST",
        lambda side, _who: [side.campaign.slug],
        lambda *_: {"name": "Agus Pratama", "pin": make.PIN},
    ),
}
