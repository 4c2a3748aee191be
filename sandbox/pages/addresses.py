"""Which address shows which page. Names begin with `page` so that faults and the journal leave them alone."""

from aiohttp import web

from . import acts, feed, files


def routes() -> list[web.RouteDef]:
    """Every address of our own, and each network's permalinks."""
    return [
        web.get("/", feed.overview, name="page-overview"),
        web.get("/akun/{platform}/{handle}", feed.account_page, name="page-account"),
        web.get("/kiriman/{id:\\d+}", feed.post_page, name="page-post"),
        web.post("/kiriman/{id:\\d+}/{act:suka|sebar|balas|hapus}", acts.on_post, name="page-act"),
        web.post("/akun/{platform}/{handle}/terbit", acts.publish, name="page-publish"),
        web.post("/akun/{platform}/{handle}/selesai", acts.finish, name="page-finish"),
        web.get("/mastodon/@{handle}", feed.mastodon_account, name="page-mastodon-account"),
        web.get("/mastodon/@{handle}/{remote_id}", feed.mastodon_post, name="page-mastodon-post"),
        web.get("/bluesky/profile/{handle}", feed.bluesky_account, name="page-bluesky-account"),
        web.get("/bluesky/profile/{handle}/post/{rkey}", feed.bluesky_post, name="page-bluesky-post"),
        web.get("/telegram/c/{group:\\d+}/{remote_id:\\d+}", feed.telegram_comment, name="page-telegram-comment"),
        web.get("/telegram/{handle:\\w+}", feed.telegram_account, name="page-telegram-account"),
        web.get("/telegram/{handle:\\w+}/{remote_id:\\d+}", feed.telegram_post, name="page-telegram-post"),
        web.get("/{platform}/web/{path:.*}", feed.web_page, name="page-web"),
        web.get("/files/{digest:[0-9a-f]{64}}", files.picture, name="page-file"),
        web.get("/static/{name:feed\\.css|avatar\\.svg}", files.static, name="page-static"),
    ]
