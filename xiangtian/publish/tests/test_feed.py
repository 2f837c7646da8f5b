"""The Atom feed, judged by RFC 4287."""

import datetime as dt
import uuid

from lxml import etree

from xiangtian.publish.feed import ATOM, EMPTY_SINCE, Listed, atom, changes, last_change

NS = {"a": ATOM}
T0 = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)


def one(message: str, minute: int, action: str = "NEW", event: str = "E1", hours: float = 6) -> Listed:
    sent = T0 + dt.timedelta(minutes=minute)
    return Listed(
        message,
        event,
        "Actual",
        action,
        "rainstorm",
        "yellow",
        f"标题 {message}",
        "内容",
        sent,
        sent + dt.timedelta(hours=hours),
    )


def read(body: bytes) -> etree._Element:
    return etree.fromstring(body)


def required(node: etree._Element) -> list[str]:
    """RFC 4287, 4.1.1 and 4.1.2: exactly one id, title and updated in a feed and in each entry."""
    return [
        f"{name} x{len(found)}"
        for name in ("id", "title", "updated")
        if len(found := node.findall(f"a:{name}", NS)) != 1
    ]


def test_an_empty_feed_is_valid() -> None:
    body = atom([], "live", "http://x/feed/atom.xml", "http://x/feed/cap/{message}.xml")
    root = read(body)
    assert root.tag == f"{{{ATOM}}}feed"
    assert required(root) == []
    assert root.findall("a:author/a:name", NS), "RFC 4287, 4.1.1: an author of the feed, since entries have none"
    assert root.find("a:link[@rel='self']", NS).get("href") == "http://x/feed/atom.xml"
    assert root.findall("a:entry", NS) == []
    assert last_change([]) == EMPTY_SINCE


def test_every_change_is_an_entry_the_latest_first() -> None:
    listed = [one("M1", 0), one("M2", 60, "UPG"), one("M3", 120, "CAN")]
    entries = changes(listed, T0 + dt.timedelta(hours=3))
    root = read(atom(entries, "live", "http://x/f", "http://x/feed/cap/{message}.xml"))
    nodes = root.findall("a:entry", NS)
    assert [required(node) for node in nodes] == [[], [], []]
    assert [node.find("a:title", NS).text for node in nodes] == ["标题 M3", "标题 M2", "标题 M1"]
    assert nodes[0].find("a:link", NS).get("href") == "http://x/feed/cap/M3.xml"
    assert nodes[0].find("a:link", NS).get("type") == "application/cap+xml"
    assert nodes[0].find("a:updated", NS).text == "2026-07-01T04:00:00Z"
    assert root.find("a:updated", NS).text == "2026-07-01T04:00:00Z"
    actions = [node.find("a:category[@scheme='urn:xiangtian:action']", NS).get("term") for node in nodes]
    assert actions == ["CAN", "UPG", "NEW"]


def test_expiry_is_an_entry_of_its_own_at_its_own_time() -> None:
    listed = [one("M1", 0, hours=2), one("M2", 30, "CON", hours=1)]
    before = changes(listed, T0 + dt.timedelta(minutes=89))
    at = changes(listed, T0 + dt.timedelta(minutes=90))
    assert [entry.action for entry in before] == ["CON", "NEW"]
    assert [entry.action for entry in at] == ["EXP", "CON", "NEW"]
    assert at[0].updated == T0 + dt.timedelta(minutes=90)
    assert "已到期" in at[0].title


def test_what_was_lifted_does_not_expire_too() -> None:
    listed = [one("M1", 0, hours=1), one("M2", 30, "CAN", hours=0.5)]
    assert [entry.action for entry in changes(listed, T0 + dt.timedelta(days=1))] == ["CAN", "NEW"]


def test_ids_are_permanent_iris_and_differ() -> None:
    # RFC 4287, 4.2.6: the id never changes, whatever address the feed is read at
    entries = changes([one("M1", 0), one("M2", 1, event="E2")], T0 + dt.timedelta(days=1))
    again = changes([one("M1", 0), one("M2", 1, event="E2")], T0 + dt.timedelta(days=2))
    assert len({entry.id for entry in entries}) == 4
    assert {entry.id for entry in entries} == {entry.id for entry in again}
    assert all(uuid.UUID(entry.id.removeprefix("urn:uuid:")) for entry in entries)


def test_the_same_entries_give_the_same_bytes() -> None:
    entries = changes([one("M<1>&", 0)], T0)
    assert atom(entries, "live", "http://x", "http://x/{message}") == atom(
        entries, "live", "http://x", "http://x/{message}"
    )
    assert (
        read(atom(entries, "live", "http://x", "http://x/{message}")).find("a:entry/a:title", NS).text == "标题 M<1>&"
    )
