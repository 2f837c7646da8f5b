"""Feeds: RFC 4287 sections 4.1.1 and 4.1.2, and the required elements of RSS 2.0."""

import pytest
from lxml import etree

from xiangtian.warn.capcheck.feed import defects, entries

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><id>i</id><title>t</title><updated>u</updated>{}</feed>"""
ENTRY = "<entry><id>i</id><title>t</title><updated>u</updated>{}</entry>"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ATOM.format(""), []),
        (ATOM.format(ENTRY.format("<link href='x'/>")), []),
        (ATOM.format(ENTRY.format("<c:event xmlns:c='urn:c'/><content/>")), []),
        (ATOM.format("").replace("<id>i</id>", ""), ["feed: required element id is missing"]),
        (ATOM.format(ENTRY.format("")), ["entry 1 has neither content nor link: it leads nowhere"]),
        (ATOM.format("<foo/>"), ["feed: element foo is not allowed"]),
        ("<rss/>", ["rss: required element channel is missing"]),
        ("<rss><channel><title/><link/></channel></rss>", ["channel: required element description is missing"]),
        ("<html/>", []),
    ],
)
def test_what_is_wrong_with_a_feed(text: str, words: list[str]) -> None:
    found = defects(etree.fromstring(text))
    assert [defect.words for defect in found] == words
    assert all(defect.harmless for defect in found)


def test_entries_are_counted() -> None:
    assert entries(etree.fromstring(ATOM.format(ENTRY.format("") * 3))) == 3
    assert entries(etree.fromstring("<rss><channel><item/><item/></channel></rss>")) == 2
    assert entries(etree.fromstring("<a/>")) == 0
