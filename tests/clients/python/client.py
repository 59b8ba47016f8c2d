"""Paho for Python against a broker; tests/clients/README.md says how a client program is called and what it prints."""

import os
import queue
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

PATIENCE = 20
URL = urlsplit(sys.argv[1])
VERSION = int(sys.argv[2])
TAG = sys.argv[3]


def properties_of(packet, **values):
    properties = Properties(packet)
    for name, value in values.items():
        setattr(properties, name, value)
    return properties


class Client:
    """A connected client whose messages and events wait in queues. Paho's thread fills them."""

    def __init__(self, name, clean=True, will=None, **connect_properties):
        transport = "websockets" if URL.scheme in ("ws", "wss") else "tcp"
        arguments = {"client_id": f"{TAG}-{name}", "protocol": VERSION, "transport": transport}
        if VERSION == 4:
            arguments["clean_session"] = clean
        self.mqtt = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, reconnect_on_failure=False, **arguments)
        if transport == "websockets":
            self.mqtt.ws_set_options(path=URL.path or "/mqtt")
        if URL.scheme in ("mqtts", "wss"):
            self.mqtt.tls_set(ca_certs=os.environ.get("CLIENT_CA"))
        self.messages, self.connects, self.answers, self.disconnects = (queue.Queue() for _ in range(4))
        self.mqtt.on_connect = lambda _, __, flags, reason, ___: self.connects.put((flags, reason))
        self.mqtt.on_subscribe = lambda _, __, ___, reasons, ____: self.answers.put(reasons)
        self.mqtt.on_unsubscribe = lambda _, __, ___, reasons, ____: self.answers.put(reasons)
        self.mqtt.on_message = lambda _, __, message: self.messages.put(message)
        self.mqtt.on_disconnect = lambda _, __, ___, reason, ____: self.disconnects.put(reason)
        if will:
            self.mqtt.will_set(*will)
        options = {}
        if VERSION == 5:
            expiry = 0 if clean else 600
            properties = properties_of(PacketTypes.CONNECT, SessionExpiryInterval=expiry, **connect_properties)
            options = {"clean_start": clean, "properties": properties}
        self.mqtt.connect(URL.hostname, URL.port, **options)
        self.mqtt.loop_start()
        flags, reason = self.connects.get(timeout=PATIENCE)
        assert not reason.is_failure, reason
        self.session_present = flags.session_present

    def subscribe(self, topic, qos, **values):
        if VERSION == 5:
            properties = properties_of(PacketTypes.SUBSCRIBE, **values) if values else None
            self.mqtt.subscribe(topic, options=SubscribeOptions(qos=qos), properties=properties)
        else:
            self.mqtt.subscribe(topic, qos)
        reasons = self.answers.get(timeout=PATIENCE)
        assert reasons[0].value == qos, reasons
        return self

    def unsubscribe(self, topic):
        self.mqtt.unsubscribe(topic)
        return self.answers.get(timeout=PATIENCE)

    def publish(self, topic, payload, qos=1, retain=False, **values):
        properties = properties_of(PacketTypes.PUBLISH, **values) if values else None
        info = self.mqtt.publish(topic, payload, qos, retain, properties=properties)
        info.wait_for_publish(PATIENCE)
        assert info.is_published(), "not acknowledged"

    def expect(self, topic, payload):
        message = self.messages.get(timeout=PATIENCE)
        payload = payload if isinstance(payload, bytes) else payload.encode()
        assert (message.topic, message.payload) == (topic, payload), (message.topic, message.payload[:80])
        return message

    def close(self):
        self.mqtt.disconnect()
        self.mqtt.loop_stop()


def connect(base):
    client = Client("connect")
    assert not client.session_present
    client.close()


def quality(qos):
    def run(base):
        client = Client("qos").subscribe(base, 2)
        client.publish(base, f"qos {qos}", qos)
        assert client.expect(base, f"qos {qos}").qos == qos
        client.close()

    return run


def retained(base):
    publisher = Client("publisher")
    publisher.publish(base, "kept", retain=True)
    first = Client("first").subscribe(base, 1)
    assert first.expect(base, "kept").retain
    publisher.publish(base, "", retain=True)
    second = Client("second").subscribe(base, 1)
    publisher.publish(base, "live")
    assert not second.expect(base, "live").retain
    for client in (publisher, first, second):
        client.close()


def will(base):
    watcher = Client("watcher").subscribe(base, 1)
    command = [sys.executable, __file__, *sys.argv[1:4], "mortal", base]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as mortal:
        assert mortal.stdout.readline() == "ready\n"
        mortal.send_signal(signal.SIGKILL)
    watcher.expect(base, "gone")
    watcher.close()


def persistent_session(base):
    first = Client("sleeper", clean=False)
    assert not first.session_present
    first.subscribe(base, 1).close()
    publisher = Client("publisher")
    for number in range(10):
        publisher.publish(base, str(number))
    second = Client("sleeper", clean=False)
    assert second.session_present
    for number in range(10):
        second.expect(base, str(number))
    for client in (second, publisher, Client("sleeper")):
        client.close()


def shared_subscription(base):
    inbox = queue.Queue()
    members = [Client(f"member{i}") for i in range(2)]
    for member in members:
        member.messages = inbox
        member.subscribe(f"$share/group/{base}", 1)
    publisher = Client("publisher")
    for number in range(10):
        publisher.publish(base, str(number))
    received = sorted(inbox.get(timeout=PATIENCE).payload.decode() for _ in range(10))
    assert received == [str(number) for number in range(10)], received
    for client in (*members, publisher):
        client.close()


def wildcard(base):
    client = Client("wildcard").subscribe(f"{base}/+/c/#", 1)
    for topic in ("a/c", "a/c/d/e", "a/d", "z/c/end"):
        client.publish(f"{base}/{topic}", topic)
    for topic in ("a/c", "a/c/d/e", "z/c/end"):
        client.expect(f"{base}/{topic}", topic)
    client.close()


def large_payload(base):
    payload = bytes(i % 251 for i in range(512 * 1024))
    client = Client("large").subscribe(base, 1)
    client.publish(base, payload)
    client.expect(base, payload)
    client.close()


def unsubscribe(base):
    client = Client("unsubscribe").subscribe(f"{base}/left", 1).subscribe(f"{base}/kept", 1)
    client.unsubscribe(f"{base}/left")
    client.publish(f"{base}/left", "x")
    client.publish(f"{base}/kept", "y")
    client.expect(f"{base}/kept", "y")
    client.close()


def takeover(base):
    first = Client("same")
    second = Client("same").subscribe(base, 1)
    reason = first.disconnects.get(timeout=PATIENCE)
    if VERSION == 5:
        assert reason.value == 0x8E, reason
    second.publish(base, "mine")
    second.expect(base, "mine")
    first.mqtt.loop_stop()
    second.close()


def user_properties(base):
    pairs = [("b", "1"), ("a", "2"), ("b", "3")]
    client = Client("user").subscribe(base, 1)
    client.publish(base, "x", UserProperty=pairs)
    assert client.expect(base, "x").properties.UserProperty == pairs
    client.close()


def message_expiry(base):
    sleeper = Client("sleeper", clean=False).subscribe(base, 1)
    sleeper.close()
    publisher = Client("publisher")
    publisher.publish(base, "short", MessageExpiryInterval=1)
    publisher.publish(base, "long", MessageExpiryInterval=100)
    time.sleep(2)  # What is waited for is time itself.
    sleeper = Client("sleeper", clean=False)
    assert 1 <= sleeper.expect(base, "long").properties.MessageExpiryInterval <= 99
    for client in (sleeper, publisher, Client("sleeper")):
        client.close()


def request_response(base):
    responder = Client("responder").subscribe(f"{base}/request", 1)
    requester = Client("requester").subscribe(f"{base}/answer", 1)
    requester.publish(f"{base}/request", "question", ResponseTopic=f"{base}/answer", CorrelationData=b"\x00\xff7")
    asked = responder.expect(f"{base}/request", "question").properties
    responder.publish(asked.ResponseTopic, "answer", CorrelationData=asked.CorrelationData)
    assert requester.expect(f"{base}/answer", "answer").properties.CorrelationData == b"\x00\xff7"
    for client in (responder, requester):
        client.close()


def topic_alias(base):
    client = Client("alias").subscribe(base, 1)
    client.publish(base, "named", TopicAlias=3)
    client.publish("", "aliased", TopicAlias=3)
    client.expect(base, "named")
    client.expect(base, "aliased")
    client.close()


def subscription_identifier(base):
    client = Client("identifier").subscribe(base, 1, SubscriptionIdentifier=268435455)
    client.publish(base, "x")
    assert client.expect(base, "x").properties.SubscriptionIdentifier == [268435455]
    client.close()


def reason_codes(base):
    client = Client("reasons")
    assert client.unsubscribe(base)[0].value == 0x11
    client.subscribe(base, 1)
    assert client.unsubscribe(base)[0].value == 0x00
    client.close()


def receive_maximum(base):
    Client("sleeper", clean=False).subscribe(base, 2).close()
    publisher = Client("publisher")
    for number in range(20):
        publisher.publish(base, str(number), 2)
    sleeper = Client("sleeper", clean=False, ReceiveMaximum=2)
    for number in range(20):
        sleeper.expect(base, str(number))
    for client in (sleeper, publisher, Client("sleeper")):
        client.close()


FEATURES = {
    "connect": connect,
    "QoS 0": quality(0),
    "QoS 1": quality(1),
    "QoS 2": quality(2),
    "retained": retained,
    "will": will,
    "persistent session": persistent_session,
    "shared subscription": shared_subscription,
    "wildcard": wildcard,
    "large payload": large_payload,
    "unsubscribe": unsubscribe,
    "takeover": takeover,
}
if VERSION == 5:
    FEATURES |= {
        "user properties": user_properties,
        "message expiry": message_expiry,
        "request/response": request_response,
        "topic alias": topic_alias,
        "subscription identifier": subscription_identifier,
        "reason codes": reason_codes,
        "receive maximum": receive_maximum,
    }


def report(feature, run):
    try:
        run()
    except Exception as e:  # A feature's failure is its result; the next ones are still tried.
        print(feature, "failed", f"{type(e).__name__}: {e}".replace("\n", " "), sep="\t", flush=True)
    else:
        print(feature, "ok", "", sep="\t", flush=True)


def await_shutdown():
    client = Client("waiting")
    print("ready", flush=True)
    reason = client.disconnects.get(timeout=4 * PATIENCE)
    if VERSION == 5:
        assert reason.value == 0x8B, reason


mode = sys.argv[4] if len(sys.argv) > 4 else "features"
if mode == "mortal":
    Client("mortal", will=(sys.argv[5], "gone", 1))
    print("ready", flush=True)
    signal.pause()
elif mode == "await-shutdown":
    report("server disconnect", await_shutdown)
else:
    for name, feature in FEATURES.items():
        report(name, lambda: feature(f"{TAG}/{name.replace(' ', '-').replace('/', '-')}"))
