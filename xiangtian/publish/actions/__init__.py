"""Verbs of the room: each checks, changes and records in one transaction."""

from xiangtian.publish.actions.acknowledge import UnknownDelivery, acknowledge, acknowledge_all
from xiangtian.publish.actions.enqueue import enqueue
from xiangtian.publish.actions.retry import CantRetry, retry
from xiangtian.publish.actions.targets import (
    TargetRefused,
    TargetSpec,
    add_exercise_targets,
    add_live_target,
    open_house_channels,
    retire_exercise_targets,
    use_exercise_endpoints,
)

__all__ = [
    "CantRetry",
    "TargetRefused",
    "TargetSpec",
    "UnknownDelivery",
    "acknowledge",
    "acknowledge_all",
    "add_exercise_targets",
    "add_live_target",
    "enqueue",
    "open_house_channels",
    "retire_exercise_targets",
    "retry",
    "use_exercise_endpoints",
]
