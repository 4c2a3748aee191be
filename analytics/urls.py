"""Addresses of job 7."""

from django.urls import path

from analytics import views

app_name = "analytics"
urlpatterns = [
    path("c/<slug:campaign>/konten/<int:pk>/angka/", views.read_now, name="read_now"),
]
