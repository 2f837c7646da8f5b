"""Every setting of the house: one table, read from the environment, loud when it is wrong.

A setting is a name, a default and a sentence; `docs/reference/settings.md` is made from this table.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass


class SettingError(RuntimeError):
    """A setting can't be used; the message names it, what was found and what is allowed."""


@dataclass(frozen=True)
class Setting:
    """One setting: the variable's name, its default as text, how it is read, and what it is for."""

    name: str
    default: str
    read: Callable[[str], object]
    sentence: str


def _yes(text: str) -> bool:
    known = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False, "": False}
    try:
        return known[text.lower()]
    except KeyError:
        raise ValueError("allowed: yes or no") from None


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise ValueError("allowed: 0 (any free port) to 65535")
    return number


def _at_least(least: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        number = int(text)
        if number < least:
            raise ValueError(f"allowed: {least} or more")
        return number

    return whole


TABLE: tuple[Setting, ...] = (
    Setting("XIANGTIAN_HOME", "", str, "The folder that holds all state (default: ~/.local/share/xiangtian)."),
    Setting("XIANGTIAN_DATABASE_URL", "", str, "postgresql://user:password@host:port/name; empty: SQLite in the home."),
    Setting("XIANGTIAN_SECRET_KEY", "", str, "Key that signs sessions; empty: one is made and kept in the home."),
    Setting(
        "XIANGTIAN_HOSTS", "127.0.0.1,localhost,[::1]", str, "Host names the pages answer to, with commas between."
    ),
    Setting("XIANGTIAN_HTTPS", "no", _yes, "Whether the pages are served over HTTPS (secure cookies, HSTS)."),
    Setting("XIANGTIAN_MQTT_URL", "", str, "External MQTT broker, mqtt://user:password@host:port; empty: embedded."),
    Setting("XIANGTIAN_MQTT_BIND", "127.0.0.1", str, "Address the embedded broker listens on."),
    Setting("XIANGTIAN_MQTT_PORT", "1883", _port, "Port of the embedded broker."),
    Setting("XIANGTIAN_MQTT_PASSWORDS", "", str, "Password file of the embedded broker; empty: anonymous (loopback)."),
    Setting("XIANGTIAN_PUSH_TOKEN", "", str, "Token of machines that push observations over HTTP; empty: no push."),
    Setting("XIANGTIAN_EDGE_PASSWORD", "", str, "Password with which a station's agent logs in at the broker."),
    Setting("XIANGTIAN_SMTP_URL", "", str, "Mail server, smtp://user:password@host:port; empty: no mail is sent."),
    Setting("XIANGTIAN_MAIL_FROM", "warning@localhost", str, "Sender of warning mails."),
    Setting("XIANGTIAN_SMS_URL", "", str, "Address of the phone-message gateway; empty: no phone messages."),
    Setting("XIANGTIAN_BOUNDARIES", "", str, "GeoJSON of the districts to use instead of the built-in ones."),
    Setting("XIANGTIAN_RADAR_SITES", "", str, "CSV of radars (code, longitude, latitude, height_m, band) before ours."),
    Setting("XIANGTIAN_TERRAIN", "", str, "Terrain model for beam blockage: ESRI ASCII grid or NetCDF, WGS-84."),
    Setting("XIANGTIAN_WATCHED", "", str, "GeoJSON of catchments, roads, metro lines to give chances of rain for."),
    Setting("XIANGTIAN_MEMBERS", "24", _at_least(0), "Futures of the ensemble nowcast; 0: none are made."),
    Setting("XIANGTIAN_PUBLIC_URL", "http://127.0.0.1:8000", str, "Address under which the public reads our feed."),
    Setting("XIANGTIAN_OFFICE", "32050041600000", str, "The releasing unit: 14 digits of the 12379 identifier."),
    Setting("XIANGTIAN_DECODE_SECONDS", "30", _at_least(1), "Longest time decoding one message may take, s."),
    Setting("XIANGTIAN_DECODE_MIB", "1024", _at_least(256), "Most memory that decoding may take, MiB."),
    Setting(
        "XIANGTIAN_WIS2_CENTRE",
        "cn-cma-suzhou-test",
        str,
        "Our WIS2 centre identifier; the default is a place-holder for trials until one is registered with WMO.",
    ),
    Setting(
        "XIANGTIAN_WIS2_SUBSCRIBE", "", str, "Broker of WIS2 notifications, mqtts://user:password@host; empty: none."
    ),
    Setting(
        "XIANGTIAN_WIS2_TOPICS",
        "cache/a/wis2/+/data/core/weather/surface-based-observations/synop",
        str,
        "WIS2 topics that are subscribed to, with commas between.",
    ),
    Setting("XIANGTIAN_WIS2_MQTT", "5", str, "Version of MQTT spoken to WIS2 brokers: 5 or 3.1.1."),
    Setting("XIANGTIAN_WIS2_PRIVATE", "no", _yes, "Whether WIS2 links may lead to addresses that are not public."),
    Setting(
        "XIANGTIAN_WIS2_PUBLISH", "", str, "Broker that takes our WIS2 notifications; empty: nothing is published."
    ),
    Setting("XIANGTIAN_WIS2_STATIONS", "national", str, "Whose observations are published on WIS2: national or all."),
    Setting(
        "XIANGTIAN_WIS2_NODE", "", str, "Address at which the world subscribes to us, told in the discovery record."
    ),
    Setting(
        "XIANGTIAN_WIS2_ORGANIZATION",
        "苏州市气象局 Suzhou Meteorological Bureau",
        str,
        "Who publishes, as the discovery record says.",
    ),
    Setting(
        "XIANGTIAN_WIS2_CONTACT", "", str, "Mail address for questions about our data, told in the discovery record."
    ),
    Setting(
        "XIANGTIAN_MUSIC_URL", "", str, "Address of the MUSIC interface of CMADaaS or CIMISS; empty: nothing is asked."
    ),
    Setting("XIANGTIAN_MUSIC_USER", "", str, "User of the MUSIC interface."),
    Setting("XIANGTIAN_MUSIC_PASSWORD", "", str, "Its password; CMADaaS gets a signature made with it."),
    Setting(
        "XIANGTIAN_MUSIC_NODE",
        "NMIC_MUSIC_CMADAAS",
        str,
        "Service node of CMADaaS; empty: CIMISS, which wants the password in the request.",
    ),
    Setting(
        "XIANGTIAN_MUSIC_TABLES",
        "SURF_CHN_MUL_HOR",
        str,
        "Tables that are asked for, with commas between: SURF_CHN_MUL_HOR, SURF_CHN_MUL_MIN, SURF_CHN_MAIN_MIN.",
    ),
    Setting(
        "XIANGTIAN_MUSIC_AREA",
        "30.7,119.8,32.1,121.5",
        str,
        "Area that is asked for: south,west,north,east in degrees; empty: all that the account may read.",
    ),
    Setting("XIANGTIAN_MUSIC_BACK_HOURS", "72", _at_least(24), "Longest outage that is filled from MUSIC, h."),
    Setting("XIANGTIAN_LOG_LEVEL", "INFO", str, "Least severe log line that is written."),
)

_BY_NAME = {setting.name: setting for setting in TABLE}


def read(name: str, environment: Mapping[str, str] | None = None) -> object:
    """Read one setting from the environment.

    Raises
    ------
    KeyError
        If the table has no such setting.
    SettingError
        If its value can't be read; the message says what is allowed.
    """
    setting = _BY_NAME[name]
    text = (os.environ if environment is None else environment).get(name, setting.default)
    try:
        return setting.read(text)
    except ValueError as error:
        raise SettingError(f"{name}={text!r} can't be used ({error}): {setting.sentence}") from error


def text(name: str) -> str:
    """Read a setting that is text."""
    return str(read(name))


def number(name: str) -> int:
    """Read a setting that is a whole number."""
    found = read(name)
    if not isinstance(found, int):
        raise TypeError(f"{name} is no number")
    return found


def yes(name: str) -> bool:
    """Read a setting that is yes or no."""
    return bool(read(name))
