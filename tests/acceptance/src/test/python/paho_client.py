"""What a user does with Paho for Python: paho_client.py PORT 4|5. Prints "ok" at the end, fails loudly before."""

import queue
import sys

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

PATIENCE = 20
PORT = int(sys.argv[1])
VERSION = int(sys.argv[2])
BASE = f"paho-python/{VERSION}"


class Client:
    """A connected client whose messages and events wait in queues."""

    def __init__(self, name, clean=True, will=None):
        arguments = {"client_id": f"paho-python-{VERSION}-{name}", "protocol": VERSION}
        if VERSION == 4:
            arguments["clean_session"] = clean
        self.mqtt = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, **arguments)
        self.messages, self.connects, self.subscribes, self.publishes = (queue.Queue() for _ in range(4))
        self.mqtt.on_connect = lambda client, data, flags, reason, properties: self.connects.put((flags, reason))
        self.mqtt.on_subscribe = lambda client, data, mid, reasons, properties: self.subscribes.put(reasons)
        self.mqtt.on_publish = lambda client, data, mid, reason, properties: self.publishes.put(mid)
        self.mqtt.on_message = lambda client, data, message: self.messages.put(message)
        if will:
            self.mqtt.will_set(*will)
        options = {}
        if VERSION == 5:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = 0 if clean else 600
            options = {"clean_start": clean, "properties": properties}
        self.mqtt.connect("127.0.0.1", PORT, **options)
        self.mqtt.loop_start()
        flags, reason = self.connects.get(timeout=PATIENCE)
        assert not reason.is_failure, reason
        self.session_present = flags.session_present

    def subscribe(self, topic, qos):
        if VERSION == 5:
            self.mqtt.subscribe(topic, options=SubscribeOptions(qos=qos))
        else:
            self.mqtt.subscribe(topic, qos)
        reasons = self.subscribes.get(timeout=PATIENCE)
        assert reasons[0].value == qos, reasons
        return self

    def publish(self, topic, payload, qos, retain=False):
        info = self.mqtt.publish(topic, payload, qos, retain)
        info.wait_for_publish(PATIENCE)
        assert info.is_published()

    def expect(self, topic, payload):
        message = self.messages.get(timeout=PATIENCE)
        assert (message.topic, message.payload.decode()) == (topic, payload), (message.topic, message.payload)
        return message

    def disconnect(self):
        self.mqtt.disconnect()
        self.mqtt.loop_stop()

    def vanish(self):
        """Ends the connection without DISCONNECT."""
        self.mqtt.loop_stop()
        self.mqtt.socket().close()


def qualities():
    subscriber = Client("subscriber").subscribe(f"{BASE}/+", 2)
    publisher = Client("publisher")
    for qos in range(3):
        publisher.publish(f"{BASE}/{qos}", f"qos {qos}", qos)
        assert subscriber.expect(f"{BASE}/{qos}", f"qos {qos}").qos == qos
    for client in (subscriber, publisher):
        client.disconnect()


def retained():
    publisher = Client("publisher")
    publisher.publish(f"{BASE}/retained", "kept", 1, retain=True)
    subscriber = Client("subscriber").subscribe(f"{BASE}/retained", 1)
    assert subscriber.expect(f"{BASE}/retained", "kept").retain
    publisher.publish(f"{BASE}/retained", "", 1, retain=True)
    subscriber.expect(f"{BASE}/retained", "")
    for client in (subscriber, publisher):
        client.disconnect()


def will():
    watcher = Client("watcher").subscribe(f"{BASE}/will", 1)
    Client("mortal", will=(f"{BASE}/will", "gone", 1)).vanish()
    watcher.expect(f"{BASE}/will", "gone")
    watcher.disconnect()


def persistent_session():
    first = Client("sleeper", clean=False)
    assert not first.session_present
    first.subscribe(f"{BASE}/offline", 1)
    first.disconnect()
    publisher = Client("publisher")
    for number in range(10):
        publisher.publish(f"{BASE}/offline", str(number), 1)
    second = Client("sleeper", clean=False)
    assert second.session_present
    for number in range(10):
        second.expect(f"{BASE}/offline", str(number))
    for client in (second, publisher):
        client.disconnect()
    Client("sleeper", clean=True).disconnect()


def shared_subscription():
    members = [Client(f"member{i}").subscribe(f"$share/group/{BASE}/shared", 1) for i in range(2)]
    publisher = Client("publisher")
    for number in range(10):
        publisher.publish(f"{BASE}/shared", str(number), 1)
    received = []
    for member in members:
        received.append(member.messages.get(timeout=PATIENCE).payload)
    while len(received) < 10:
        for member in members:
            try:
                received.append(member.messages.get(timeout=0.05).payload)
            except queue.Empty:
                continue
    assert sorted(received) == [str(number).encode() for number in range(10)], received
    for client in (*members, publisher):
        client.disconnect()


for step in (qualities, retained, will, persistent_session, shared_subscription):
    step()
    print(step.__name__)
print("ok")
