"""The bucket, against an S3 server that others wrote."""

from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest
import requests
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from moto.server import ThreadedMotoServer

from campaign import bucket, channels, checks, clock, drafting, handing, lent_files
from campaign.writing.drafts import drafts_of
from platforms.base import Temporary
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(endpoint, settings):
    settings.S3_BUCKET, settings.S3_ENDPOINT, settings.S3_REGION = "posko", endpoint, "us-east-1"
    settings.S3_KEY = settings.S3_SECRET = "kunci"
    bucket._client.cache_clear()
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="kunci", aws_secret_access_key="kunci"
    )
    client.create_bucket(Bucket="posko")
    for each in client.list_objects_v2(Bucket="posko").get("Contents", []):
        client.delete_object(Bucket="posko", Key=each["Key"])
    yield client
    bucket._client.cache_clear()


@pytest.fixture
def live(settings):
    """A campaign whose networks are on the internet, while Posko is not."""
    settings.BASE_URL = "http://192.168.1.7:8000"
    return make.campaign(mode="live")


@pytest.fixture
def name() -> Iterator[str]:
    made = default_storage.save("uji/jalan.jpg", ContentFile(b"\xff\xd8isi gambar"))
    yield made
    default_storage.delete(made)


def test_a_network_fetches_from_the_bucket_what_it_could_not_fetch_from_us(s3, live, name):
    lent_files.lay_out(live, [name])
    answer = requests.get(lent_files.address(live, name, "image/jpeg"), timeout=5)
    assert (answer.status_code, answer.content) == (200, b"\xff\xd8isi gambar")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "jalan" not in answer.url, "its address tells nothing"


@pytest.mark.parametrize("platform", ["instagram", "threads", "tiktok"])
def test_a_picture_goes_by_hand_and_says_why_until_there_is_a_bucket(request, live, platform):
    channel = make.channel(of=live, platform=platform)
    post = make.post(on=[channel], pictures=[(make.media(of=live, size=(400, 400)), "Jalan")])
    draft = drafts_of(post, [channel], post.pictures.all())[channel.pk]

    def judged():
        found = [each for each in checks.findings(checks.subject_of(post)) if each.code.startswith("network_limits.")]
        return handing.instead_of_sending(channels.connector(channel), drafting.draft_of(draft, live)), found

    why, (note,) = judged()
    assert why == handing.NO_ADDRESS
    assert (note.weight, note.code) == (checks.Weight.NOTE, "network_limits.needs_public_address")
    request.getfixturevalue("s3")
    assert judged() == ("", [])


def test_what_is_there_is_not_brought_again(s3, live, name):
    lent_files.lay_out(live, [name])
    (before,) = s3.list_objects_v2(Bucket="posko")["Contents"]
    s3.put_object(Bucket="posko", Key=before["Key"], Body=b"-" * before["Size"])
    lent_files.lay_out(live, [name])
    assert s3.get_object(Bucket="posko", Key=before["Key"])["Body"].read() == b"-" * before["Size"]


def test_without_a_bucket_there_is_no_address_and_nothing_is_laid_out(live, name):
    lent_files.lay_out(live, [name])
    assert lent_files.address(live, name, "image/jpeg") == ""


def test_what_networks_reach_is_never_laid_out(s3, name, settings):
    settings.BASE_URL = "https://posko.ratna.example"
    for campaign in (make.campaign(mode="live"), make.campaign()):
        lent_files.lay_out(campaign, [name])
        assert lent_files.address(campaign, name, "image/jpeg").startswith("https://posko.ratna.example/berkas/")
    assert "Contents" not in s3.list_objects_v2(Bucket="posko")


@pytest.mark.parametrize("trouble", ["no bucket", "nobody there"])
def test_a_bucket_in_trouble_is_tried_again_and_nothing_has_left(s3, live, name, settings, trouble):
    if trouble == "no bucket":
        settings.S3_BUCKET = "tidak-ada"
    else:
        settings.S3_ENDPOINT = "http://127.0.0.1:9"
        bucket._client.cache_clear()
    with pytest.raises(Temporary, match="bucket_failed"):
        lent_files.lay_out(live, [name])


def test_after_a_day_it_is_swept(s3, live, name):
    lent_files.lay_out(live, [name])
    address = lent_files.address(live, name, "image/jpeg")
    assert bucket.sweep(clock.now()) == 0
    assert bucket.sweep(clock.now() + timedelta(days=2)) >= 1
    assert not requests.get(address, timeout=5).ok
