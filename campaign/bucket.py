"""A bucket from which networks fetch what leaves, where they cannot reach Posko itself: S3, and what speaks like it.

Posko's own disk stays the truth. Only files of posts that are leaving are put there, unlisted, for a day.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.crypto import salted_hmac

from platforms.base import Temporary

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

STAYS = timedelta(days=1)
_PREFIX = "posko-lent/"


def is_set() -> bool:
    """Whether whoever runs Posko has given us one."""
    return bool(settings.S3_BUCKET)


def address(name: str, mime: str, lasts: timedelta) -> str:
    """A signed address of the stored file `name`. Asks nobody; `put` must have brought the file there."""
    asked = {"Bucket": settings.S3_BUCKET, "Key": _key(name), "ResponseContentType": mime}
    return _client().generate_presigned_url("get_object", Params=asked, ExpiresIn=int(lasts.total_seconds()))


def put(names: Iterable[str]) -> None:
    """Bring stored files there. Raises `Temporary` when it could not be reached or refused; nothing has left then."""
    from boto3.exceptions import S3UploadFailedError
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        for name in names:
            with default_storage.open(name) as file:
                if not _has(_key(name), file.size):  # a long film may have taken a whole try to get there
                    _client().upload_fileobj(file, settings.S3_BUCKET, _key(name))
    except (BotoCoreError, ClientError, S3UploadFailedError) as error:
        raise Temporary("bucket_failed", detail=str(error)) from error


def sweep(now: datetime) -> int:
    """Delete what has been there for longer than any network needs; how many."""
    if not is_set():
        return 0
    number = 0
    for page in _client().get_paginator("list_objects_v2").paginate(Bucket=settings.S3_BUCKET, Prefix=_PREFIX):
        old = [each["Key"] for each in page.get("Contents", []) if each["LastModified"] < now - STAYS]
        for key in old:
            _client().delete_object(Bucket=settings.S3_BUCKET, Key=key)
        number += len(old)
    return number


def _has(key: str, size: int) -> bool:
    found = _client().list_objects_v2(Bucket=settings.S3_BUCKET, Prefix=key, MaxKeys=1).get("Contents", [])
    return bool(found) and found[0]["Size"] == size


def _key(name: str) -> str:
    """The same each time, told by nobody who does not know our secret."""
    return _PREFIX + salted_hmac("posko.bucket", name, algorithm="sha256").hexdigest()


@cache
def _client() -> "S3Client":
    import boto3  # loads for a moment, and few need it
    from botocore.config import Config

    wait = Config(
        signature_version="s3v4", connect_timeout=5, read_timeout=15, retries={"total_max_attempts": 2},
        s3={"addressing_style": "path" if settings.S3_ENDPOINT else "auto"},
    )  # fmt: skip
    return boto3.client(
        "s3", endpoint_url=settings.S3_ENDPOINT or None, region_name=settings.S3_REGION, config=wait,
        aws_access_key_id=settings.S3_KEY, aws_secret_access_key=settings.S3_SECRET,
    )  # fmt: skip
