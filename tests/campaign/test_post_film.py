"""A film in a post: taken in, shown, replaced, removed, sealed exactly as it is, and asked of each network before."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import translation

from campaign import delivering, drafting, films, previews, publishing, sweeping
from campaign.approving import seen
from campaign.models import Delivery, Media, Post, PostMedia, PostVersion, Role, State
from campaign.writing import content, versions
from platforms import film
from platforms.base import ConnectorError
from platforms.contents import Video
from tests import make, reels
from tests.campaign.doors import HTMX, typed, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def channel(campaign):
    return make.channel(of=campaign)


@pytest.fixture
def send(client, campaign, sign_in):
    sign_in(Role.STAFF)
    make.someone(campaign, Role.CANDIDATE)
    return lambda *on, htmx=False, **fields: client.post(
        url("write_post", campaign), typed(*on, **fields), headers=HTMX if htmx else {}
    )


def kept(answer):
    return re.findall(r'name="kept" value="([0-9a-f]{64})"', words(answer))


def sources(answer):
    return re.findall(r'<source src="([^"]+)"', words(answer))


# Taking it in ------------------------------------------------------------------------------------


def test_a_film_is_kept_as_it_is_with_its_facts(send, channel):
    send(channel, film=make.film_file(reels.UPRIGHT))
    (row,) = Post.objects.get().pictures.all()
    media = row.media
    assert (media.mime, media.width, media.height, media.seconds) == ("video/mp4", 360, 640, 4.0)
    assert (media.rate, media.codec, media.sound) == (25.0, "AVC", "AAC")
    assert media.size == len(reels.UPRIGHT) == default_storage.size(str(media.file.name))


def test_where_it_was_filmed_is_not_kept(campaign):
    media = make.film(of=campaign, data=reels.told_of())
    assert b"07.7956" not in Path(media.file.path).read_bytes()


def test_adding_it_saves_no_post_loses_no_word_and_shows_it(send, channel):
    answer = send(channel, do="pictures", text="Baru separuh kali", film=make.film_file())
    assert answer.status_code == 200
    assert "Baru separuh kali</textarea>" in words(answer) and "Film, 4 seconds, 0.1 MB" in words(answer)
    assert len(kept(answer)) == 1 and not Post.objects.exists()
    assert send(channel, htmx=True, do="pictures", text="Kata", kept=kept(answer)).content.count(b"<video") == 1


def test_it_stays_when_something_else_must_be_corrected(send, channel):
    answer = send(channel, do="submit", text="x" * 501, film=make.film_file())
    assert answer.status_code == 422
    (sha256,) = kept(answer)
    assert Media.objects.get(sha256=sha256).is_film


def test_a_large_one_never_lies_in_memory(send, channel, settings, monkeypatch):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    taken: list[Path] = []
    plain = film.probe

    def probe(path: Path, **how: bool) -> film.Probed:
        taken.append(path)
        return plain(path, **how)

    monkeypatch.setattr(film, "probe", probe)
    assert send(channel, film=make.film_file()).status_code == 303
    assert taken[0].name.endswith(".upload.mp4"), "the file that Django wrote while it arrived"


def test_the_same_film_twice_is_one(send, channel):
    for _ in range(2):
        send(channel, film=make.film_file(reels.UPRIGHT))
    assert Media.objects.count() == 1


def test_a_new_film_takes_the_place_of_the_old(send, campaign, channel):
    old = make.film(of=campaign)
    picture = make.media(of=campaign).sha256
    answer = send(channel, do="pictures", kept=[picture, old.sha256], alt=["Jalan", ""], film=make.film_file())
    shown = kept(answer)
    assert len(shown) == 2 and shown[0] == picture and shown[1] != old.sha256
    assert "Another film instead" in words(answer)


def test_it_is_removed_and_the_pictures_stay(send, campaign, channel):
    picture, clip = make.media(of=campaign).sha256, make.film(of=campaign).sha256
    answer = send(channel, do="remove-1", kept=[picture, clip], alt=["Jalan", ""])
    assert kept(answer) == [picture] and sources(answer) == []


def test_a_film_chosen_among_the_pictures_is_a_film_all_the_same(send, channel):
    answer = send(channel, do="pictures", picture=[make.picture_file(), make.film_file()])
    assert len(kept(answer)) == 2 and answer.content.count(b'class="film-row"') == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (reels.WEBM, "Posko takes films as MP4 or MOV, as phones make them."),
        (reels.UPRIGHT[:20_000], "This file is not a film that Posko can read."),
        (b"bukan apa-apa", "This file is not a picture that Posko can read."),
    ],
    ids=["webm", "cut off", "words"],
)
def test_what_is_no_film_is_refused_in_words_and_nothing_typed_is_lost(send, channel, data, sentence):
    for do in ("pictures", "draft"):
        answer = send(channel, do=do, text="Kata saya", film=make.film_file(data))
        assert answer.status_code == 422 and sentence in words(answer)
        assert "Kata saya</textarea>" in words(answer)
    assert not Media.objects.exists()


@pytest.mark.parametrize("do", ["pictures", "draft"])
def test_one_that_is_too_large_is_refused_and_not_even_written(send, channel, settings, do):
    settings.FILM_BYTES = 20_000
    answer = send(channel, do=do, text="Kata saya", film=make.film_file())
    assert answer.status_code == 422
    assert "This film is larger than" in words(answer) and "Kata saya</textarea>" in words(answer)
    assert not Post.objects.exists() and not Media.objects.exists()


def test_a_post_has_one_film_whoever_writes(channel, campaign):
    post = make.post(on=[channel], pictures=[(make.film(of=campaign), "")])
    with pytest.raises(IntegrityError, match="one film"), transaction.atomic():
        PostMedia.objects.create(post=post, media=make.film(of=campaign), position=1)


def test_a_film_without_its_facts_is_refused_by_the_database(campaign):
    film = make.film(of=campaign)
    for wrong in ({"seconds": 0}, {"codec": ""}, {"mime": "image/jpeg"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Media.objects.filter(pk=film.pk).update(**wrong)


# What each network asks --------------------------------------------------------------------------


def test_the_networks_own_figure_is_named_before_anything_leaves(send, campaign):
    instagram = make.channel(of=campaign, platform="instagram")
    film = make.film(of=campaign)
    Media.objects.filter(pk=film.pk).update(seconds=912)
    answer = send(instagram, do="submit", kept=film.sha256, alt="")
    assert answer.status_code == 422
    sentence = "A film here lasts 3 seconds to 15 minutes; this one lasts 15:12 minutes."
    assert f"Instagram: {sentence}" in words(answer)


def test_the_checks_beside_the_composer_say_it_while_it_is_written(client, send, campaign):
    x = make.channel(of=campaign, platform="x")
    film = make.film(of=campaign, data=reels.QUICKTIME)
    answer = client.post(url("check_draft", campaign), typed(x, kept=film.sha256, alt=""))
    assert "A film here is MP4; this one is MOV." in words(answer)


def test_a_film_beside_pictures_is_told_where_a_network_shows_one_of_them(send, campaign, channel):
    both = {"kept": [make.media(of=campaign, size=(640, 640)).sha256, make.film(of=campaign).sha256], "alt": ["a", ""]}
    answer = send(channel, do="submit", **both)
    assert answer.status_code == 422
    assert "Mastodon: A film cannot be shown together with pictures here. Choose one of them." in words(answer)
    threads = make.channel(of=campaign, platform="threads")
    assert send(threads, do="submit", **both).status_code == 303


def test_nobody_is_asked_to_describe_a_film(client, send, campaign, channel):
    answer = client.post(url("check_draft", campaign), typed(channel, kept=make.film(of=campaign).sha256, alt=""))
    assert "Describe the picture" not in words(answer)


# Its title ---------------------------------------------------------------------------------------


def test_a_title_is_asked_for_where_a_network_has_one(client, send, campaign, channel):
    page = client.get(url("write_post", campaign))
    assert b'name="public_title"' not in page.content
    youtube = make.channel(of=campaign, platform="youtube")
    assert re.search(rf'value="{youtube.pk}"\s+data-titled', client.get(url("write_post", campaign)).content.decode())


def test_without_a_title_youtube_gets_nothing_and_the_field_says_so(send, campaign):
    youtube, film = make.channel(of=campaign, platform="youtube"), make.film(of=campaign).sha256
    answer = send(youtube, do="submit", kept=film, alt="")
    assert answer.status_code == 422
    assert "YouTube: Write a title; this network asks for one." in words(answer)
    assert '<details class="fold titled" open>' in words(answer)
    answer = send(youtube, do="submit", kept=film, alt="", public_title="x" * 101)
    assert "YouTube: The title has 101 characters; 100 are allowed here." in words(answer)
    assert send(youtube, do="submit", kept=film, alt="", public_title="Jalan desa").status_code == 303


def test_a_title_goes_only_where_posts_have_one(send, campaign, channel):
    youtube = make.channel(of=campaign, platform="youtube")
    send(youtube, channel, do="submit", public_title="Jalan desa", kept=make.film(of=campaign).sha256, alt="")
    drafts = {row.channel.platform: row.draft for row in Delivery.objects.select_related("channel")}
    assert drafts["youtube"]["title"] == "Jalan desa" and "title" not in drafts["mastodon"]


def test_the_title_is_part_of_every_version(client, send, campaign, channel):
    send(channel, public_title="Lama")
    post = Post.objects.get()
    told = typed(channel, public_title="Baru", version=1, based_on=1)
    client.post(url("edit_post", campaign, post.pk), told)
    assert [row.content["public_title"] for row in PostVersion.objects.order_by("version")] == ["Lama", "Baru"]
    assert "Title that the public sees" in client.get(url("post_versions", campaign, post.pk)).content.decode()


def test_a_version_from_before_titles_is_still_read(campaign, channel):
    post = make.post(on=[channel])
    old = {name: value for name, value in content.as_json(content.of(post)).items() if name != "public_title"}
    assert content.from_json(old, campaign).public_title == ""
    assert versions.changes(old, content.as_json(content.of(post)), campaign) == []


# What leaves is what was shown -------------------------------------------------------------------


def sealed(campaign, *, on=None, **fields):
    on = on or [make.channel(of=campaign)]
    return make.post_in_review(on=on, pictures=[(make.film(of=campaign), "")], **fields)


def carried(campaign) -> Video:
    """The film of the one envelope, as its connector gets it."""
    video = drafting.draft_of(Delivery.objects.get().draft, campaign).video
    assert video
    return video


def test_the_envelope_carries_the_film_and_its_fingerprint_covers_it(campaign):
    post = sealed(campaign)
    row = Delivery.objects.get()
    video = carried(campaign)
    data = Path(post.pictures.get().media.file.path).read_bytes()
    assert video.part(0, 10**6) == data and video.part(100, 50) == data[100:150]
    assert (video.seconds, video.codec, video.width) == (4.0, "AVC", 360)
    other = make.delivery(on=row.channel, text=row.text)
    assert row.fingerprint != other.fingerprint


def test_a_post_without_a_film_has_the_envelope_it_always_had():
    assert drafting.draft_json("Halo", []) == {"text": "Halo", "language": "id", "pictures": []}
    draft = drafting.draft_of({"text": "Halo", "language": "id", "pictures": []})
    assert (draft.video, draft.title) == (None, "")


@pytest.mark.parametrize("what", ["exchanged", "shortened", "gone"])
def test_not_one_byte_leaves_of_another_film_than_the_approved(campaign, what):
    post = sealed(campaign)
    path = Path(post.pictures.get().media.file.path)
    if what == "gone":
        path.unlink()
    else:
        data = path.read_bytes()
        path.write_bytes(data[:-1] if what == "shortened" else data[:-1] + b"x")
    video = carried(campaign)
    with pytest.raises(ConnectorError, match="film_changed"):
        video.part(0, 10)


def test_a_film_is_read_through_once_however_many_pieces_leave(campaign, monkeypatch):
    sealed(campaign)
    video = carried(campaign)
    looked: list[str] = []
    plain = films.Stored._require_whole

    def look(self: films.Stored, file: object) -> None:
        looked.append(self.name)
        plain(self, file)

    monkeypatch.setattr(films.Stored, "_require_whole", look)
    assert len(b"".join(video.part(at, 5000) for at in range(0, video.size, 5000))) == video.size
    assert len(looked) == 1


def test_a_network_that_fetches_is_asked_for_nothing_where_the_file_is_another(campaign):
    post = sealed(campaign)
    draft = drafting.draft_of(Delivery.objects.get().draft, campaign)
    drafting.require_files(draft)
    assert drafting.files_of(Delivery.objects.get().draft) == [post.pictures.get().media.file.name]
    Path(post.pictures.get().media.file.path).write_bytes(b"another one")
    with pytest.raises(ConnectorError, match="film_changed"):
        drafting.require_files(drafting.draft_of(Delivery.objects.get().draft, campaign))


@pytest.mark.django_db(transaction=True)
def test_a_film_that_was_exchanged_fails_its_delivery_in_words(network, campaign):
    post = make.post_scheduled(of=campaign, on=[make.channel(of=campaign)], pictures=[(make.film(of=campaign), "")])
    network.before = lambda draft, keep: draft.video.part(0, 1)
    Path(post.pictures.get().media.file.path).write_bytes(b"another one")
    delivering.drain("mastodon")
    row = Delivery.objects.get()
    assert (row.state, row.problem, network.accepted) == (State.FAILED, "film_changed", [])


def test_the_candidates_page_shows_film_and_title_without_loading_them(client, campaign, sign_in):
    youtube = make.channel(of=campaign, platform="youtube")
    post = sealed(campaign, on=[youtube], public_title="Jalan desa selesai")
    sign_in(Role.CANDIDATE)
    page = words(client.get(url("review_post", campaign, post.pk)))
    assert "<strong>Jalan desa selesai</strong>" in page
    assert 'preload="none"' in page and "Film, 4 seconds, 0.1 MB" in page
    assert sources(client.get(url("review_post", campaign, post.pk))) == [post.pictures.get().media.get_absolute_url()]
    assert "autoplay" not in page and "poster" not in page


def test_another_film_or_title_is_told_to_whoever_saw_the_first(campaign):
    youtube = make.channel(of=campaign, platform="youtube")
    post = sealed(campaign, on=[youtube], public_title="Lama")
    candidate = make.someone(campaign, Role.CANDIDATE)
    seen.look(post, candidate, previews.of_post(post, Delivery.objects.of_post(post.pk)))
    new = [(make.film(of=campaign), "")]
    told = replace(content.of(post), pictures=new, public_title="Baru")
    publishing.edit(post, told, by=make.someone(campaign, Role.STAFF), version=1)
    post.refresh_from_db()
    found = seen.look(post, candidate, previews.unsealed(post, [youtube], post.pictures.all()))
    assert found and found.film_changed and not found.pictures_changed
    assert {(piece.change, piece.text.strip()) for piece in found.texts[0].pieces} >= {
        ("gone", "Lama"),
        ("new", "Baru"),
    }


def test_versions_tell_that_the_film_is_another(campaign, channel):
    translation.activate("en")
    post = make.post(on=[channel])
    before = content.as_json(content.of(post))
    after = {**before, "pictures": [{"sha256": make.film(of=campaign).sha256, "alt": ""}]}
    (change,) = versions.changes(before, after, campaign)
    assert (change.label, change.before, change.after) == ("Film", "–", "one")


# Who may see it, and how long it stays -----------------------------------------------------------


def test_it_is_given_in_parts_to_members_and_to_nobody_else(client, campaign, sign_in):
    media = make.film(of=campaign)
    address = url("picture", campaign, media.sha256)
    sign_in(Role.STAFF)
    answer = client.get(address, headers={"range": "bytes=4-7"})
    assert (answer.status_code, b"".join(answer)) == (206, b"ftyp")
    assert answer["Content-Range"] == f"bytes 4-7/{media.size}" and answer["Content-Type"] == "video/mp4"
    assert "media-src 'self'" in answer["Content-Security-Policy"]
    assert client.get(url("small_picture", campaign, media.sha256)).status_code == 404
    stranger = make.member(role=Role.MANAGER)
    client.force_login(stranger.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(address, headers={"range": "bytes=4-7"}).status_code == 404


def test_a_film_that_an_envelope_names_is_not_swept_away(campaign):
    post = sealed(campaign)
    media = post.pictures.get().media
    row = Delivery.objects.get()
    other = Media.objects.create(
        campaign=campaign, sha256="a" * 64, mime="video/mp4", width=1, height=1, size=1, seconds=1, codec="AVC"
    )
    assert sweeping._is_told_of(media) and row.film["sha256"] == media.sha256
    assert not sweeping._is_told_of(other)
    assert sweeping._in_envelopes(media)


def test_a_heic_picture_is_no_film(send, channel):
    bad = SimpleUploadedFile("foto.heic", b"\0\0\0\x18ftypheic" + bytes(90), content_type="image/heic")
    answer = send(channel, do="pictures", film=bad)
    assert "This file is not a picture that Posko can read." in words(answer)
