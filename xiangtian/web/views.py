"""The home page: the map is the home."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """Show the map; everything on it is asked from the API."""
    return render(request, "web/home.html")
