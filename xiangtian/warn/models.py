"""Proposals, drafts, events and released messages. What was released is never changed: the database refuses it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from xiangtian.core.models import Person

COLOURS: tuple[tuple[str, str], ...] = (("blue", "蓝色"), ("yellow", "黄色"), ("orange", "橙色"), ("red", "红色"))
STATUSES: tuple[tuple[str, str], ...] = (("Actual", "实发"), ("Exercise", "演练"), ("Test", "测试"))


class Event(models.Model):
    """One dangerous event of one office, numbered within the year; its messages form the chain."""

    office = models.CharField(max_length=14)
    hazard = models.CharField(max_length=30)
    year = models.IntegerField()
    number = models.IntegerField()
    status = models.CharField(max_length=8, choices=STATUSES)
    opened = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "hazard", "year", "number", "status"], name="event_number_once"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The event's identifier as trace and pages name it."""
        mark = "" if self.status == "Actual" else f".{self.status.lower()}"
        return f"{self.office}.{self.hazard}.{self.year}.{self.number:04d}{mark}"


class RuleText(models.Model):
    """The text of a rule table, kept when it first drove something, so that it can always be judged by again."""

    version = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=80)
    text = models.TextField()
    kept = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class RuleDecision(models.Model):
    """A manager's word on a rule table: it may drive real messages from now on, or no more. The last word counts."""

    version = models.CharField(max_length=12)
    table = models.CharField(max_length=80)
    approved = models.BooleanField()
    note = models.TextField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.table} {self.version}: {'approved' if self.approved else 'not approved'}"


class Watch(models.Model):
    """When a hazard's criterion was last met, so that lifting waits also over a restart."""

    hazard = models.CharField(max_length=30)
    status = models.CharField(max_length=8, choices=STATUSES)
    last_met = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["hazard", "status"], name="watch_once")]

    def __str__(self) -> str:
        return f"{self.hazard} {self.status}: {self.last_met:%m-%d %H:%M}"


class Proposal(models.Model):
    """A danger that was recognised, with its evidence as it was at that moment; it waits for a forecaster."""

    STATES: ClassVar = [
        ("waiting", "待处理"),
        ("accepted", "已采纳"),
        ("dismissed", "已否决"),
        ("superseded", "已被取代"),
        ("lapsed", "已失效"),
    ]
    hazard = models.CharField(max_length=30)
    colour = models.CharField(max_length=6, choices=COLOURS)
    action = models.CharField(max_length=3)
    """What it proposes: NEW, UPG, EXA, EXT or CAN."""
    districts = models.JSONField()
    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, related_name="proposals")
    words = models.TextField()
    evidence = models.JSONField()
    """Findings, certainty, onset, parameters and sentences; see `warn/proposing.py`."""
    rule_version = models.CharField(max_length=80)
    lake_version = models.BigIntegerField()
    nowcast_run = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=8, choices=STATUSES)
    proposed = models.DateTimeField()
    criterion_met_wall = models.FloatField()
    """Real time at which the newest piece of the evidence was stored, s."""
    proposed_wall = models.FloatField()
    state = models.CharField(max_length=10, choices=STATES, default="waiting")
    settled = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["hazard", "status"], condition=Q(state="waiting"), name="one_waiting_proposal_a_hazard"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.hazard} {self.colour} ({self.state})"


class Draft(models.Model):
    """A message being written; it becomes a message by a second person's signature, or is withdrawn."""

    STATES: ClassVar = [("editing", "编辑中"), ("submitted", "待签发"), ("signed", "已签发"), ("withdrawn", "已撤回")]
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, null=True, related_name="drafts")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, related_name="drafts")
    hazard = models.CharField(max_length=30)
    colour = models.CharField(max_length=6, choices=COLOURS)
    action = models.CharField(max_length=3)
    districts = models.JSONField()
    status = models.CharField(max_length=8, choices=STATUSES)
    happened = models.TextField(blank=True)
    expected = models.TextField(blank=True)
    happened_en = models.TextField(blank=True)
    expected_en = models.TextField(blank=True)
    """What fell and what is expected: the sentences the forecaster writes, without full stop."""
    reason = models.TextField(blank=True)
    judgement = models.TextField(blank=True)
    """On what a draft without a proposal rests, in the forecaster's words."""
    valid_hours = models.FloatField()
    rule_version = models.CharField(max_length=80)
    drafter = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="drafts")
    drafted = models.DateTimeField()
    submitted = models.DateTimeField(null=True)
    revision = models.IntegerField(default=1)
    """Counts edits, so that a signer signs what they read."""
    state = models.CharField(max_length=9, choices=STATES, default="editing")
    returned_because = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.action} {self.hazard} {self.colour} ({self.state})"


class Message(models.Model):
    """A released warning message: frozen bytes, identifier, times and references, signed by a second person."""

    identifier = models.CharField(max_length=40, unique=True)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="messages")
    draft = models.OneToOneField(Draft, on_delete=models.PROTECT, related_name="message")
    action = models.CharField(max_length=3)
    colour = models.CharField(max_length=6, choices=COLOURS)
    districts = models.JSONField()
    status = models.CharField(max_length=8, choices=STATUSES)
    headline = models.CharField(max_length=300)
    texts = models.JSONField()
    sent = models.DateTimeField()
    onset = models.DateTimeField()
    expires = models.DateTimeField()
    references = models.JSONField(default=list)
    cap = models.TextField()
    cap_sha256 = models.CharField(max_length=64)
    rule_version = models.CharField(max_length=80)
    drafter = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    signer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    signed_wall = models.FloatField()
    reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(signer=F("drafter")), name="signer_is_never_drafter"),
            models.CheckConstraint(condition=Q(expires__gt=F("sent")), name="message_expires_after_it_is_sent"),
        ]
        ordering: ClassVar = ["sent", "id"]

    def __str__(self) -> str:
        return self.identifier
