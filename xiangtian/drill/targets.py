"""Targets of a drill: simulators on the loopback, entered in the exercise list and nowhere else."""

from __future__ import annotations

from xiangtian.core.places import city
from xiangtian.publish import actions
from xiangtian.publish.actions import TargetSpec
from xiangtian.publish.simulator import Addresses

ACTOR = "job:drill"
PHONES_A_DISTRICT = 5


def enter(addresses: Addresses, key: str, broker_url: str) -> int:
    """Enter the feed, terminals, a partner, mailboxes and phones of a drill; give how many targets were new."""
    actions.open_house_channels(ACTOR)
    gateways = {"sms": addresses.sms, "email": addresses.smtp, "mqtt_terminal": broker_url}
    actions.retire_exercise_targets(ACTOR, "webhook", [addresses.webhook])
    actions.use_exercise_endpoints(ACTOR, gateways)
    specs = [
        TargetSpec("演练·应急指挥平台", "webhook", addresses.webhook, secret=key),
        TargetSpec("演练·市政府值班室", "email", "duty@drill.invalid"),
        TargetSpec("演练·轨道交通", "email", "metro@drill.invalid", least_colour="yellow"),
    ]
    for place, one in enumerate(city().districts):
        specs += [
            TargetSpec(f"演练·{one.zh}网格员{n + 1}", "sms", f"1990000{place:02d}{n:02d}", areas=(one.code,))
            for n in range(PHONES_A_DISTRICT)
        ]
    return actions.add_exercise_targets(ACTOR, specs)
