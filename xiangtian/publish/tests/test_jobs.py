"""Deliveries as a whole: dead targets, outages, ten thousand recipients, restarts, exercises, receipts, expiry."""

import datetime as dt
import json
import time
from collections import Counter

import pytest

from xiangtian.core import clock
from xiangtian.core.models import Person, Unit
from xiangtian.publish import actions, jobs, queries
from xiangtian.publish.actions import TargetSpec, enqueue
from xiangtian.publish.actions.lease import Ask, claim, reclaim
from xiangtian.publish.channels.mqtt_terminal import MqttTerminal
from xiangtian.publish.channels.sms import Sms
from xiangtian.publish.jobs import Courier, drain
from xiangtian.publish.models import Delivery, ExerciseTarget, GatewayCursor, LiveTarget, Receipt, TerminalTopic
from xiangtian.publish.patience import Patience
from xiangtian.publish.simulator import Faults, MailSink, Partner, Simulators, SmsGateway

pytestmark = pytest.mark.django_db


def states() -> Counter:
    return Counter(Delivery.objects.values_list("state", flat=True))


def use(**urls: str) -> None:
    actions.use_exercise_endpoints("job:test", urls)


def test_nothing_to_do_is_said_with_nothing(courier) -> None:
    assert jobs.deliver(courier) == ""
    assert jobs.receipts() == ""
    assert jobs.expire() == ""
    assert drain(5, courier=courier).complete


def test_one_dead_webhook_of_five_delays_no_other(notice, aim, started, courier) -> None:
    partners = [started(Partner("s")) for _ in range(4)]
    hanging = started(Partner("s", hang_s=4))
    for n, partner in enumerate([hanging, *partners]):
        aim(TargetSpec(f"p{n}", "webhook", partner.url, secret="s"))
    begun = clock.wall()
    for n in range(6):
        enqueue(notice(f"M{n}", event=f"E{n}"))
    while Delivery.objects.filter(state="delivered").count() < 24:
        jobs.deliver(courier)
        assert clock.wall() - begun < 3, "the four must be served before the dead one's first time-out is over"
    assert [partner.counts["taken"] for partner in partners] == [6, 6, 6, 6]
    assert {row.target.split(" ")[0] for row in Delivery.objects.exclude(state="delivered")} == {"p0"}


def test_many_hanging_targets_do_not_fill_the_lane_of_the_others(notice, aim, started) -> None:
    hurried = Courier(Patience(0.05, 0.1, 50), answer_s=1.5)
    hanging = [started(Partner(hang_s=20)) for _ in range(40)]  # more than the channel has threads
    aim(*(TargetSpec(f"dead{n}", "webhook", partner.url) for n, partner in enumerate(hanging)))
    enqueue(notice("M1", event="E1"))
    end = clock.wall() + 4
    while clock.wall() < end and Delivery.objects.filter(attempts=0).exists():
        hurried.sweep()
    while clock.wall() < end:
        hurried.sweep(0.2)
    well = started(Partner())
    aim(TargetSpec("well", "webhook", well.url))
    enqueue(notice("M2", event="E2"))
    begun = clock.wall()
    while not well.counts["taken"]:
        hurried.sweep(0.2)
        assert clock.wall() - begun < 1.5
    hurried.close()


def test_a_broker_that_was_down_gets_each_state_when_it_is_back(notice, broker, retained, courier) -> None:
    actions.open_house_channels("job:test")
    use(mqtt_terminal=f"mqtt://127.0.0.1:{broker.port}")
    enqueue(notice("M1"))
    enqueue(notice("M2", action="UPG", colour="orange", areas=("320505", "320581")))
    waiting = Delivery.objects.filter(channel="mqtt_terminal")
    for _ in range(3):
        jobs.deliver(courier)
        time.sleep(0.1)
    assert set(waiting.values_list("state", flat=True)) == {"failed"}
    broker.start()
    Delivery.objects.update(next_try=0)
    assert drain(15, courier=courier).complete
    assert set(waiting.values_list("state", flat=True)) == {"delivered"}
    root = "xiangtian/exercise/terminals"
    found = {topic: json.loads(text)["in_force"] for topic, text in retained(broker.port, root).items()}
    colours = {topic.removeprefix(f"{root}/"): [s["colour"] for s in signals] for topic, signals in found.items()}
    assert colours == {"320505": ["orange"], "320506": [], "320581": ["orange"]}
    assert Receipt.objects.filter(delivery__channel="mqtt_terminal").count() == 2, "each message once"


def test_webhooks_that_were_down_get_each_message_once(notice, aim, started, courier) -> None:
    partner = started(Partner(status=503))
    aim(TargetSpec("p", "webhook", partner.url))
    for n in range(3):
        enqueue(notice(f"M{n}", event=f"E{n}"))
    drain(0.5, courier=courier)
    assert set(states()) == {"failed"}
    partner.status = 200
    Delivery.objects.update(next_try=0)
    assert drain(5, courier=courier).complete
    assert {letter["message"] for letter in partner.letters.values()} == {"M0", "M1", "M2"}
    assert (partner.counts["taken"], partner.counts["duplicates"]) == (3, 0)


def test_a_target_that_never_comes_back_is_given_up_with_the_reason(notice, aim, courier) -> None:
    aim(TargetSpec("gone", "webhook", "http://127.0.0.1:9/x"))
    enqueue(notice())
    Delivery.objects.update(tries=3)
    assert drain(10, courier=courier).complete
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.tried.count()) == ("given_up", 3, 3)
    assert row.last_error.startswith("试了 3 次后放弃：无法连接")


@pytest.mark.slow
def test_ten_thousand_recipients_with_faults_and_a_kill_in_the_middle(notice, aim, started, courier) -> None:
    number = 10_000
    # 1 % refused at once, 1 % busy the first time, 1 % accepted and then undeliverable: 3 % go wrong
    gateway = started(SmsGateway("k", Faults(refused=0.01, first_time=0.01, undelivered=0.01)))
    aim(*(TargetSpec(f"r{n}", "sms", f"1{n:010d}") for n in range(number)))
    use(sms=gateway.url)
    assert enqueue(notice()) == number
    begun = clock.wall()
    while gateway.counts["taken"] < number // 3:
        jobs.deliver(courier)
    # killed: 200 parcels reach the gateway, and nobody lives to record it
    lost = claim(Ask("sms", "exercise", False, 200), 3600)
    for parcel in lost:
        Sms().send(parcel, queries.endpoints("exercise"))
    courier.close()
    reclaim()
    reborn = Courier(Patience(0.2, 1, 6))
    done = drain(180, courier=reborn)
    reborn.close()
    took = clock.wall() - begun
    assert done.complete
    found = states()
    assert set(found) <= {"delivered", "confirmed", "given_up"}
    assert found["given_up"] == gateway.counts["refused"] + Receipt.objects.filter(kind="failed").count()
    assert len(gateway.taken) == gateway.counts["taken"] == number - gateway.counts["refused"], (
        "each once at the gateway"
    )
    assert len({order["to"] for order in gateway.taken.values()}) == gateway.counts["taken"]
    assert gateway.counts["duplicates"] > 100, "the killed parcels were sent again, and dropped there"
    assert 0.005 < gateway.counts["refused"] / number < 0.015
    handed = queries.board(notice().message).handed
    assert took < 120
    assert handed.last_s < 120


def test_an_exercise_never_reaches_a_live_target_nor_by_retry(notice, aim, started, courier) -> None:
    real, drill = started(Partner("s")), started(Partner("s", status=400))
    LiveTarget.objects.create(name="real", channel="webhook", address=real.url, secret="s")
    aim(TargetSpec("drill", "webhook", drill.url, secret="s"))
    enqueue(notice("M1", status="Exercise"))
    enqueue(notice("M2", status="Test", event="E2"))
    drain(5, courier=courier)
    assert states() == {"given_up": 2}
    unit = Unit.objects.create(code="U", zh="台", en="U", districts=["320505", "320506"])
    engineer = Person.objects.create(username="e", unit=unit, roles=["engineer"])
    for row in Delivery.objects.all():
        actions.retry(engineer, row)
    drill.status = 200
    drain(5, courier=courier)
    assert states() == {"delivered": 2}
    assert (real.counts["requests"], drill.counts["taken"]) == (0, 2)


def test_a_mixed_parcel_is_refused_on_the_way_and_given_up(notice, aim, started, courier, monkeypatch) -> None:
    real = started(Partner())
    aim(TargetSpec("drill", "webhook", real.url))
    enqueue(notice())
    wrong = queries.endpoints("live")
    monkeypatch.setattr("xiangtian.publish.jobs.courier.endpoints", lambda _: wrong)
    drain(5, courier=courier)
    assert states() == {"given_up": 1}
    assert "不得混用" in Delivery.objects.get().last_error
    assert real.counts["requests"] == 0


def test_unconfigured_channels_wait_visibly_and_go_out_when_configured(notice, aim, started, courier) -> None:
    aim(TargetSpec("a", "sms", "10001"), TargetSpec("b", "email", "duty@example.org"))
    enqueue(notice())
    jobs.deliver(courier)
    assert states() == {"queued": 2}
    assert {row.attempts for row in Delivery.objects.all()} == {0}
    assert all("未配置" in row.last_error for row in Delivery.objects.all())
    gateway, sink = started(SmsGateway("k")), started(MailSink())
    use(sms=gateway.url, email=sink.url)
    Delivery.objects.update(next_try=0)
    assert drain(10, courier=courier).complete
    assert states() == {"delivered": 2}


def test_receipts_are_fetched_late_and_twice(notice, aim, started, courier) -> None:
    gateway = started(SmsGateway("k", receipt_after_s=0.7))
    aim(TargetSpec("a", "sms", "10001"))
    use(sms=gateway.url)
    enqueue(notice())
    while states() != {"sent": 1}:
        jobs.deliver(courier)
    assert jobs.receipts() == ""
    time.sleep(0.8)
    assert jobs.receipts() == "收到回执 1"
    assert states() == {"delivered": 1}
    GatewayCursor.objects.update(cursor="")
    assert jobs.receipts() == "收到回执 0"
    assert Receipt.objects.count() == 1


def test_a_drain_does_not_wait_for_receipts_of_long_ago(notice, aim, started, courier) -> None:
    aim(TargetSpec("a", "sms", "10001"))
    use(sms=started(SmsGateway("k")).url)
    enqueue(notice())
    Delivery.objects.update(state="sent", handed_over_wall=clock.wall() - 31)
    done = drain(5, courier=courier)
    assert (done.complete, done.seconds < 2) == (True, True)


def test_a_gateway_that_is_away_is_not_asked_all_the_time(notice, aim, started, courier) -> None:
    gateway = started(SmsGateway("k", receipt_after_s=60))
    aim(TargetSpec("a", "sms", "10001"))
    use(sms=gateway.url)
    enqueue(notice())
    while states() != {"sent": 1}:
        jobs.deliver(courier)
    gateway.stop()
    with pytest.raises(Exception, match=r"refused|Errno|disconnected"):
        jobs.receipts()
    assert jobs.receipts() == "", "left alone for a while"


def test_an_expired_signal_leaves_the_terminal(notice, broker, retained, courier, tmp_path) -> None:
    broker.start()
    actions.open_house_channels("job:test")
    use(mqtt_terminal=f"mqtt://127.0.0.1:{broker.port}")
    enqueue(notice())
    drain(10, courier=courier)
    root = "xiangtian/exercise/terminals"
    assert [json.loads(t)["in_force"][0]["colour"] for t in retained(broker.port, root).values()] == ["yellow"] * 2
    assert jobs.expire() == ""
    clock.set_scenario(tmp_path / "clock", clock.now() + dt.timedelta(hours=6, seconds=1), 1)
    clock.bind(tmp_path / "clock")
    assert jobs.expire() == "演练显示终端：2 个行政区的显示已更新"
    assert [json.loads(text)["in_force"] for text in retained(broker.port, root).values()] == [[], []]
    assert jobs.expire() == ""


def test_a_lift_that_arrives_before_an_older_update_stays_lifted(notice, broker, retained, courier) -> None:
    broker.start()
    actions.open_house_channels("job:test")
    use(mqtt_terminal=f"mqtt://127.0.0.1:{broker.port}")
    enqueue(notice("M1"))
    enqueue(notice("M2", action="CAN"))
    Delivery.objects.filter(message="M1").update(next_try=clock.wall() + 0.5)
    assert drain(10, courier=courier).complete
    assert all(
        json.loads(text)["in_force"] == [] for text in retained(broker.port, "xiangtian/exercise/terminals").values()
    )


def test_an_older_state_written_after_a_newer_one_is_written_anew(notice, broker, retained, courier, aim) -> None:
    broker.start()
    aim(TargetSpec("led", "mqtt_terminal", "xiangtian/exercise/terminals"))
    use(mqtt_terminal=f"mqtt://127.0.0.1:{broker.port}")
    enqueue(notice("M1"))
    old = claim(Ask("mqtt_terminal", "exercise", False, 1), 60)[0]
    enqueue(notice("M2", action="CAN"))
    while not Delivery.objects.filter(message="M2", state="delivered").exists():
        jobs.deliver(courier)
    from xiangtian.publish.actions.record import Tried, record

    late = MqttTerminal().send(old, queries.endpoints("exercise"))
    record([Tried(old, late, clock.now(), 0.1, clock.wall())], Patience())
    assert TerminalTopic.objects.filter(until__lte=clock.now()).count() == 2
    assert "2 个行政区" in jobs.expire()
    assert all(
        json.loads(text)["in_force"] == [] for text in retained(broker.port, "xiangtian/exercise/terminals").values()
    )


def test_everything_at_once_with_the_simulators(notice, aim, courier) -> None:
    simulators = Simulators(receipt_after_s=0.1)
    where = simulators.start()
    actions.open_house_channels("job:test")
    use(sms=where.sms, email=where.smtp)
    aim(
        TargetSpec("duty", "sms", "10001"),
        TargetSpec("partner", "webhook", where.webhook, secret="drill"),
        TargetSpec("office", "email", "office@example.org"),
    )
    enqueue(notice())
    done = drain(20, courier=courier)
    simulators.stop()
    by_channel = {row.channel: row.state for row in queries.of_message(notice().message)}
    assert by_channel.pop("mqtt_terminal") == "queued", "no broker was named: it waits"
    assert done.complete
    assert set(by_channel.values()) <= {"delivered", "confirmed"}
    assert set(by_channel) == {"cap_feed", "webhook", "sms", "email"}
    assert {name: counts["taken"] for name, counts in simulators.counts().items()} == {
        "sms": 1,
        "webhook": 1,
        "email": 1,
    }


def test_an_unforeseen_error_of_a_channel_is_a_failure_with_words(notice, aim, courier, monkeypatch) -> None:
    def broken(self, parcel, endpoints):
        raise KeyError("x")

    monkeypatch.setattr("xiangtian.publish.channels.webhook.Webhook.send", broken)
    aim(TargetSpec("p", "webhook", "http://127.0.0.1:9/"))
    enqueue(notice())
    jobs.deliver(courier)
    row = Delivery.objects.get()
    assert row.state in ("failed", "given_up")
    assert "通道内部错误（KeyError" in row.last_error


def test_a_lease_too_short_to_finish_is_not_begun(notice, aim, started) -> None:
    partner = started(Partner())
    aim(TargetSpec("p", "webhook", partner.url))
    enqueue(notice())
    short = Courier(lease_s=1.0)
    short.sweep(0.5)
    short.close()
    assert partner.counts["requests"] == 0
    assert ExerciseTarget.objects.count() == 1
    assert Delivery.objects.get().attempts == 0
