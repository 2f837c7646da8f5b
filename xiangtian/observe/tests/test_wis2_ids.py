"""Identifiers of centres: the registered ones have the form, other things have not."""

import uuid

import pytest

from xiangtian.observe.wis2 import ids


@pytest.mark.parametrize("text", [
    "cn-cma", "cn-cma-suzhou-test", "data-metoffice-noaa-global-cache", "us-synoptic_data_pbc", "int-eumetsat",
])  # fmt: skip
def test_registered_centres_have_the_form(text: str) -> None:  # from WMO's register of centre identifiers
    assert ids.centre(text) == text


@pytest.mark.parametrize(
    "text", ["", "cn", "CN-cma", "cn-cma.suzhou", "cn-苏州", "cn-cma/suzhou", "-cma", "cn-", "cn cma"]
)
def test_other_things_are_no_centre(text: str) -> None:
    with pytest.raises(ids.CentreError, match="cn-cma-suzhou"):
        ids.centre(text)


def test_the_same_content_at_the_same_moment_has_the_same_uuid_and_other_content_another() -> None:
    first = ids.message_id("a", "0", "2026-07-01T00:00:00Z")
    assert uuid.UUID(first).version == 5
    assert first == ids.message_id("a", "0", "2026-07-01T00:00:00Z")
    others = {ids.message_id(*one) for one in [("b", "0", "t"), ("a", "1", "t"), ("a", "0", "u"), ("a", "0", "t")]}
    assert len(others | {first}) == 5
