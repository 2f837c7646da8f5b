"""The topic hierarchy, against the topics that wis2box's own datasets use and the rules of the standard."""

from pathlib import Path

import pytest
import yaml

from xiangtian.observe.wis2 import topics
from xiangtian.observe.wis2.topics import Topic, TopicError


def test_a_topic_is_read_in_its_parts() -> None:
    found = topics.parse("cache/a/wis2/cn-cma/data/core/weather/surface-based-observations/synop")
    assert found == Topic("cache", "cn-cma", "data", "core", "weather/surface-based-observations/synop")
    assert topics.parse("origin/a/wis2/cn-cma/metadata") == Topic("origin", "cn-cma", "metadata")


@pytest.mark.shared
def test_the_topics_of_wis2box_are_topics(shared: Path) -> None:
    told = [
        found["wis2box"]["topic_hierarchy"]
        for path in shared.glob("wis2/wis2box/discovery/*.yml")
        if "topic_hierarchy" in (found := yaml.safe_load(path.read_text(encoding="utf-8")))["wis2box"]
    ]
    assert len(told) >= 10
    refused = []
    for one in told:
        try:
            topics.parse(f"origin/a/wis2/{one}")
        except TopicError as error:
            refused.append(str(error))
    assert refused == []


@pytest.mark.parametrize(("topic", "level"), [
    ("origin/b/wis2/cn-cma/data/core/weather/prediction", "version"),
    ("here/a/wis2/cn-cma/data/core/weather/prediction", "channel"),
    ("origin/a/wis3/cn-cma/data/core/weather/prediction", "system"),
    ("origin/a/wis2/CN/data/core/weather/prediction", "CN"),
    ("origin/a/wis2/cn-cma/stuff/core/weather/prediction", "notification-type"),
    ("origin/a/wis2/cn-cma/data/secret/weather/prediction", "data-policy"),
    ("origin/a/wis2/cn-cma/data/core/wether/prediction", "level 7"),
    ("origin/a/wis2/cn-cma/data/core/weather/surface-based-observations/synops", "level 9"),
    ("origin/a/wis2/cn-cma/data/core/ocean/Sea Ice", "Sea Ice"),
    ("origin/a/wis2/cn-cma/data/core/weather", "too early"),
    ("origin/a/wis2/cn-cma/data/core/weather/#", "#"),
    ("origin/a/wis2", "3 levels"),
    ("", "levels"),
])  # fmt: skip
def test_what_is_no_topic_is_refused_with_the_level(topic: str, level: str) -> None:
    with pytest.raises(TopicError, match=level):
        topics.parse(topic)


@pytest.mark.parametrize("topic", [
    "cache/a/wis2/#", "cache/a/wis2/+/data/core/weather/surface-based-observations/synop", "#",
    "+/a/wis2/cn-cma/metadata", "cache/a/wis2/+/data/+/weather/+/#",
])  # fmt: skip
def test_subscriptions_may_have_wildcards(topic: str) -> None:
    assert topics.check_subscription(topic) == topic


@pytest.mark.parametrize("topic", ["cache/#/wis2", "cache/a/wis2/+/data/core/wetter/#", "xiangtian/#"])
def test_subscriptions_outside_the_hierarchy_are_refused(topic: str) -> None:
    with pytest.raises(TopicError):
        topics.check_subscription(topic)
