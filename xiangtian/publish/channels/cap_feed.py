"""The public feed: a message is delivered when the feed shows it, with the bytes that were frozen."""

from __future__ import annotations

import hashlib

from xiangtian.publish.channels.contract import BadAddress, Endpoints, Outcome, Parcel, refuse_mixing

ADDRESSES = {"live": "/feed/atom.xml", "exercise": "/feed/exercise.xml"}


class CapFeed:
    """Looks whether the feed serves the message."""

    name = "cap_feed"
    zh = "公开预警源"
    receipts = False
    for_people = False
    threads = 2

    def check(self, address: str) -> None:
        """Allow the two feeds there are."""
        if address not in ADDRESSES.values():
            raise BadAddress(f"no feed {address!r}; allowed: {', '.join(ADDRESSES.values())}")

    def ready(self, endpoints: Endpoints) -> str:
        """Need nothing."""
        return ""

    def send(self, parcel: Parcel, endpoints: Endpoints) -> Outcome:
        """Compare what the feed serves with what was frozen."""
        refuse_mixing(parcel, endpoints)
        if parcel.target.address != ADDRESSES[parcel.target.list_name]:
            return Outcome("failed_for_good", f"目标 {parcel.target.address} 不是{parcel.target.list_name}名单的预警源")
        frozen = hashlib.sha256(parcel.notice.bodies["cap"].encode()).hexdigest()
        served = parcel.prepared.get("served", "")
        if served == frozen:
            return Outcome("delivered", "预警源已可见，内容与冻结时一致；此通道没有阅读回执", frozen[:16])
        if served:
            return Outcome("failed_for_good", f"预警源内容与冻结时不一致（{served[:16]} ≠ {frozen[:16]}）：请立即核查")
        return Outcome("failed_for_now", "预警源尚未列出此消息")
