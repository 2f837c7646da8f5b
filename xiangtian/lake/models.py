"""The list of grids: one row for each run that lies whole under the home's `grids` folder."""

from __future__ import annotations

from django.db import models


class GridRun(models.Model):
    """One immutable folder of arrays: a radar composite, a nowcast, a forecast run."""

    kind = models.CharField("种类", max_length=40, help_text="radar, nowcast, ...")
    time = models.DateTimeField("资料时间", help_text="UTC: the moment of a composite, the start of a forecast")
    received = models.DateTimeField("入库时间", help_text="UTC: from when on it was known")
    path = models.CharField("路径", max_length=200, help_text="relative to the home's folder of grids")
    attrs = models.JSONField("属性", default=dict, help_text="what a reader must know without opening the folder")
    size = models.BigIntegerField("字节", help_text="bytes of all its files")

    class Meta:
        """One row a folder; asked by kind and time, newest receipt first."""

        verbose_name = "格点产品"
        verbose_name_plural = "格点产品"
        constraints = [models.UniqueConstraint(fields=["kind", "time", "path"], name="lake_gridrun_once")]
        indexes = [models.Index(fields=["kind", "time", "received"], name="lake_gridrun_asked")]

    def __str__(self) -> str:
        """Name the run for people."""
        return f"{self.kind} {self.time.isoformat()}"
