"""What a request carries, the same whether it came as JSON, as a form, as multipart or in the query."""

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart body."""

    filename: str
    mime: str
    data: bytes


class BadBody(Exception):
    """The body is not what its Content-Type says. The message is for the caller."""


class Params:
    """Named values of one request. A form's `media_ids[]` is found under `media_ids`."""

    def __init__(self, values: dict[str, Any]) -> None:
        """Wrap already parsed values."""
        self.values = values

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """The value as text; numbers are written out, lists give their first entry."""
        value = self.values.get(name)
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, bool):
            return "true" if value else "false"
        return default if value is None or isinstance(value, (Upload, dict)) else str(value)

    def whole(self, name: str, default: int, *, low: int, high: int) -> int:
        """The value as a whole number, held between `low` and `high`; `default` when absent or no number."""
        try:
            return max(low, min(high, int(self.text(name))))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """True for true, 1, on, yes."""
        return self.text(name).lower() in {"true", "1", "on", "yes", "t"}

    def many(self, name: str) -> list[str]:
        """The value as a list of texts, also when only one was given."""
        value = self.values.get(name)
        if value is None:
            return []
        return [str(each) for each in value] if isinstance(value, list) else [str(value)]

    def nested(self, name: str) -> Any:
        """A JSON value that a form carries as text and a JSON body as itself; None when absent or unreadable."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            return None

    def file(self, name: str) -> Upload | None:
        """The uploaded file of that name, or None."""
        value = self.values.get(name)
        return value if isinstance(value, Upload) else None


async def read_json(request: web.Request) -> Any:
    """The body as JSON. Raises BadBody."""
    try:
        return json.loads(await request.read() or b"{}")
    except ValueError as error:
        raise BadBody("The body is not valid JSON.") from error


async def read_params(request: web.Request) -> Params:
    """Query and body together; the body wins. Raises BadBody."""
    values: dict[str, Any] = {}
    for name in request.query:
        _put(values, name, request.query.getall(name))
    if request.content_type == "application/json":
        body = await read_json(request)
        if not isinstance(body, dict):
            raise BadBody("The body must be a JSON object.")
        values.update(body)
    elif request.method != "GET" and request.body_exists:  # perhaps read before, to see what faults it meets
        try:
            form = await request.post()
        except ValueError as error:
            raise BadBody("The form cannot be read.") from error
        for name in form:
            _put(values, name, [_plain(each) for each in form.getall(name)])
    return Params(values)


def _put(values: dict[str, Any], name: str, found: list[Any]) -> None:
    if name.endswith("[]"):
        values[name[:-2]] = list(found)
    else:
        values[name] = found[0] if len(found) == 1 else list(found)


def _plain(value: Any) -> Any:
    if isinstance(value, FileField):
        value.file.seek(0)  # a form may be read twice: who calls, then what they want
        return Upload(value.filename, value.content_type, value.file.read())
    if isinstance(value, (bytes, bytearray)):
        return Upload("", "application/octet-stream", bytes(value))
    return value
