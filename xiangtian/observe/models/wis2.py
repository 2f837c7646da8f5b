"""What came in and went out over WIS2: one row a notification; all work on them is found by its state."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Wis2Notice(models.Model):
    """A notification that somebody published; acknowledged to the broker only after this row was committed."""

    STATES: ClassVar = [
        ("waiting", "待获取"),
        ("done", "已接收"),
        ("unchanged", "未变化"),
        ("ignored", "不需获取"),
        ("refused", "通知不合规"),
        ("quarantined", "校验失败"),
        ("given_up", "已放弃"),
    ]

    message_id = models.CharField(max_length=100, unique=True)
    """Its UUID; of one that is no notification the hash of its bytes."""
    data_id = models.CharField(max_length=600)
    pubtime = models.DateTimeField(null=True)
    topic = models.CharField(max_length=300)
    centre = models.CharField(max_length=80, blank=True)
    link = models.TextField(blank=True)
    host = models.CharField(max_length=200, blank=True)
    """Whom the link asks; one that hangs holds up nobody else's files."""
    document = models.TextField()
    """As it came."""
    received = models.DateTimeField()
    repeats = models.IntegerField(default=0)
    """How often it came again, under this or another UUID."""
    state = models.CharField(max_length=12, choices=STATES, default="waiting")
    reason = models.TextField(blank=True)
    tries = models.IntegerField(default=0)
    next_try = models.FloatField(default=0)
    """Real time (s) before which nobody else may take it up: a pause after a failure, or a lease."""
    finished = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    etag = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["data_id", "pubtime"], name="wis2_notice_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "next_try"]),
            models.Index(fields=["received"]),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.data_id}"

    @property
    def name(self) -> str:
        """The last part of what the data are called: the part that differs from row to row."""
        return self.data_id.rsplit("/", 1)[-1]


class Wis2Message(models.Model):
    """A notification of ours: written with the file it speaks of, sent when the broker has acknowledged it."""

    STATES: ClassVar = [("waiting", "待发送"), ("sent", "已发送"), ("refused", "不能编码"), ("given_up", "已放弃")]

    message_id = models.CharField(max_length=100, unique=True)
    station = models.CharField(max_length=32, blank=True)
    """Empty: it announces a discovery record."""
    time = models.DateTimeField()
    """The moment observed; of a record that of its last change."""
    revision = models.IntegerField(default=0)
    """0 for the first report of a station and moment, 1 for its first correction."""
    known = models.DateTimeField()
    """When the house learned the newest part of what it says."""
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 of the content without its revision: a report that says the same is not sent again."""
    data_id = models.CharField(max_length=600)
    topic = models.CharField(max_length=300)
    path = models.CharField(max_length=200, blank=True)
    """`<day>/<file>` below what goes out."""
    document = models.TextField(blank=True)
    prepared = models.DateTimeField()
    state = models.CharField(max_length=12, choices=STATES, default="waiting")
    reason = models.TextField(blank=True)
    tries = models.IntegerField(default=0)
    next_try = models.FloatField(default=0)
    sent = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["station", "time", "revision"], name="wis2_message_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "next_try"]),
            models.Index(fields=["prepared"]),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.data_id}"

    @property
    def name(self) -> str:
        """The last part of what the data are called: the part that differs from row to row."""
        return self.data_id.rsplit("/", 1)[-1]
