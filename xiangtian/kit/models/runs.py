"""Runs of jobs, as the jobs page shows them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class JobRun(models.Model):
    """One run of a job that did something or failed; idle ticks leave no row."""

    job = models.CharField(max_length=60)
    started = models.DateTimeField()
    seconds = models.FloatField()
    state = models.CharField(max_length=8, choices=[("done", "done"), ("failed", "failed")])
    words = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["job", "-id"])]

    def __str__(self) -> str:
        return f"{self.job} {self.state}: {self.words[:60]}"
