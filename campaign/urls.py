"""Every address of the ground. Names equal the views."""

from django.urls import URLPattern, URLResolver, include, path

from campaign.views import (
    channels,
    deliveries,
    health,
    joining,
    pictures,
    posts,
    review,
    rules,
    start,
    stopping,
    team,
    today,
)

app_name = "campaign"

of_a_post: list[URLPattern | URLResolver] = [
    path("", posts.post_detail, name="post_detail"),
    path("ubah/", posts.edit_post, name="edit_post"),
    path("ajukan/", posts.submit_post, name="submit_post"),
    path("setujui/", posts.approve_post, name="approve_post"),
    path("minta-perubahan/", posts.ask_changes, name="ask_changes"),
    path("tolak/", posts.refuse_post, name="refuse_post"),
    path("tarik/", posts.withdraw_post, name="withdraw_post"),
    path("waktu/", posts.reschedule_post, name="reschedule_post"),
    path("turunkan/", posts.take_down_post, name="take_down_post"),
]
of_the_team: list[URLPattern | URLResolver] = [
    path("", team.team, name="team"),
    path("undang/", team.invite, name="invite"),
    path("undangan/<int:pk>/baru/", team.renew_invitation, name="renew_invitation"),
    path("undangan/<int:pk>/cabut/", team.revoke_invitation, name="revoke_invitation"),
    path("<int:pk>/", team.team_member, name="team_member"),
    path("<int:pk>/peran/", team.change_role, name="change_role"),
    path("<int:pk>/akses/", team.set_access, name="set_access"),
    path("<int:pk>/tangguhkan/", team.suspend_member, name="suspend_member"),
    path("<int:pk>/pulihkan/", team.resume_member, name="resume_member"),
    path("<int:pk>/pin/", team.give_pin, name="give_pin"),
]
of_a_campaign: list[URLPattern | URLResolver] = [
    path("", today.today, name="today"),
    path("kabar/<int:pk>/selesai/", today.dismiss_notice, name="dismiss_notice"),
    path("berhenti/", stopping.stop, name="stop"),
    path("lanjut/", stopping.resume, name="resume"),
    path("aturan/", rules.rules, name="rules"),
    path("aturan/<str:key>/", rules.change_rule, name="change_rule"),
    path("aturan/<int:pk>/setujui/", rules.agree_rule, name="agree_rule"),
    path("aturan/<int:pk>/tolak/", rules.refuse_rule, name="refuse_rule"),
    path("aturan/<int:pk>/akhiri/", rules.end_rule, name="end_rule"),
    path("konten/", posts.posts, name="posts"),
    path("konten/baru/", posts.write_post, name="write_post"),
    path("konten/<int:pk>/", include(of_a_post)),
    path("tinjau/", review.review, name="review"),
    path("tinjau/<int:pk>/", review.review_post, name="review_post"),
    path("kiriman/<int:pk>/", deliveries.delivery, name="delivery"),
    path("kiriman/<int:pk>/putuskan/", deliveries.decide_delivery, name="decide_delivery"),
    path("kiriman/<int:pk>/ulangi/", deliveries.retry_delivery, name="retry_delivery"),
    path("akun/", channels.channels, name="channels"),
    path("akun/hubungkan/<slug:platform>/", channels.connect_channel, name="connect_channel"),
    path("akun/<int:pk>/lepas/", channels.remove_channel, name="remove_channel"),
    path("gambar/<slug:sha256>/", pictures.picture, name="picture"),
    path("tim/", include(of_the_team)),
    path("selamat-datang/", joining.welcome, name="welcome"),
]
urlpatterns = [
    path("", start.start, name="start"),
    path("mulai/", start.begin, name="begin"),
    path("demo/", start.make_demo, name="make_demo"),
    path("demo/sebagai/<slug:role>/", start.demo_as, name="demo_as"),
    path("demo/hapus/", start.remove_demo, name="remove_demo"),
    path("bahasa/", start.set_language, name="set_language"),
    path("sehat/", health.health, name="health"),
    path("oauth/<slug:platform>/", channels.oauth_back, name="oauth_back"),
    path("masuk/", joining.find_campaign, name="find_campaign"),
    path("masuk/<slug:slug>/", joining.pin_sign_in, name="pin_sign_in"),
    path("masuk/undangan/<str:token>/", joining.join, name="join"),
    path("c/<slug:campaign>/", include(of_a_campaign)),
]
