"""How a person lets Posko into their Facebook Pages.

Source: "Facebook Login", "Access Tokens", Pages API "Get started", read 2026-09.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from platforms.answers import one, things, words
from platforms.base import Reconnect
from platforms.contents import Account
from platforms.graph import VERSION, Graph, accept, fault
from platforms.http import Door
from platforms.oauth import App, Consent, SignIn, page

HOME = "https://graph.facebook.com"
HOSTS = {
    "web": "https://www.facebook.com",
    "upload": "https://rupload.facebook.com",
    "video": "https://graph-video.facebook.com",
}
_FIELDS = "id,name,username,link,access_token,tasks"


class FacebookSignIn(SignIn):
    """One person may manage many Pages; each chosen one becomes an account with a token of its own.

    A Page's token has no end when it was asked for with a long-lived token of the person (durations from memory).
    """

    kind: ClassVar[str] = "facebook"
    home: ClassVar[str] = HOME
    hosts: ClassVar[Mapping[str, str]] = HOSTS
    scopes: ClassVar[tuple[str, ...]] = (
        "pages_show_list",
        "pages_manage_posts",
        "pages_read_engagement",
        "publish_video",
        "pages_read_user_content",
        "pages_manage_engagement",
        "read_insights",
        "pages_messaging",
        "pages_manage_metadata",
    )
    """`business_management` is left out: it opens all of a business, only to list the Pages it owns."""
    needed: ClassVar[frozenset[str]] = frozenset({"pages_show_list", "pages_manage_posts", "pages_read_engagement"})

    @classmethod
    def authorize_url(cls, app: App, *, state: str, verifier: str) -> str:
        """The dialog. Facebook Login on a server has no PKCE; the app's secret proves who redeems the code."""
        return page(
            f"{cls.host(app, 'web')}/{VERSION}/dialog/oauth",
            client_id=app.client_id,
            redirect_uri=app.redirect_uri,
            response_type="code",
            scope=",".join(cls.scopes),
            state=state,
        )

    @classmethod
    def ask_again_url(cls, app: App, *, state: str, verifier: str) -> str:
        """Without the word Facebook passes over what the person has declined, and sends them straight back.

        Source: Facebook Login, "Permissions", re-asking for declined permissions (from memory).
        """
        return f"{cls.authorize_url(app, state=state, verifier=verifier)}&auth_type=rerequest"

    @classmethod
    def exchange(cls, door: Door, app: App, *, code: str, verifier: str) -> Consent:
        short = cls._token(door, app, {"redirect_uri": app.redirect_uri, "code": code})
        token = cls._token(door, app, {"grant_type": "fb_exchange_token", "fb_exchange_token": short})
        person = Graph(door, f"{app.server}/{VERSION}", token, app.client_secret)
        told = things(person.read("me/permissions").get("data"), "permission")
        granted = {str(each["permission"]) for each in told if each.get("status") == "granted"}
        missing = frozenset(cls.scopes) - granted
        if "pages_show_list" in missing:
            return Consent((), missing)
        pages = person.each("me/accounts", {"fields": _FIELDS}, "access_token", "name")
        return Consent(tuple(cls._account(app, each) for each in pages if _may_publish(each)), missing)

    @classmethod
    def _token(cls, door: Door, app: App, asked: Mapping[str, str]) -> str:
        """A token for a code, or a longer one for a short one. Raises `Reconnect` (wrong_login) for a stale code."""
        proven = {"client_id": app.client_id, "client_secret": app.client_secret, **asked}
        answer = door.call("GET", f"{app.server}/{VERSION}/oauth/access_token", params=proven, changes=False)
        found = fault(answer)
        if answer.status in (400, 401) and found is not None and found.code in (1, 100, 190):
            raise Reconnect("wrong_login", words=found.words, detail=words(answer))
        return one(accept(answer).object().get("access_token"), changes=False, what="token")

    @classmethod
    def _account(cls, app: App, told: Mapping[str, Any]) -> Account:
        name = str(told["name"])
        return Account(
            platform=cls.kind,
            server=app.server,
            remote_id=str(told["id"]),
            name=name,
            handle=handle_of(told),
            secrets={"token": str(told["access_token"])},
            url=str(told.get("link") or f"{cls.host(app, 'web')}/{told['id']}"),
            app=app.for_account,
        )


def _may_publish(told: Mapping[str, Any]) -> bool:
    """Whether the person may publish there at all; of newer Pages the tasks have longer names (from memory)."""
    tasks = told.get("tasks")
    if not isinstance(tasks, list) or not tasks:
        return True
    return any(str(each).endswith(("CREATE_CONTENT", "MANAGE", "FULL_CONTROL")) for each in tasks)


def handle_of(told: Mapping[str, Any]) -> str:
    """What people type to find the Page; one without a name of that kind goes by its own."""
    username = str(told.get("username") or "")
    return f"@{username}" if username else str(told.get("name") or told.get("id"))
