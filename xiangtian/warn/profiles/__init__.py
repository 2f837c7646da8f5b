"""The family of profiles: one file each, and a line in :data:`PROFILES`."""

from __future__ import annotations

from xiangtian.warn.profile import Profile
from xiangtian.warn.profiles import p12379, public

PROFILES: tuple[Profile, ...] = (public.PROFILE, p12379.PROFILE)
"""All profiles, in the order in which a verdict names them."""
