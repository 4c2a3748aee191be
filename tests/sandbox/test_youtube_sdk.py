"""google-api-python-client does its ordinary work against the sandbox."""

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from google.auth.exceptions import RefreshError
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaFileUpload

from sandbox import oauth
from tests.sandbox.films import consent, film
from tests.sandbox.running import Sandbox

REDIRECT = "http://localhost:9/oauth/youtube/"
SCOPES = [f"https://www.googleapis.com/auth/youtube.{name}" for name in ("upload", "readonly", "force-ssl")]
CLIENT_ID, CLIENT_SECRET = oauth.app("youtube")


def tokens(box: Sandbox, http: requests.Session, *, without: str = "", **asked: str) -> dict[str, Any]:
    """What the token address gives after a person said yes."""
    wish = {"client_id": CLIENT_ID, "redirect_uri": REDIRECT, "response_type": "code", "scope": " ".join(SCOPES)}
    wish |= {"access_type": "offline", "state": "xyz"} | asked
    back = consent(http, f"{box.url}/youtube/login/o/oauth2/v2/auth?{urlencode(wish)}", without=without)
    assert back["state"] == "xyz"
    form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": REDIRECT}
    form |= {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    told: dict[str, Any] = http.post(f"{box.url}/youtube/token/token", data=form).json()
    return told


def credentials(box: Sandbox, told: dict[str, Any]) -> Credentials:
    return Credentials(
        told["access_token"],
        refresh_token=told.get("refresh_token"),
        token_uri=f"{box.url}/youtube/token/token",
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
    )


def client(box: Sandbox, with_: Credentials) -> Any:
    options = {"api_endpoint": f"{box.url}/youtube/"}
    return build("youtube", "v3", credentials=with_, client_options=options, static_discovery=True)


@pytest.fixture
def api(box: Sandbox, http: requests.Session) -> Any:
    """The client, after a person said yes, of an app that has passed the audit."""
    box.account("youtube")
    box.control("POST", "youtube", audited=True)
    return client(box, credentials(box, tokens(box, http)))


SNIPPET = {"title": "Jalan desa", "description": "Sudah diperbaiki.", "defaultLanguage": "id"}


def inserting(api: Any, box: Sandbox, path: Path, snippet: dict[str, str] = SNIPPET, **status: Any) -> Any:
    """The request that uploads the file at `path`."""
    told = {"privacyStatus": "public", "selfDeclaredMadeForKids": False, **status}
    body = {"snippet": snippet, "status": told}
    media = MediaFileUpload(str(path), mimetype="video/mp4", chunksize=256 * 1024, resumable=True)
    request = api.videos().insert(part="snippet,status", body=body, media_body=media)
    # For uploads the client takes only host and port from `api_endpoint`: https and the path are its own.
    request.uri = request.uri.replace(f"https://localhost:{box.port}", f"{box.url}/youtube")
    return request


def upload(api: Any, box: Sandbox, tmp_path: Path, **status: Any) -> dict[str, Any]:
    path = tmp_path / "film.mp4"
    path.write_bytes(film())
    video: dict[str, Any] = inserting(api, box, path, **status).execute()
    return video


def test_consent_ends_in_a_token_that_knows_its_channel(api: Any) -> None:
    mine = api.channels().list(part="snippet,statistics,contentDetails,status", mine=True).execute()["items"]
    assert [each["snippet"]["title"] for each in mine] == ["Ratna Wijaya"]
    assert mine[0]["id"].startswith("UC") and len(mine[0]["id"]) == 24
    assert int(mine[0]["statistics"]["subscriberCount"]) > 0


def test_a_film_goes_up_in_pieces_and_is_shown_as_it_was_sent(api: Any, box: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(film())
    request, steps, video = inserting(api, box, path, containsSyntheticMedia=True), [], None
    while video is None:
        progress, video = request.next_chunk()
        steps.append(progress.resumable_progress if progress else None)
    assert steps == [262_144, 524_288, None]
    seen = api.videos().list(part="snippet,status,statistics", id=video["id"]).execute()["items"][0]
    assert (seen["snippet"]["title"], seen["snippet"]["description"]) == ("Jalan desa", "Sudah diperbaiki.")
    assert seen["status"]["privacyStatus"] == "public" and seen["status"]["containsSyntheticMedia"] is True
    line = box.log()[-1]
    assert (line["action"], line["remote_id"], line["text"]) == ("publish", video["id"], "Sudah diperbaiki.")
    assert line["media"] == [hashlib.sha256(film()).hexdigest()]


def test_a_client_that_lost_its_place_asks_and_goes_on(api: Any, box: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(film())
    first = inserting(api, box, path)
    first.next_chunk()
    again = inserting(api, box, path)
    again.resumable_uri, again._in_error_state = first.resumable_uri, True
    _, video = again.next_chunk()
    while video is None:
        _, video = again.next_chunk()
    assert [line["remote_id"] for line in box.log()] == [video["id"]]


def test_an_unaudited_app_uploads_in_private_until_a_person_opens_it(api: Any, box: Sandbox, tmp_path: Path) -> None:
    box.control("POST", "youtube", audited=False)
    video = upload(api, box, tmp_path)
    assert video["status"]["privacyStatus"] == "private"
    body = {"id": video["id"], "status": {"privacyStatus": "public"}}
    assert api.videos().update(part="status", body=body).execute()["status"]["privacyStatus"] == "private"
    assert box.log() == []
    assert box.control("GET", "youtube")["private"] == [video["id"]]
    box.control("POST", "youtube", public=video["id"])
    seen = api.videos().list(part="status", id=video["id"]).execute()["items"][0]
    assert seen["status"]["privacyStatus"] == "public"
    assert [line["remote_id"] for line in box.log()] == [video["id"]]


def test_numbers_grow_when_voters_act_and_their_comments_are_answered(api: Any, box: Sandbox, tmp_path: Path) -> None:
    video = upload(api, box, tmp_path)["id"]
    for act in ("like", "reply"):
        box.control("POST", "voters", platform="youtube", remote_id=video, act=act, text="Kapan <b>mulai</b>?")
    numbers = api.videos().list(part="statistics", id=video).execute()["items"][0]["statistics"]
    assert (numbers["likeCount"], numbers["commentCount"]) == ("1", "1")
    assert int(numbers["viewCount"]) > 1
    mine = api.channels().list(part="id", mine=True).execute()["items"][0]["id"]
    asked = {"part": "snippet,replies", "allThreadsRelatedToChannelId": mine, "textFormat": "plainText"}
    thread = api.commentThreads().list(**asked).execute()["items"][0]
    said = thread["snippet"]["topLevelComment"]["snippet"]
    assert (said["textDisplay"], "textOriginal" in said) == ("Kapan <b>mulai</b>?", False)
    body = {"snippet": {"parentId": thread["id"], "textOriginal": "Senin depan."}}
    made = api.comments().insert(part="snippet", body=body).execute()
    assert made["id"].startswith(f"{thread['id']}.")
    again = api.commentThreads().list(**asked).execute()["items"][0]
    assert again["replies"]["comments"][0]["snippet"]["textOriginal"] == "Senin depan."
    assert (box.log()[-1]["text"], box.log()[-1]["reply_to"]) == ("Senin depan.", thread["id"])
    api.comments().delete(id=made["id"]).execute()
    assert box.log()[-1]["action"] == "delete"


def test_a_held_comment_is_seen_by_the_channel_only(api: Any, box: Sandbox, tmp_path: Path) -> None:
    video = upload(api, box, tmp_path)["id"]
    box.control("POST", "voters", platform="youtube", remote_id=video, act="reply", text="Kasar")
    comment = api.commentThreads().list(part="snippet", videoId=video).execute()["items"][0]["id"]
    api.comments().setModerationStatus(id=comment, moderationStatus="heldForReview").execute()
    assert api.commentThreads().list(part="snippet", videoId=video).execute()["items"] == []
    held = api.commentThreads().list(part="snippet", videoId=video, moderationStatus="heldForReview").execute()
    assert [each["id"] for each in held["items"]] == [comment]
    assert "Kasar" not in requests.get(f"{box.url}/youtube/web/@ratna", timeout=5).text


def test_the_list_of_uploads_is_paged_newest_first(api: Any, box: Sandbox) -> None:
    for number in range(7):
        box.control("POST", "hand", platform="youtube", account="ratna", text=f"Video {number}")
    mine = api.channels().list(part="contentDetails", mine=True).execute()["items"][0]
    uploads = mine["contentDetails"]["relatedPlaylists"]["uploads"]
    request, seen = api.playlistItems().list(part="snippet", playlistId=uploads, maxResults=3), []
    while request is not None:
        page = request.execute()
        seen += [each["snippet"]["title"] for each in page["items"]]
        request = api.playlistItems().list_next(request, page)
    assert seen == [f"Video {number}" for number in range(7)][::-1]


def test_a_deleted_film_is_gone(api: Any, box: Sandbox, tmp_path: Path) -> None:
    video = upload(api, box, tmp_path)["id"]
    api.videos().delete(id=video).execute()
    assert api.videos().list(part="status", id=video).execute()["items"] == []
    with pytest.raises(HttpError) as gone:
        api.videos().delete(id=video).execute()
    assert (gone.value.status_code, gone.value.error_details[0]["reason"]) == (404, "videoNotFound")
    assert [line["action"] for line in box.log()] == ["publish", "delete"]


@pytest.mark.parametrize(
    ("snippet", "reason"),
    [
        ({"title": ""}, "invalidTitle"),
        ({"title": "a" * 101}, "invalidTitle"),
        ({"title": "a <b>"}, "invalidTitle"),
        ({"title": "a", "description": "é" * 2501}, "invalidDescription"),
    ],
)
def test_what_is_too_long_or_empty_is_refused(
    api: Any, box: Sandbox, tmp_path: Path, snippet: dict[str, str], reason: str
) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(film())
    with pytest.raises(HttpError) as refused:
        inserting(api, box, path, snippet).next_chunk()
    assert refused.value.error_details[0]["reason"] == reason


def test_an_expired_token_is_renewed_and_a_revoked_one_is_not(box: Sandbox, http: requests.Session) -> None:
    box.account("youtube")
    with_ = credentials(box, tokens(box, http))
    api, first = client(box, with_), with_.token
    box.fault("expired_token", platform="youtube", times=None)
    assert api.channels().list(part="id", mine=True).execute()["items"]
    assert with_.token != first
    box.control("DELETE", "faults")
    http.post(f"{box.url}/youtube/token/revoke", data={"token": with_.token})
    with pytest.raises(RefreshError, match="invalid_grant"):
        api.channels().list(part="id", mine=True).execute()


def test_a_refresh_token_comes_the_first_time_or_when_consent_is_asked_anew(
    box: Sandbox, http: requests.Session
) -> None:
    box.account("youtube")
    assert "refresh_token" in tokens(box, http)
    assert "refresh_token" not in tokens(box, http)
    assert "refresh_token" in tokens(box, http, prompt="consent")
    assert "refresh_token" not in tokens(box, http, access_type="online", prompt="consent")
    box.control("POST", "youtube", testing=True)
    assert tokens(box, http, prompt="consent")["refresh_token_expires_in"] == 604_799


def test_a_permission_that_was_unticked_is_missing(box: Sandbox, http: requests.Session) -> None:
    box.account("youtube")
    told = tokens(box, http, without="force-ssl")
    assert sorted(told["scope"].split()) == sorted(SCOPES[:2])
    with pytest.raises(HttpError) as refused:
        client(box, credentials(box, told)).videos().delete(id="x").execute()
    assert refused.value.error_details[0]["reason"] == "insufficientPermissions"


def test_a_day_holds_a_hundred_films_and_ten_thousand_units(api: Any, box: Sandbox, tmp_path: Path) -> None:
    box.control("POST", "settings", rate_limits=True)
    box.control("POST", "hand", platform="youtube", account="ratna", text="Video")
    made = box.log()[-1]["remote_id"]
    body = {"snippet": {"videoId": made, "topLevelComment": {"snippet": {"textOriginal": "Terima kasih"}}}}
    for _ in range(200):
        api.commentThreads().insert(part="snippet", body=body).execute()
    with pytest.raises(HttpError) as full:
        api.channels().list(part="id", mine=True).execute()
    assert (full.value.status_code, full.value.error_details[0]["reason"]) == (403, "quotaExceeded")
    assert upload(api, box, tmp_path)["id"], "films have a bucket of their own"
