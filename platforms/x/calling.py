"""Calls with an account's token; what X refuses is raised."""

from collections.abc import Iterator, Mapping
from typing import Any, Never

from platforms.answers import one, things
from platforms.base import Temporary
from platforms.contents import Account
from platforms.http import Answer, Door, File
from platforms.x.posts import part
from platforms.x.refusing import accept, refuse

type Asked = Mapping[str, str | int]


class Calls:
    """What one account asks of X. The `try_` forms give refusals back instead of raising them."""

    def __init__(self, account: Account, door: Door) -> None:
        self.account, self.door = account, door

    def get(self, path: str, params: Asked | None = None) -> Answer:
        return accept(self.try_get(path, params), self.account)

    def try_get(self, path: str, params: Asked | None = None) -> Answer:
        return self.door.call("GET", self._url(path), headers=self._signed, params=params, changes=False)

    def post(self, path: str, **sent: Any) -> Answer:
        """A call that shows nothing to anybody."""
        return accept(self.try_post(path, **sent), self.account)

    def try_post(
        self,
        path: str,
        *,
        method: str = "POST",
        json: Any = None,
        data: Mapping[str, str] | None = None,
        files: Mapping[str, File] | None = None,
    ) -> Answer:
        """Any changing call."""
        return self.door.call(
            method, self._url(path), headers=self._signed, json=json, data=data, files=files, changes=True
        )

    def refuse(self, answer: Answer, *, public: bool = False) -> Never:
        refuse(answer, self.account, public=public)

    def pages(self, path: str, params: Asked, most: int, *, proof: str = "meta") -> Iterator[dict[str, Any]]:
        """Up to `most` pages of a list, each with its `data`.

        X leaves `data` out where there is none; without the part named by `proof` either, the answer is broken.
        """
        asked = dict(params)
        for _ in range(most):
            told = self.get(path, asked).object()
            if "data" not in told and not told.get(proof):
                raise Temporary("odd_answer", status=200, detail=f"neither data nor {proof}")
            told["data"] = things(told.get("data") or [], "id")
            yield told
            following = part(told, "meta").get("next_token")
            if not following:
                return
            asked["pagination_token"] = one(following, changes=False, what="next token")

    @property
    def _signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.account.secrets['access']}"}

    def _url(self, path: str) -> str:
        return f"{self.account.server}{path}"
