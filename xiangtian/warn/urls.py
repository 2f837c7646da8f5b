"""Addresses of the warning desk."""

from __future__ import annotations

from django.urls import path

from xiangtian.warn import views

app_name = "warn"

urlpatterns = [
    path("", views.desk, name="desk"),
    path("lists/", views.desk_lists, name="desk-lists"),
    path("proposals/<int:number>/", views.proposal, name="proposal"),
    path("proposals/<int:number>/accept/", views.accept, name="accept"),
    path("proposals/<int:number>/dismiss/", views.dismiss, name="dismiss"),
    path("drafts/<int:number>/", views.draft, name="draft"),
    path("drafts/<int:number>/preview/", views.preview, name="preview"),
    path("drafts/<int:number>/save/", views.save, name="save"),
    path("drafts/<int:number>/submit/", views.submit, name="submit"),
    path("drafts/<int:number>/withdraw/", views.withdraw, name="withdraw"),
    path("drafts/<int:number>/send-back/", views.send_back, name="send-back"),
    path("drafts/<int:number>/sign/", views.sign, name="sign"),
    path("new/", views.new, name="new"),
    path("rules/", views.rules, name="rules"),
    path("rules/<str:version>/decide/", views.decide, name="decide"),
    path("events/<int:number>/", views.event, name="event"),
    path("events/<int:number>/change/", views.change, name="change"),
]
