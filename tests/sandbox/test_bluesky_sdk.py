"""The atproto package does its ordinary work against the sandbox."""

import hashlib
import time
from typing import Any

import pytest
from atproto import Client, models
from atproto_client.exceptions import BadRequestError, RequestException, UnauthorizedError

from tests.platforms.make import mp4
from tests.sandbox.conftest import picture
from tests.sandbox.running import Sandbox


@pytest.fixture
def api(box: Sandbox) -> Client:
    """A client signed in with an app password."""
    secrets = box.account("bluesky")["secrets"]
    client = Client(f"{box.url}/bluesky")
    client.login(secrets["identifier"], secrets["app_password"])
    return client


def test_signing_in_tells_who_one_is(api: Client) -> None:
    assert api.me is not None
    assert api.me.handle == "ratna.test"
    assert api.me.display_name == "Ratna Wijaya"
    assert api.resolve_handle("ratna.test").did == api.me.did
    assert api.com.atproto.server.get_session().did == api.me.did


def test_a_wrong_password_is_refused(box: Sandbox) -> None:
    box.account("bluesky")
    with pytest.raises(UnauthorizedError, match="Invalid identifier or password"):
        Client(f"{box.url}/bluesky").login("ratna.test", "wrong")


def test_a_post_with_a_picture_is_shown_as_it_was_sent(api: Client, box: Sandbox) -> None:
    made = api.send_image("Pasar pagi #pasar", picture("JPEG"), "Orang di pasar")
    post = api.get_posts([made.uri]).posts[0]
    assert post.record.text == "Pasar pagi #pasar"
    assert post.cid == made.cid
    assert post.embed.images[0].alt == "Orang di pasar"
    assert post.embed.images[0].aspect_ratio.width == 64
    assert api.get_author_feed("ratna.test").feed[0].post.uri == made.uri
    line = box.log()[-1]
    assert (line["text"], line["alt"], line["remote_id"]) == ("Pasar pagi #pasar", ["Orang di pasar"], made.uri)


def test_a_blob_is_named_by_its_hash(api: Client) -> None:
    data = picture()
    blob = api.upload_blob(data).blob
    assert blob.cid.hash.digest == hashlib.sha256(data).digest()


def test_counts_move_when_voters_act(api: Client, box: Sandbox) -> None:
    made = api.send_post("Halo")
    for act in ("like", "repost", "reply"):
        box.control("POST", "voters", platform="bluesky", remote_id=made.uri, act=act, text="Kapan mulai?")
    post = api.get_posts([made.uri]).posts[0]
    assert (post.like_count, post.repost_count, post.reply_count) == (1, 1, 1)
    told = api.app.bsky.notification.list_notifications().notifications[0]
    assert told.reason == "reply"
    assert told.record.text == "Kapan mulai?"
    assert api.get_post_thread(made.uri).thread.replies[0].post.record.text == "Kapan mulai?"


def test_an_answer_stands_in_the_thread(api: Client, box: Sandbox) -> None:
    made = api.send_post("Halo")
    box.control("POST", "voters", platform="bluesky", remote_id=made.uri, act="reply")
    question = api.get_post_thread(made.uri).thread.replies[0].post
    ends = models.AppBskyFeedPost.ReplyRef(
        root=models.create_strong_ref(made), parent=models.create_strong_ref(question)
    )
    api.send_post("Bulan depan.", reply_to=ends)
    answer = api.get_post_thread(made.uri).thread.replies[0].replies[0].post
    assert answer.record.text == "Bulan depan."
    assert box.log()[-1]["reply_to"] == question.uri


def test_a_deleted_post_is_gone(api: Client, box: Sandbox) -> None:
    made = api.send_post("Sebentar")
    assert api.delete_post(made.uri) is True
    assert api.get_posts([made.uri]).posts == []
    assert [line["action"] for line in box.log()] == ["publish", "delete"]


def test_likes_count_and_can_be_taken_back(api: Client) -> None:
    made = api.send_post("Halo")
    like = api.like(made.uri, made.cid)
    assert api.get_posts([made.uri]).posts[0].like_count == 1
    api.unlike(like.uri)
    assert api.get_posts([made.uri]).posts[0].like_count == 0


def test_a_refresh_token_works_once(api: Client) -> None:
    old = api.export_session_string()
    api._refresh_and_set_session()
    assert api.com.atproto.server.get_session().handle == "ratna.test"
    again = Client(api._base_url.removesuffix("/xrpc"))
    again.login(session_string=old)
    with pytest.raises(BadRequestError, match="Token has been revoked"):
        again._refresh_and_set_session()


def test_one_grapheme_too_many_is_refused(api: Client, box: Sandbox) -> None:
    family = "👩‍👩‍👧‍👦"
    api.send_post(family * 100 + "a" * 200)
    with pytest.raises(BadRequestError, match="300 graphemes"):
        api.send_post("a" * 301)
    assert len(box.log()) == 1


def test_a_film_goes_through_the_video_service(api: Client, box: Sandbox) -> None:
    data = mp4(width=640, height=360)
    service = Client(f"{box.url}/bluesky/video")

    def signed(audience: str, method: str) -> dict[str, str]:
        token = api.com.atproto.server.get_service_auth({"aud": audience, "lxm": method}).token
        return {"Authorization": f"Bearer {token}"}

    limits = service.app.bsky.video.get_upload_limits(
        headers=signed("did:web:video.bsky.app", "app.bsky.video.getUploadLimits")
    )
    assert limits.can_upload
    upload = signed(api.com.atproto.server.describe_server().did, "com.atproto.repo.uploadBlob")
    assert api.me

    def sent(headers: dict[str, str]) -> Any:
        # Its own method has no place for the parameters that the service wants.
        name = f"app.bsky.video.uploadVideo?did={api.me.did}&name=a.mp4"
        kinds = {"input_encoding": "video/mp4", "output_encoding": "application/json"}
        return service.invoke_procedure(name, data=data, headers=headers, **kinds).content["jobStatus"]

    begun = sent(upload)
    assert begun["state"] == "JOB_STATE_ENCODING"
    job = service.app.bsky.video.get_job_status({"job_id": begun["jobId"]}).job_status
    until = time.monotonic() + 5
    while job.state != "JOB_STATE_COMPLETED" and time.monotonic() < until:
        job = service.app.bsky.video.get_job_status({"job_id": job.job_id}).job_status
    assert job.blob
    embed = models.AppBskyEmbedVideo.Main(video=job.blob, alt="Jalan desa")
    made = api.send_post("Kabar lapangan", embed=embed)
    post = api.get_posts([made.uri]).posts[0]
    assert post.embed.cid == job.blob.cid.encode()
    assert (post.embed.alt, post.embed.aspect_ratio.width) == ("Jalan desa", 640)
    with pytest.raises(UnauthorizedError):
        sent(signed("did:web:x", "app.bsky.feed.getPosts"))


def test_the_packages_own_way_with_films_works_too(api: Client, box: Sandbox) -> None:
    made = api.send_video("Film", mp4(), "Jalan desa")
    assert api.get_posts([made.uri]).posts[0].embed.alt == "Jalan desa"
    assert box.log()[-1]["alt"] == ["Jalan desa"]


def test_words_between_two_are_read_and_answered(api: Client, box: Sandbox) -> None:
    chat = api.with_bsky_chat_proxy().chat.bsky.convo
    start = chat.get_log().cursor
    box.control("POST", "voters", platform="bluesky", account="ratna.test", act="message", text="Halo", voter=1)
    (convo,) = chat.list_convos().convos
    assert convo.last_message.text == "Halo"
    (log,) = chat.get_log({"cursor": start}).logs
    assert log.message.sender.did != api.me.did
    message = models.ChatBskyConvoDefs.MessageInput(text="Silakan")
    sent = chat.send_message({"convo_id": convo.id, "message": message})
    newest, asked = chat.get_messages({"convo_id": convo.id}).messages
    assert (newest.id, newest.text, asked.text) == (sent.id, "Silakan", "Halo")
    assert chat.get_convo_for_members({"members": [log.message.sender.did]}).convo.id == convo.id
    assert api.app.bsky.notification.list_notifications().notifications == []
    assert box.log()[-1]["place"] == f"dm:{convo.id}"
    with pytest.raises(RequestException, match="501"):
        api.chat.bsky.convo.list_convos()


def test_mentions_are_told_apart_from_replies(api: Client, box: Sandbox) -> None:
    made = api.send_post("Halo")
    box.control("POST", "voters", platform="bluesky", account="ratna.test", act="mention", text="Kapan?", voter=2)
    box.control("POST", "voters", platform="bluesky", remote_id=made.uri, act="reply", text="Kapan?")
    notifications = api.app.bsky.notification.list_notifications
    assert [each.reason for each in notifications().notifications] == ["reply", "mention"]
    (mention,) = notifications({"reasons": ["mention"]}).notifications
    assert mention.record.facets[0].features[0].did == api.me.did


def test_an_answer_is_hidden_by_the_threads_gate(api: Client, box: Sandbox) -> None:
    made = api.send_post("Halo")
    box.control("POST", "voters", platform="bluesky", remote_id=made.uri, act="reply")
    answer = api.get_post_thread(made.uri).thread.replies[0].post
    gate = models.AppBskyFeedThreadgate.Record(
        post=made.uri, created_at=api.get_current_time_iso(), hidden_replies=[answer.uri]
    )
    rkey = made.uri.rpartition("/")[2]
    api.app.bsky.feed.threadgate.create(api.me.did, gate, rkey)
    assert api.get_posts([made.uri]).posts[0].threadgate.record.hidden_replies == [answer.uri]
    with pytest.raises(BadRequestError, match="of the same key"):
        api.app.bsky.feed.threadgate.create(api.me.did, gate, "3kother")
