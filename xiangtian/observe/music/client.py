"""Ask MUSIC over HTTP: bounded in size and time, patient with a server that stumbles, loud when it refuses.

What comes is the answer's bytes as they were sent; it was opened only to see that it is whole.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx

from xiangtian.core import clock
from xiangtian.observe.decode import music_json, music_rows
from xiangtian.observe.decode.refusals import Unfit
from xiangtian.observe.music import asking
from xiangtian.observe.music.asking import Account

logging.getLogger("httpx").setLevel(logging.WARNING)
# its INFO lines hold whole addresses, and CIMISS wants the password there
LATER = (408, 425, 429)
OK = 200


class MusicError(Exception):
    """The server did not answer, or not with what was asked for; the words say which."""


class Unreachable(MusicError):
    """Nobody answered, or in no form that can be read; it may work later."""


class Refused(MusicError):
    """The server answered that it will not: its words are in the message."""


class CutShort(MusicError):
    """The answer tells of more rows than it holds: ask for less at a time."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, and how often is tried.

    Attributes
    ----------
    most_bytes : int
        Largest answer.
    connect_s, read_s, total_s : float
        Longest wait for a connection, for more bytes, and for a whole answer.
    tries : int
        How often one question is asked.
    pause_s : float
        Before the second try; doubled for each further one.
    """

    most_bytes: int
    connect_s: float = 5.0
    read_s: float = 60.0
    total_s: float = 180.0
    tries: int = 3
    pause_s: float = 2.0


@dataclass(frozen=True, slots=True)
class Answered:
    """A whole answer and how many rows it holds."""

    body: bytes
    rows: int


def ask(
    account: Account, asked: Mapping[str, str], patience: Patience, rest: Callable[[float], None] = time.sleep
) -> Answered:
    """Ask one question.

    Parameters
    ----------
    account : Account
        Who asks, and where.
    asked : Mapping
        Parameters of `asking.query`.
    patience : Patience
        How long is waited.
    rest : Callable
        Waits some seconds.

    Returns
    -------
    Answered
        What came; no rows where the centre has none.

    Raises
    ------
    Unreachable
        If no readable answer came in all tries.
    Refused
        If the server refuses; it is not asked again.
    CutShort
        If rows are missing in the answer.
    """
    for number in range(1, patience.tries + 1):
        try:
            return _judged(_fetch(account, asked, patience))
        except Unreachable as error:
            if number == patience.tries:
                raise Unreachable(f"{error}；已试 {number} 次 (tried {number} times)") from error
            rest(patience.pause_s * 2 ** (number - 1))
    raise ValueError(f"a question is asked at least once, found tries={patience.tries}")


def _fetch(account: Account, asked: Mapping[str, str], patience: Patience) -> bytes:
    sent = asking.signed(account, asked, int(clock.wall() * 1000), uuid.uuid4().hex)
    limits = httpx.Timeout(patience.read_s, connect=patience.connect_s)
    try:
        with (
            httpx.Client(timeout=limits, follow_redirects=False, trust_env=False) as client,
            client.stream("GET", account.url, params=sent) as answer,
        ):
            _welcome(answer)
            return _body(answer, patience)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise Unreachable(f"气象数据接口无应答（{type(error).__name__}）(no answer)") from error


def _welcome(answer: httpx.Response) -> None:
    if answer.status_code == OK:
        return
    words = f"气象数据接口应答 HTTP {answer.status_code}"
    if answer.status_code in LATER or answer.status_code >= 500:
        raise Unreachable(f"{words}（服务端故障或繁忙）(server error)")
    raise Refused(f"{words}；请检查 XIANGTIAN_MUSIC_URL (not an address of the interface)")


def _body(answer: httpx.Response, patience: Patience) -> bytes:
    body, until = bytearray(), clock.wall() + patience.total_s
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > patience.most_bytes:
            words = f"应答超过 {patience.most_bytes} 字节；将缩短时段重问 (too large, ask for less)"
            raise CutShort(words)
        if clock.wall() > until:
            raise Unreachable(f"{patience.total_s:g} 秒内未传完（已收 {len(body)} 字节）(took too long)")
    return bytes(body)


def _judged(body: bytes) -> Answered:
    try:
        answer = music_json.opened(body)
    except Unfit as error:
        raise Unreachable(f"应答不完整或不是 JSON：{error} (not a whole answer)") from error
    if music_rows.nothing_there(answer.code, answer.message):
        return Answered(body, 0)
    if answer.code != music_rows.DONE:
        raise Refused(f"气象数据接口拒绝：{answer.code[:20]} {answer.message[:200]} (refused)")
    if answer.told not in ("", str(len(answer.rows))):
        raise CutShort(f"应答称 {answer.told[:20]} 行，实收 {len(answer.rows)} 行 (rows are missing)")
    return Answered(body, len(answer.rows))
