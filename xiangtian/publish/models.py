"""Targets (live and exercise physically apart), frozen messages, deliveries, attempts, receipts, terminal topics."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

LISTS = [("live", "live"), ("exercise", "exercise")]
OPEN = ("queued", "failed")
"""States of a row that a sweep may take up."""
STATES = [
    ("queued", "待发"),
    ("failed", "待重试"),
    ("sent", "已交出，待回执"),
    ("delivered", "已送达"),
    ("confirmed", "已确认"),
    ("given_up", "已放弃"),
]


class Target(models.Model):
    """Somebody or something a channel can reach; empty `areas` or `hazards` mean all."""

    name = models.CharField(max_length=60)
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=300)
    secret = models.CharField(max_length=64, blank=True)
    """Shared with the receiver, for seals."""
    areas = models.JSONField(default=list, blank=True)
    hazards = models.JSONField(default=list, blank=True)
    least_colour = models.CharField(max_length=6, default="blue")
    active = models.BooleanField(default=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} ({self.channel})"


class LiveTarget(Target):
    """A target of real warnings."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["channel", "address"], name="live_target_once")]


class ExerciseTarget(Target):
    """A target of exercises and tests; none of them is ever in the live table."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["channel", "address"], name="exercise_target_once")]


class ExerciseEndpoint(models.Model):
    """The gateway, broker or mail server an exercise uses for a channel; without one, that channel waits."""

    channel = models.CharField(max_length=20, unique=True)
    url = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.channel}: {self.url}"


class Outgoing(models.Model):
    """One message as it was frozen at its release; the database refuses to change or delete it."""

    message = models.CharField(max_length=120, unique=True)
    event = models.CharField(max_length=120)
    status = models.CharField(max_length=8)
    action = models.CharField(max_length=3)
    hazard = models.CharField(max_length=40)
    colour = models.CharField(max_length=6)
    areas = models.JSONField()
    headline = models.CharField(max_length=200)
    cap = models.BinaryField()
    """The CAP file, byte for byte."""
    texts = models.JSONField()
    """The other forms."""
    digest = models.CharField(max_length=64)
    """SHA-256 over all that is sent."""
    sent = models.DateTimeField()
    expires = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["status", "-sent"]), models.Index(fields=["event", "id"])]

    def __str__(self) -> str:
        return f"{self.message} {self.action} {self.hazard} {self.colour}"


class Delivery(models.Model):
    """One message to one target by one channel; closed only by its receipt."""

    outgoing = models.ForeignKey(Outgoing, on_delete=models.PROTECT, related_name="deliveries")
    message = models.CharField(max_length=120)
    status = models.CharField(max_length=8)
    channel = models.CharField(max_length=20)
    target = models.CharField(max_length=400)
    """Name and address, as they were when the row was written."""
    target_list = models.CharField(max_length=8, choices=LISTS)
    target_id = models.BigIntegerField()
    key = models.CharField(max_length=32, unique=True)
    """What receivers drop duplicates by."""
    round = models.PositiveIntegerField(default=0)
    """How often a person sent it anew after the gateway itself had reported failure; each round has its own key."""
    state = models.CharField(max_length=10, choices=STATES, default="queued")
    attempts = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=40)
    """Attempts after which the row is given up."""
    next_try = models.FloatField(default=0)
    """Real time, seconds since 1970; so are the lease and the two walls."""
    lease_until = models.FloatField(default=0)
    lease_by = models.CharField(max_length=32, blank=True)
    last_error = models.TextField(blank=True)
    gateway_id = models.CharField(max_length=120, blank=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    queued_wall = models.FloatField()
    handed_over_wall = models.FloatField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "channel", "target_list", "target_id"], name="delivery_once"),
            models.CheckConstraint(
                condition=models.Q(status="Actual", target_list="live")
                | models.Q(status__in=["Exercise", "Test"], target_list="exercise"),
                name="delivery_keeps_lists_apart",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["channel", "next_try"], condition=models.Q(state__in=OPEN), name="delivery_due"),
            models.Index(fields=["message", "channel", "state"]),
            models.Index(fields=["lease_by"]),
            models.Index(fields=["gateway_id"]),
            models.Index(fields=["target_list", "target_id", "outgoing"]),
        ]

    def __str__(self) -> str:
        return f"{self.message} {self.channel} {self.target}: {self.state}"

    @property
    def sending_key(self) -> str:
        """The key of the present round."""
        return f"{self.key}-r{self.round}" if self.round else self.key


class Attempt(models.Model):
    """One try of a delivery."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tried")
    number = models.PositiveIntegerField()
    started = models.DateTimeField()
    seconds = models.FloatField()
    outcome = models.CharField(max_length=16)
    words = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.delivery_id} #{self.number} {self.outcome}"


class Receipt(models.Model):
    """What the other side said of a delivery: it came, it was confirmed, or it failed there."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="receipts")
    kind = models.CharField(max_length=10)
    time = models.DateTimeField()
    gateway_id = models.CharField(max_length=120, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["delivery", "gateway_id", "kind"], name="receipt_once"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.kind}"


class TerminalTopic(models.Model):
    """What was last put on one retained topic, and when it must be looked at again."""

    target_list = models.CharField(max_length=8, choices=LISTS)
    target_id = models.BigIntegerField()
    area = models.CharField(max_length=12)
    serial = models.BigIntegerField(default=0)
    """The last message that was known when it was written."""
    until = models.DateTimeField(null=True)
    """When the first of its signals expires; None: nothing is in force."""
    next_try = models.FloatField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["target_list", "target_id", "area"], name="terminal_topic_once"),
        ]

    def __str__(self) -> str:
        return f"{self.target_list} {self.target_id} {self.area}"


class GatewayCursor(models.Model):
    """How far the receipts of one gateway were read."""

    address = models.CharField(max_length=300, unique=True)
    cursor = models.CharField(max_length=120, blank=True)
    next_try = models.FloatField(default=0)
    """Real time before which it is not asked again."""

    def __str__(self) -> str:
        return f"{self.address} at {self.cursor}"
