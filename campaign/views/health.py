"""For monitors: is Posko at work?"""

from typing import Any

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign import pulse

SECONDS = 2  # each part has so long to answer


@login_not_required
@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """200 while the database answers and no part is silent, else 503. Redis is told of, and needed for neither."""
    found: dict[str, Any] = {"database": "ok", "redis": _redis(), "alarms": []}
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = '{SECONDS}s'")
            alarms = pulse.alarms()
    except DatabaseError:
        return JsonResponse(found | {"database": "silent"}, status=503)
    found["alarms"] = [{"kind": alarm.kind, "part": alarm.part, "seconds": alarm.seconds} for alarm in alarms]
    silent = any(alarm.kind == "silent" for alarm in alarms)
    return JsonResponse(found, status=503 if silent else 200)


def _redis() -> str:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=SECONDS, socket_timeout=SECONDS)
    try:
        client.ping()
    except (redis.RedisError, OSError):
        return "silent"
    finally:
        client.close()
    return "ok"
