"""Partners who read our data by program: what each may see, their tokens, and how much they used."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Partner(models.Model):
    """Another office or company with an agreement: the districts and elements it may see, how often, how long."""

    name = models.CharField(max_length=60, unique=True)
    contact = models.CharField(max_length=200)
    """The unit to turn to there, and how."""
    districts = models.JSONField(default=list)
    """Six-digit codes of the districts whose stations it may see; empty: none."""
    elements = models.JSONField(default=list)
    """Elements it may see; empty: none."""
    per_minute = models.PositiveIntegerField(default=60)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    """Last day of the agreement; None: until somebody ends it."""
    active = models.BooleanField(default=True)
    made = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(per_minute__gte=1), name="partner_may_ask"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="partner_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Token(models.Model):
    """A key of a partner: only its hash is kept, so that nobody can read it here."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="tokens")
    prefix = models.CharField(max_length=12, unique=True)
    """The first signs, by which people tell tokens apart."""
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the whole token; it has 256 random bits, so that a slow hash would add nothing."""
    created = models.DateTimeField()
    expires = models.DateTimeField()
    revoked = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.partner} {self.prefix}…"


class Usage(models.Model):
    """What one partner (None: people of the house) took of one product on one day, Beijing date."""

    day = models.DateField()
    product = models.CharField(max_length=60)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="usage")
    calls = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)
    """Calls that were answered with a refusal (status 400 and above)."""
    rows = models.PositiveBigIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "product", "partner"], condition=~Q(partner=None), name="usage_once_a_partner"
            ),
            models.UniqueConstraint(fields=["day", "product"], condition=Q(partner=None), name="usage_once_the_house"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.product}: {self.calls}"
