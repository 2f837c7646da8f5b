"""The family of channels: what all must do, then each at a receiver of its own."""

import email
import email.policy
import json
import pathlib
import time
from dataclasses import replace

import pytest

from xiangtian.core import clock
from xiangtian.publish import channels, seal
from xiangtian.publish.channels import CHANNELS, channel
from xiangtian.publish.channels.contract import KINDS, Address, Endpoints, MixingRefused, Parcel
from xiangtian.publish.channels.sms import Sms, read_news
from xiangtian.publish.simulator import Faults, MailSink, Partner, SmsGateway
from xiangtian.publish.simulator.server import Answer, Door, answer_json

ADDRESSES = {
    "cap_feed": "/feed/exercise.xml",
    "mqtt_terminal": "xiangtian/exercise/terminals",
    "webhook": "http://127.0.0.1:9/none",
    "sms": "10001",
    "email": "duty@example.org",
}


@pytest.fixture
def parcel(notice):
    """Make parcels; the target's list and address and the prepared things can be set."""

    def make(name: str, address: str = "", list_name: str = "exercise", prepared=None, **fields) -> Parcel:
        target = Address(list_name, 1, "target", address or ADDRESSES[name], "secret")
        return Parcel(1, name, 1, "k" * 32, "me", clock.wall() + 60, target, notice(**fields), prepared or {})

    return make


class Choosy(SmsGateway):
    """A gateway that refuses a whole request because of one number in it."""

    def __init__(self, poison: str) -> None:
        super().__init__("k")
        self.poison, self.requests = poison, 0

    def answer(self, door: Door) -> Answer:
        self.requests += 1
        if f'"{self.poison}"'.encode() in door.body:
            return answer_json(422, {"error": "malformed number"})
        return super().answer(door)


def near(**urls: str) -> Endpoints:
    return Endpoints("exercise", **urls, connect_s=1, answer_s=1)


DEAD = {"sms_url": "http://u:k@127.0.0.1:9", "smtp_url": "smtp://127.0.0.1:9", "mqtt_url": "mqtt://127.0.0.1:9"}


def test_every_file_of_the_family_is_in_its_list() -> None:
    files = {path.stem for path in pathlib.Path(channels.__file__).parent.glob("*.py")}
    assert files - {"__init__", "_http", "contract"} == {member.name for member in CHANNELS}


def test_an_unknown_channel_is_refused_with_those_there_are() -> None:
    with pytest.raises(KeyError, match="cap_feed, mqtt_terminal, webhook, sms, email"):
        channel("fax")


@pytest.mark.parametrize("member", CHANNELS, ids=lambda member: member.name)
class TestEveryChannel:
    """The contract."""

    def test_it_accepts_its_addresses(self, member) -> None:
        member.check(ADDRESSES[member.name])
        assert member.zh
        assert member.threads > 0

    @pytest.mark.parametrize(
        ("status", "list_name", "gateways"),
        [
            ("Exercise", "live", "exercise"),
            ("Exercise", "live", "live"),
            ("Test", "live", "exercise"),
            ("Exercise", "exercise", "live"),
            ("Actual", "exercise", "live"),
            ("Actual", "live", "exercise"),
        ],
    )
    def test_it_refuses_to_mix(self, member, parcel, status, list_name, gateways) -> None:
        mixed = parcel(member.name, list_name=list_name, status=status)
        with pytest.raises(MixingRefused, match="nothing was sent"):
            member.send(mixed, Endpoints(gateways, **DEAD))

    def test_unconfigured_it_says_what_is_missing_and_sends_nothing(self, member, parcel) -> None:
        missing = member.ready(Endpoints("exercise"))
        outcome = member.send(parcel(member.name, prepared={"320505": "{}"}), near())
        assert outcome.kind == "failed_for_now"
        assert not missing or outcome.words == missing

    def test_a_dead_other_side_is_an_outcome_and_no_error(self, member, parcel) -> None:
        outcome = member.send(parcel(member.name, prepared={"320505": "{}"}), near(**DEAD))
        assert outcome.kind in KINDS
        assert outcome.kind == "failed_for_now"
        assert outcome.words


class TestCapFeed:
    """Delivered when visible, with the frozen bytes."""

    def send(self, made: Parcel):
        return channel("cap_feed").send(made, near())

    def test_visible_and_equal_is_delivered(self, parcel, notice) -> None:
        # sha256sum of the CAP text, computed here with hashlib, stands for the bytes a reader would fetch
        import hashlib

        digest = hashlib.sha256(notice().bodies["cap"].encode()).hexdigest()
        assert self.send(parcel("cap_feed", prepared={"served": digest})).kind == "delivered"

    def test_other_bytes_are_a_failure_nobody_can_wait_out(self, parcel) -> None:
        outcome = self.send(parcel("cap_feed", prepared={"served": "0" * 64}))
        assert outcome.kind == "failed_for_good"
        assert "不一致" in outcome.words

    def test_the_public_feed_is_no_target_of_an_exercise(self, parcel) -> None:
        assert self.send(parcel("cap_feed", address="/feed/atom.xml")).kind == "failed_for_good"


class TestWebhook:
    """A partner's address."""

    def send(self, made: Parcel):
        return channel("webhook").send(made, near())

    def test_the_letter_is_sealed_and_keyed_and_says_it_is_an_exercise(self, parcel, started, notice) -> None:
        partner = started(Partner("secret"))
        outcome = self.send(parcel("webhook", partner.url))
        assert (outcome.kind, outcome.gateway_id) == ("delivered", "http-200")
        letter = partner.letters["k" * 32]
        assert letter["status"] == "Exercise"
        assert letter["headline"].startswith("【演练】")
        assert letter["cap"] == notice().bodies["cap"]

    def test_a_second_time_is_dropped_by_the_partner(self, parcel, started) -> None:
        partner = started(Partner("secret"))
        for _ in range(2):
            assert self.send(parcel("webhook", partner.url)).kind == "delivered"
        assert partner.counts == {"requests": 2, "taken": 1, "duplicates": 1}

    def test_a_wrong_secret_is_final(self, parcel, started) -> None:
        partner = started(Partner("other"))
        outcome = self.send(parcel("webhook", partner.url))
        assert outcome.kind == "failed_for_good"
        assert "401" in outcome.words

    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (200, "delivered"),
            (202, "delivered"),
            (204, "delivered"),
            (400, "failed_for_good"),
            (404, "failed_for_good"),
            (408, "failed_for_now"),
            (429, "failed_for_now"),
            (500, "failed_for_now"),
            (503, "failed_for_now"),
        ],
    )
    def test_what_an_answer_means(self, parcel, started, status, kind) -> None:
        # RFC 9110, 15: 4xx is the sender's fault and stays, 5xx the receiver's and may pass; 408 and 429 say "later"
        assert self.send(parcel("webhook", started(Partner(status=status)).url)).kind == kind

    def test_one_that_hangs_is_left_in_time(self, parcel, started) -> None:
        begun = time.monotonic()
        outcome = self.send(parcel("webhook", started(Partner(hang_s=4)).url))
        assert time.monotonic() - begun < 3
        assert (outcome.kind, "超时" in outcome.words) == ("failed_for_now", True)

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_a_redirect_to_another_host_is_not_followed(self, parcel, started, status) -> None:
        thief = started(Partner())
        outcome = self.send(parcel("webhook", started(Partner(status=status, location=thief.url)).url))
        assert outcome.kind == "failed_for_good"
        assert thief.counts["requests"] == 0

    def test_a_redirect_within_the_host_is_followed_but_not_for_ever(self, parcel, started) -> None:
        partner = started(Partner(status=307, location="/elsewhere"))
        outcome = self.send(parcel("webhook", partner.url))
        assert outcome.kind == "failed_for_good"
        assert partner.counts["requests"] == 4


class TestSms:
    """The gateway adapter."""

    def test_one_request_carries_many_and_a_bad_one_spoils_no_other(self, parcel, started) -> None:
        gateway = started(Choosy("13900000013"))
        many = [
            replace(one, key=f"{n:032d}", target=replace(one.target, address=f"139000000{n:02d}"))
            for n, one in enumerate([parcel("sms")] * 40)
        ]
        outcomes = Sms().send_all(many, near(sms_url=gateway.url))
        assert [n for n, one in enumerate(outcomes) if one.kind != "handed_over"] == [13]
        assert outcomes[13].kind == "failed_for_good"
        assert len(gateway.taken) == 39
        assert gateway.requests <= 13, "one for all, then halves down to the bad one: 1 + 2 x 6"

    def test_an_order_the_answer_is_silent_about_is_sent_again(self, parcel, started) -> None:
        gateway = started(SmsGateway("k"))
        gateway._take = lambda order: {"key": "another", "id": "S1"}
        assert Sms().send(parcel("sms"), near(sms_url=gateway.url)).kind == "failed_for_now"

    def test_the_gateway_takes_the_short_text_and_gives_a_number(self, parcel, started) -> None:
        gateway = started(SmsGateway("k"))
        outcome = Sms().send(parcel("sms"), near(sms_url=gateway.url))
        assert outcome.kind == "handed_over"
        assert outcome.gateway_id
        order = gateway.taken["k" * 32]
        assert order["to"] == "10001"
        assert order["text"] == "【演练】苏州市气象台发布暴雨黄色预警信号，请注意防范。"

    def test_a_wrong_key_is_refused(self, parcel, started) -> None:
        gateway = started(SmsGateway("k"))
        outcome = Sms().send(parcel("sms"), near(sms_url=gateway.url.replace(":k@", ":x@")))
        assert outcome.kind == "failed_for_good"
        assert not gateway.taken

    def test_refused_numbers_are_final_and_a_busy_gateway_is_not(self, parcel, started) -> None:
        refusing = started(SmsGateway("k", Faults(refused=1)))
        assert Sms().send(parcel("sms"), near(sms_url=refusing.url)).kind == "failed_for_good"
        busy = started(SmsGateway("k", Faults(first_time=1)))
        assert Sms().send(parcel("sms"), near(sms_url=busy.url)).kind == "failed_for_now"
        assert Sms().send(parcel("sms"), near(sms_url=busy.url)).kind == "handed_over"

    def test_an_answer_without_a_number_is_no_success(self, parcel, started) -> None:
        outcome = Sms().send(parcel("sms"), near(sms_url=started(Partner()).url))
        assert outcome.kind == "failed_for_now"
        assert "未给编号" in outcome.words

    def test_receipts_are_fetched_from_the_cursor_on(self, parcel, started) -> None:
        gateway = started(SmsGateway("k", confirmed=1))
        Sms().send(parcel("sms"), near(sms_url=gateway.url))
        news, cursor = Sms().poll(near(sms_url=gateway.url), "")
        assert [(one.kind, one.key) for one in news] == [("delivered", "k" * 32), ("confirmed", "k" * 32)]
        assert Sms().poll(near(sms_url=gateway.url), cursor) == ([], cursor)

    @pytest.mark.parametrize("said", [[], {}, {"receipts": 3}, {"receipts": [1]}, {"receipts": [{"kind": "read"}]}])
    def test_what_are_no_receipts_is_refused(self, said) -> None:
        with pytest.raises(ValueError, match="receipt"):
            read_news(said)


class TestEmail:
    """SMTP."""

    def send(self, made: Parcel, sink: MailSink):
        return channel("email").send(made, near(smtp_url=sink.url))

    def test_one_mail_with_both_languages_and_the_cap_file(self, parcel, started, notice) -> None:
        sink = started(MailSink())
        assert self.send(parcel("email"), sink).kind == "delivered"
        mail = email.message_from_bytes(next(iter(sink.mails.values())), policy=email.policy.default)
        assert mail["Subject"] == "【演练】苏州市气象台发布暴雨黄色预警信号"
        assert mail["To"] == "duty@example.org"
        text = mail.get_body().get_content()
        assert "50毫米" in text
        assert "EXERCISE - Yellow rainstorm warning." in text
        attached = next(mail.iter_attachments())
        assert attached.get_content_type() == "application/cap+xml"
        assert attached.get_payload(decode=True) == notice().bodies["cap"].encode()

    def test_the_second_mail_has_the_same_id(self, parcel, started) -> None:
        sink = started(MailSink())
        self.send(parcel("email"), sink)
        self.send(parcel("email"), sink)
        assert sink.counts == {"taken": 1, "duplicates": 1}

    def test_a_line_break_in_the_headline_makes_no_new_header(self, parcel, started) -> None:
        sink = started(MailSink())
        assert self.send(parcel("email", headline="发布\r\nBcc: x@y.z"), sink).kind == "delivered"
        mail = email.message_from_bytes(next(iter(sink.mails.values())), policy=email.policy.default)
        assert mail["Bcc"] is None

    def test_a_refused_recipient_is_final(self, parcel, started) -> None:
        sink = started(MailSink(refused=("duty@example.org",)))
        outcome = self.send(parcel("email"), sink)
        assert outcome.kind == "failed_for_good"
        assert "550" in outcome.words

    def test_an_unknown_scheme_is_said(self) -> None:
        assert "smtp+starttls" in channel("email").ready(near(smtp_url="http://x"))


class TestMqttTerminal:
    """Retained states."""

    def test_each_district_has_its_state_for_whoever_comes_later(self, parcel, broker, retained) -> None:
        broker.start()
        states = {"320505": json.dumps({"n": 1}), "320506": json.dumps({"n": 2})}
        made = parcel("mqtt_terminal", prepared=states)
        outcome = channel("mqtt_terminal").send(made, near(mqtt_url=f"mqtt://127.0.0.1:{broker.port}"))
        assert (outcome.kind, "PUBACK" in outcome.words) == ("delivered", True)
        root = "xiangtian/exercise/terminals"
        assert retained(broker.port, root) == {f"{root}/{area}": text for area, text in states.items()}

    @pytest.mark.parametrize("root", ["xiangtian/terminals", "xiangtian/terminals/extra"])
    def test_an_exercise_never_writes_below_the_live_root(self, parcel, root) -> None:
        made = parcel("mqtt_terminal", root, prepared={"320505": "{}"})
        outcome = channel("mqtt_terminal").send(made, near(mqtt_url="mqtt://127.0.0.1:9"))
        assert (outcome.kind, "不得写入真实终端" in outcome.words) == ("failed_for_good", True)

    def test_a_broker_that_never_answers_is_left_in_time(self, parcel) -> None:
        import socket

        with socket.socket() as mute:
            mute.bind(("127.0.0.1", 0))
            mute.listen()
            begun = time.monotonic()
            made = parcel("mqtt_terminal", prepared={"320505": "{}"})
            url = f"mqtt://127.0.0.1:{mute.getsockname()[1]}"
            outcome = channel("mqtt_terminal").send(made, near(mqtt_url=url))
        assert outcome.kind == "failed_for_now"
        assert time.monotonic() - begun < 4


def test_the_webhook_seal_is_the_published_one(parcel, monkeypatch, started) -> None:
    partner = started(Partner())
    monkeypatch.setattr(clock, "wall", lambda: 1700000000.0)
    seen = {}
    real = partner.answer
    partner._http.answer = lambda door: (seen.update(door.headers.items()), seen.update(body=door.body), real(door))[2]
    channel("webhook").send(parcel("webhook", partner.url), near())
    assert seen[seal.HEADER] == seal.sign("secret", "1700000000", seen["body"])
    assert seen[seal.TIME_HEADER] == "1700000000"
