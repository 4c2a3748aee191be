"""facebook-business, Meta's own SDK, does its ordinary work on Instagram against the sandbox.

Its classes for Instagram speak the same Graph calls as accounts with Instagram Login do; only the host differs. It
has no sign-in for these and no hiding of comments in a method of its own (that goes by `api_update`).
"""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from facebook_business.adobjects.igcomment import IGComment
from facebook_business.adobjects.igmedia import IGMedia
from facebook_business.adobjects.iguser import IGUser
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

from sandbox import oauth
from tests.sandbox import gram
from tests.sandbox.gram import FILM, jpeg, voter
from tests.sandbox.running import Sandbox

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:facebook_business")  # it warns of fields it does not list


@pytest.fixture
def link() -> Iterator[Callable[[str], str]]:
    with gram.files(red=jpeg("red"), blue=jpeg("blue"), film=FILM) as found:
        yield found


@pytest.fixture
def user(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> IGUser:
    """Our account as the SDK sees it, with the token's proof as the SDK makes it."""
    monkeypatch.setattr(FacebookSession, "GRAPH", f"{box.url}/instagram")
    told = box.account("instagram")
    session = FacebookSession(oauth.app("instagram")[0], oauth.app("instagram")[1], told["secrets"]["token"])
    session.requests.trust_env = False
    return IGUser(fbid=told["remote_id"], api=FacebookAdsApi(session))


def ready(user: IGUser, container: Any) -> str:
    """Wait as the guide says, and publish; the media's id."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        state = IGMedia(container["id"], api=user.get_api()).api_get(fields=["status_code", "status"])
        if state["status_code"] == "FINISHED":
            made = user.create_media_publish(params={"creation_id": container["id"]})
            return str(made["id"])
        time.sleep(0.05)
    raise AssertionError(state)


def test_a_picture_is_published_and_shown_as_it_was_sent(
    user: IGUser, box: Sandbox, link: Callable[[str], str]
) -> None:
    box.control("POST", "settings", media_delay_s=0.2)
    container = user.create_media(params={"image_url": link("red"), "caption": "Ke pasar #Pasar"})
    made = ready(user, container)
    media = IGMedia(made, api=user.get_api()).api_get(
        fields=["caption", "media_type", "permalink", "timestamp", "username", "like_count", "comments_count"]
    )
    assert (media["caption"], media["media_type"], media["username"]) == ("Ke pasar #Pasar", "IMAGE", "ratna")
    assert [each["id"] for each in user.get_media(fields=["id"])] == [made]
    assert box.log()[0]["remote_id"] == made


def test_a_carousel_is_made_of_its_children(user: IGUser, box: Sandbox, link: Callable[[str], str]) -> None:
    children = [
        user.create_media(params={"image_url": link(name), "is_carousel_item": True})["id"] for name in ("red", "blue")
    ]
    whole = user.create_media(params={"media_type": "CAROUSEL", "children": children, "caption": "Dua"})
    ready(user, whole)
    assert len(box.log()[0]["media"]) == 2
    with pytest.raises(FacebookRequestError) as refused:
        user.create_media(params={"media_type": "CAROUSEL", "children": children[:1]})
    assert refused.value.api_error_subcode() == 2207028


def test_a_reel_is_a_video(user: IGUser, link: Callable[[str], str]) -> None:
    made = ready(user, user.create_media(params={"media_type": "REELS", "video_url": link("film")}))
    media = IGMedia(made, api=user.get_api()).api_get(fields=["media_type", "media_product_type"])
    assert (media["media_type"], media["media_product_type"]) == ("VIDEO", "REELS")


def test_numbers_are_read_of_posts_and_of_the_account(user: IGUser, box: Sandbox, link: Callable[[str], str]) -> None:
    made = ready(user, user.create_media(params={"image_url": link("red")}))
    box.control("POST", "voters", platform="instagram", remote_id=made, act="like", number=15)
    told = IGMedia(made, api=user.get_api()).get_insights(params={"metric": ["views", "reach", "likes", "saved"]})
    numbers = {each["name"]: each["values"][0]["value"] for each in told}
    assert (numbers["likes"], numbers["saved"], numbers["views"]) == (15, 1, 210)
    total = user.get_insights(params={"metric": ["reach"], "period": "day", "metric_type": "total_value"})
    assert total[0]["total_value"]["value"] == 168
    me = user.api_get(fields=["followers_count", "media_count"])
    assert (me["media_count"], me["followers_count"] > 100) == (1, True)
    limit = user.get_content_publishing_limit(fields=["quota_usage", "config"])[0]
    assert (limit["quota_usage"], limit["config"]["quota_total"]) == (1, 100)


def test_a_comment_is_read_answered_hidden_and_removed(user: IGUser, box: Sandbox, link: Callable[[str], str]) -> None:
    media = IGMedia(ready(user, user.create_media(params={"image_url": link("red")})), api=user.get_api())
    voter(box, "instagram", "reply", "Kapan mulai?", remote_id=media.get_id())
    asked = media.get_comments(fields=["text", "username", "hidden", "from"])[0]
    assert (asked["text"], asked["hidden"]) == ("Kapan mulai?", False)
    comment = IGComment(asked["id"], api=user.get_api())
    answer = comment.create_reply(params={"message": "Besok."})
    assert [each["text"] for each in comment.get_replies(fields=["text"])] == ["Besok."]
    comment.api_update(params={"hide": True})
    assert comment.api_get(fields=["hidden"])["hidden"] is True
    with pytest.raises(FacebookRequestError, match="hidden"):
        comment.create_reply(params={"message": "Lagi."})
    IGComment(answer["id"], api=user.get_api()).api_delete()
    assert list(comment.get_replies(fields=["text"])) == []
    first = media.create_comment(params={"message": "Selengkapnya di profil"})
    assert box.log()[-1]["remote_id"] == first["id"]


def test_a_message_is_read_and_answered(user: IGUser, box: Sandbox) -> None:
    voter(box, "instagram", "message", "Bisa bantu?", account="ratna")
    talk = user.get_conversations(fields=["messages{message,from}"], params={"platform": "instagram"})[0]
    said = talk["messages"]["data"][0]
    assert said["message"] == "Bisa bantu?"
    answer = {"recipient": json.dumps({"id": said["from"]["id"]}), "message": json.dumps({"text": "Tentu."})}
    user.create_message(params=answer)
    assert box.log()[0]["text"] == "Tentu."
    with pytest.raises(FacebookRequestError) as refused:
        user.create_message(params=answer | {"message": json.dumps({"text": "a" * 1001})})
    assert refused.value.api_error_code() == 100


def test_a_mention_is_read_and_answered(user: IGUser, box: Sandbox) -> None:
    mention = voter(box, "instagram", "mention", "bagus", account="ratna")
    assert [each["id"] for each in user.get_tags(fields=["id", "caption"])] == [mention]
    user.create_mention(params={"media_id": mention, "message": "Terima kasih"})
    assert box.log()[0]["reply_to"] == mention


def test_errors_are_what_the_sdk_knows(user: IGUser, box: Sandbox) -> None:
    with pytest.raises(FacebookRequestError) as gone:
        IGMedia("17999999999999999", api=user.get_api()).api_get(fields=["caption"])
    assert (gone.value.api_error_code(), gone.value.api_error_subcode()) == (100, 33)
    box.fault("expired_token", platform="instagram")
    with pytest.raises(FacebookRequestError) as expired:
        user.api_get(fields=["username"])
    assert (expired.value.api_error_code(), expired.value.api_error_subcode()) == (190, 463)
