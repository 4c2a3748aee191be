"""tweepy does its ordinary work against the sandbox."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import tweepy
from requests.adapters import HTTPAdapter

from sandbox import oauth as practice
from tests.sandbox.running import Sandbox

BACK = "https://localhost:9/oauth/x/"
REAL = "https://api.twitter.com"
SCOPES = ["tweet.read", "tweet.write", "users.read", "dm.read", "dm.write", "tweet.moderate.write", "offline.access"]


class Redirected(HTTPAdapter):
    """Brings what tweepy sends to its built-in address to the sandbox."""

    def __init__(self, base: str) -> None:
        self.base = base
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        assert request.url
        request.url = request.url.replace(REAL, self.base)
        options["proxies"] = {}
        return super().send(request, *args, **options)


def redirect(session: requests.Session, box: Sandbox) -> None:
    session.trust_env = False
    session.mount(REAL, Redirected(f"{box.url}/x"))


def client(box: Sandbox, token: str, **options: Any) -> tweepy.Client:
    made = tweepy.Client(bearer_token=token, **options)
    redirect(made.session, box)
    return made


@pytest.fixture
def handler(box: Sandbox) -> tweepy.OAuth2UserHandler:
    """tweepy's half of the consent, not yet given."""
    box.account("x")
    client_id, secret = practice.app("x")
    made = tweepy.OAuth2UserHandler(client_id=client_id, client_secret=secret, redirect_uri=BACK, scope=SCOPES)
    redirect(made, box)
    return made


def press(box: Sandbox, http: requests.Session, address: str) -> str:
    """Open the page that asks and say yes; where the browser is sent."""
    page_address = address.replace("https://twitter.com", f"{box.url}/x/web")
    page = http.get(page_address, timeout=10).text
    fields = {unescape(k): unescape(v) for k, v in re.findall(r'type="hidden" name="(.*?)" value="(.*?)"', page)}
    grants = [unescape(each) for each in re.findall(r'name="grant" value="(.*?)"', page)]
    form = fields | {"account": "ratna", "answer": "yes", "grant": grants}
    sent = http.post(page_address.partition("?")[0], data=form, allow_redirects=False, timeout=10)
    return sent.headers["Location"]


@pytest.fixture
def api(box: Sandbox, handler: tweepy.OAuth2UserHandler, http: requests.Session) -> tweepy.Client:
    """A client whose person has said yes."""
    back = press(box, http, handler.get_authorization_url())
    token = handler.fetch_token(back)
    return client(box, token["access_token"])


def post(api: tweepy.Client, text: str, **more: Any) -> str:
    return str(api.create_tweet(text=text, user_auth=False, **more).data["id"])


def test_the_code_flow_ends_in_a_working_token_that_can_be_renewed(
    box: Sandbox, handler: tweepy.OAuth2UserHandler, http: requests.Session
) -> None:
    back = press(box, http, handler.get_authorization_url())
    assert urlsplit(back).hostname == "localhost"
    token = handler.fetch_token(back)
    assert set(token["scope"]) == set(SCOPES)
    assert client(box, token["access_token"]).get_me(user_auth=False).data.username == "ratna"
    renewed = handler.refresh_token(f"{REAL}/2/oauth2/token", auth=handler.auth)
    assert client(box, renewed["access_token"]).get_me(user_auth=False).data.name == "Ratna Wijaya"


def test_a_post_is_shown_as_it_was_sent(api: tweepy.Client, box: Sandbox) -> None:
    remote_id = post(api, "Besok ke pasar & balai https://posko.id/a #Pasar @ratna")
    seen = api.get_tweet(remote_id, tweet_fields=["entities", "created_at", "author_id", "conversation_id"]).data
    assert seen.text.startswith("Besok ke pasar &amp; balai https://t.co/")
    assert seen.entities["urls"][0]["expanded_url"] == "https://posko.id/a"
    assert seen.entities["hashtags"][0]["tag"] == "Pasar"
    link = seen.entities["urls"][0]
    assert seen.text[link["start"] : link["end"]] == link["url"]
    assert seen.entities["mentions"][0]["id"] == str(seen.author_id)
    assert seen.conversation_id == seen.id
    assert box.log()[-1]["text"] == "Besok ke pasar & balai https://posko.id/a #Pasar @ratna"


def test_numbers_are_read_in_batches_and_the_gone_are_told(api: tweepy.Client, box: Sandbox) -> None:
    remote_id = post(api, "Halo")
    box.control("POST", "voters", platform="x", remote_id=remote_id, act="like", number=40)
    box.control("POST", "voters", platform="x", remote_id=remote_id, act="repost", number=5)
    answer = api.get_tweets([remote_id, "77"], tweet_fields=["public_metrics", "non_public_metrics"])
    (seen,) = answer.data
    assert (seen.public_metrics["like_count"], seen.public_metrics["retweet_count"]) == (40, 5)
    assert seen.non_public_metrics["engagements"] >= 45
    assert answer.errors[0]["resource_id"] == "77"


def test_mentions_are_read_answered_and_hidden(api: tweepy.Client, box: Sandbox) -> None:
    remote_id = post(api, "Halo warga")
    box.control("POST", "voters", platform="x", remote_id=remote_id, act="reply", text="Kapan, @ratna?")
    me = api.get_me(user_auth=False).data
    answer = api.get_users_mentions(
        me.id, tweet_fields=["referenced_tweets", "in_reply_to_user_id", "conversation_id"], expansions=["author_id"]
    )
    (seen,) = answer.data
    assert seen.text == "@ratna Kapan, @ratna?"
    assert str(seen.referenced_tweets[0].id) == remote_id
    assert seen.in_reply_to_user_id == me.id
    assert answer.includes["users"][0].username != "ratna"
    post(api, "Besok pagi", in_reply_to_tweet_id=seen.id)
    assert box.log()[-1]["reply_to"] == str(seen.id)
    assert api.hide_reply(seen.id, user_auth=False).data["hidden"] is True
    assert api.unhide_reply(seen.id, user_auth=False).data["hidden"] is False


def test_who_has_not_summoned_us_is_not_answered(api: tweepy.Client, box: Sandbox) -> None:
    remote_id = post(api, "Halo warga")
    made = box.control("POST", "voters", platform="x", remote_id=remote_id, act="reply", text="Kapan?")
    with pytest.raises(tweepy.Forbidden, match="not been mentioned"):
        post(api, "Besok", in_reply_to_tweet_id=made["remote_id"])


def test_paging_walks_through_everything_once(api: tweepy.Client) -> None:
    made = [post(api, f"Nomor {number}") for number in range(12)]
    me = api.get_me(user_auth=False).data.id
    seen = [str(each.id) for each in tweepy.Paginator(api.get_users_tweets, me, max_results=5).flatten()]
    assert seen == made[::-1]
    later = api.get_users_tweets(me, since_id=made[8]).data
    assert [str(each.id) for each in later] == made[:8:-1]


def test_messages_are_read_and_answered(api: tweepy.Client, box: Sandbox) -> None:
    box.control("POST", "voters", platform="x", account="ratna", act="message", text="Halo, Bu")
    (event,) = api.get_direct_message_events(dm_event_fields=["sender_id", "created_at"], user_auth=False).data
    assert event.text == "Halo, Bu"
    sent = api.create_direct_message(participant_id=event.sender_id, text="Terima kasih", user_auth=False).data
    found = api.get_direct_message_events(participant_id=event.sender_id, user_auth=False).data
    assert [str(each.id) for each in found] == [sent["dm_event_id"], str(event.id)]


def test_the_same_words_and_too_many_are_refused(api: tweepy.Client, box: Sandbox) -> None:
    post(api, "Sekali saja")
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        post(api, "Sekali saja")
    with pytest.raises(tweepy.Forbidden, match="too long"):
        post(api, "a" * 281)
    assert len(box.log()) == 1


def test_a_deleted_post_is_gone(api: tweepy.Client, box: Sandbox) -> None:
    remote_id = post(api, "Sebentar")
    assert api.delete_tweet(remote_id, user_auth=False).data["deleted"] is True
    assert api.get_tweet(remote_id).data is None
    with pytest.raises(tweepy.NotFound):
        api.delete_tweet(remote_id, user_auth=False)
    assert [line["action"] for line in box.log()] == ["publish", "delete"]


def test_a_used_up_limit_is_told_with_its_end(api: tweepy.Client, box: Sandbox) -> None:
    box.control("POST", "settings", rate_limits=True)
    for _ in range(75):
        api.get_me(user_auth=False)
    with pytest.raises(tweepy.TooManyRequests) as caught:
        api.get_me(user_auth=False)
    assert caught.value.response.headers["x-rate-limit-remaining"] == "0"
    assert int(caught.value.response.headers["x-rate-limit-reset"]) > 1_700_000_000


def test_a_made_up_token_is_refused(box: Sandbox) -> None:
    box.account("x")
    with pytest.raises(tweepy.Unauthorized):
        client(box, "made-up").get_me(user_auth=False)
