//! rumqttc against a broker; tests/clients/README.md says how a client program is called and what it prints.

mod five;
mod three;

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::{channel, Receiver, Sender};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);

type Failure = Box<dyn std::error::Error>;
type Outcome = Result<(), Failure>;

/// A publish in either direction; `extra` is empty in 3.1.1.
#[derive(Clone, Debug, Default)]
struct Message {
    topic: String,
    payload: Vec<u8>,
    qos: u8,
    retain: bool,
    extra: Extra,
}

/// The properties of a publish of MQTT 5.
#[derive(Clone, Debug, Default)]
struct Extra {
    user: Vec<(String, String)>,
    expiry: Option<u32>,
    response_topic: Option<String>,
    correlation: Option<Vec<u8>>,
    alias: Option<u16>,
    subscriptions: Vec<usize>,
}

/// What the library tells, without the messages.
#[derive(Debug)]
enum Event {
    Connected { session_present: bool },
    Subscribed(Vec<u8>),
    Unsubscribed(Vec<u8>),
    /// A publish was settled. rumqttc does not say which one, so only one at a time is under way.
    Published,
    /// The reason code of the server's DISCONNECT, where there was one.
    Lost(Option<u8>),
}

#[derive(Clone)]
struct Options {
    id: String,
    host: String,
    port: u16,
    keep: bool,
    will: Option<(String, String)>,
    receive_maximum: Option<u16>,
}

/// What both versions of the library are reduced to. None of these waits.
trait Requests {
    fn subscribe(&self, filter: &str, qos: u8, identifier: Option<usize>) -> Outcome;
    fn unsubscribe(&self, filter: &str) -> Outcome;
    fn publish(&self, message: Message) -> Outcome;
    fn disconnect(&self) -> Outcome;
}

struct World {
    host: String,
    port: u16,
    version: String,
    tag: String,
}

struct Client {
    requests: Box<dyn Requests>,
    events: Receiver<Event>,
    messages: Receiver<Message>,
    session_present: bool,
}

impl World {
    fn open(&self, name: &str) -> Result<Client, Failure> {
        self.open_with(name, |_| {})
    }

    fn open_with(&self, name: &str, change: impl FnOnce(&mut Options)) -> Result<Client, Failure> {
        let (sender, messages) = channel();
        self.open_into(name, change, sender, messages)
    }

    fn open_into(
        &self,
        name: &str,
        change: impl FnOnce(&mut Options),
        sender: Sender<Message>,
        messages: Receiver<Message>,
    ) -> Result<Client, Failure> {
        let mut options = Options {
            id: format!("{}-{name}", self.tag),
            host: self.host.clone(),
            port: self.port,
            keep: false,
            will: None,
            receive_maximum: None,
        };
        change(&mut options);
        let (event_sender, events) = channel();
        let requests = if self.is_five() {
            five::open(&options, sender, event_sender)
        } else {
            three::open(&options, sender, event_sender)
        };
        let mut client = Client { requests, events, messages, session_present: false };
        match client.event()? {
            Event::Connected { session_present } => client.session_present = session_present,
            other => return Err(format!("{other:?} instead of CONNACK").into()),
        }
        Ok(client)
    }

    fn is_five(&self) -> bool {
        self.version == "5"
    }
}

impl Client {
    fn event(&self) -> Result<Event, Failure> {
        Ok(self.events.recv_timeout(PATIENCE)?)
    }

    fn subscribe(self, filter: &str, qos: u8) -> Result<Self, Failure> {
        self.subscribe_as(filter, qos, None)
    }

    fn subscribe_as(self, filter: &str, qos: u8, identifier: Option<usize>) -> Result<Self, Failure> {
        self.requests.subscribe(filter, qos, identifier)?;
        match self.event()? {
            Event::Subscribed(granted) if granted == [qos] => Ok(self),
            other => Err(format!("{other:?}").into()),
        }
    }

    fn unsubscribe(&self, filter: &str) -> Result<Vec<u8>, Failure> {
        self.requests.unsubscribe(filter)?;
        match self.event()? {
            Event::Unsubscribed(reasons) => Ok(reasons),
            other => Err(format!("{other:?}").into()),
        }
    }

    fn publish(&self, message: Message) -> Outcome {
        let settled = message.qos == 0;
        self.requests.publish(message)?;
        if settled {
            return Ok(());
        }
        match self.event()? {
            Event::Published => Ok(()),
            other => Err(format!("{other:?}").into()),
        }
    }

    fn send(&self, topic: &str, payload: &str) -> Outcome {
        self.publish(text(topic, payload))
    }

    fn expect(&self, topic: &str, payload: impl AsRef<[u8]>) -> Result<Message, Failure> {
        let message = self.messages.recv_timeout(PATIENCE)?;
        if message.topic != topic || message.payload != payload.as_ref() {
            let seen = String::from_utf8_lossy(&message.payload);
            return Err(format!("got {} {:.80}", message.topic, seen).into());
        }
        Ok(message)
    }

    /// Waits for the end of the connection and returns the server's reason, if it gave one.
    fn lost(&self, patience: Duration) -> Result<Option<u8>, Failure> {
        let deadline = Instant::now() + patience;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if let Event::Lost(reason) = self.events.recv_timeout(left)? {
                return Ok(reason);
            }
        }
    }

    fn close(self) -> Outcome {
        self.requests.disconnect()?;
        self.lost(PATIENCE).map(|_| ())
    }
}

fn text(topic: &str, payload: &str) -> Message {
    Message { topic: topic.into(), payload: payload.into(), qos: 1, ..Message::default() }
}

fn ensure(holds: bool, what: impl std::fmt::Display) -> Outcome {
    if holds { Ok(()) } else { Err(format!("not so: {what}").into()) }
}

fn quality(world: &World, base: &str, qos: u8) -> Outcome {
    let client = world.open("qos")?.subscribe(base, 2)?;
    client.publish(Message { qos, ..text(base, "x") })?;
    ensure(client.expect(base, "x")?.qos == qos, "same QoS")?;
    client.close()
}

fn connect(world: &World, _: &str) -> Outcome {
    let client = world.open("connect")?;
    ensure(!client.session_present, "no session")?;
    client.close()
}

fn retained(world: &World, base: &str) -> Outcome {
    let publisher = world.open("publisher")?;
    publisher.publish(Message { retain: true, ..text(base, "kept") })?;
    let first = world.open("first")?.subscribe(base, 1)?;
    ensure(first.expect(base, "kept")?.retain, "retain flag set")?;
    publisher.publish(Message { retain: true, ..text(base, "") })?;
    let second = world.open("second")?.subscribe(base, 1)?;
    publisher.send(base, "live")?;
    ensure(!second.expect(base, "live")?.retain, "retain flag clear")?;
    first.close()?;
    second.close()?;
    publisher.close()
}

fn will(world: &World, base: &str) -> Outcome {
    let watcher = world.open("watcher")?.subscribe(base, 1)?;
    let arguments: Vec<String> = std::env::args().collect();
    let mut mortal = Command::new(&arguments[0])
        .args(&arguments[1..4])
        .args(["mortal", base])
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(mortal.stdout.take().ok_or("no output")?).read_line(&mut line)?;
    mortal.kill()?;
    mortal.wait()?;
    ensure(line == "ready\n", line)?;
    watcher.expect(base, "gone")?;
    watcher.close()
}

fn persistent_session(world: &World, base: &str) -> Outcome {
    let first = world.open_with("sleeper", |o| o.keep = true)?;
    ensure(!first.session_present, "no session yet")?;
    first.subscribe(base, 1)?.close()?;
    let publisher = world.open("publisher")?;
    for number in 0..10 {
        publisher.send(base, &number.to_string())?;
    }
    let second = world.open_with("sleeper", |o| o.keep = true)?;
    ensure(second.session_present, "session present")?;
    for number in 0..10 {
        second.expect(base, number.to_string())?;
    }
    second.close()?;
    publisher.close()?;
    world.open("sleeper")?.close()
}

fn shared_subscription(world: &World, base: &str) -> Outcome {
    let (sender, messages) = channel();
    let mut members = Vec::new();
    for name in ["member0", "member1"] {
        let (_, unused) = channel();
        let member = world.open_into(name, |_| {}, sender.clone(), unused)?;
        members.push(member.subscribe(&format!("$share/group/{base}"), 1)?);
    }
    let publisher = world.open("publisher")?;
    for number in 0..10 {
        publisher.send(base, &number.to_string())?;
    }
    let mut payloads = Vec::new();
    for _ in 0..10 {
        payloads.push(String::from_utf8(messages.recv_timeout(PATIENCE)?.payload)?);
    }
    payloads.sort();
    ensure(payloads.concat() == "0123456789", format!("each message once: {payloads:?}"))?;
    for member in members {
        member.close()?;
    }
    publisher.close()
}

fn wildcard(world: &World, base: &str) -> Outcome {
    let client = world.open("wildcard")?.subscribe(&format!("{base}/+/c/#"), 1)?;
    for topic in ["a/c", "a/c/d/e", "a/d", "z/c/end"] {
        client.send(&format!("{base}/{topic}"), topic)?;
    }
    for topic in ["a/c", "a/c/d/e", "z/c/end"] {
        client.expect(&format!("{base}/{topic}"), topic)?;
    }
    client.close()
}

fn large_payload(world: &World, base: &str) -> Outcome {
    let payload: Vec<u8> = (0..512 * 1024).map(|i| (i % 251) as u8).collect();
    let client = world.open("large")?.subscribe(base, 1)?;
    client.publish(Message { payload: payload.clone(), ..text(base, "") })?;
    client.expect(base, payload)?;
    client.close()
}

fn unsubscribe(world: &World, base: &str) -> Outcome {
    let (left, kept) = (format!("{base}/left"), format!("{base}/kept"));
    let client = world.open("unsubscribe")?.subscribe(&left, 1)?.subscribe(&kept, 1)?;
    client.unsubscribe(&left)?;
    client.send(&left, "x")?;
    client.send(&kept, "y")?;
    client.expect(&kept, "y")?;
    client.close()
}

fn takeover(world: &World, base: &str) -> Outcome {
    let first = world.open("same")?;
    let second = world.open("same")?.subscribe(base, 1)?;
    let reason = first.lost(PATIENCE)?;
    ensure(!world.is_five() || reason == Some(0x8E), format!("reason 0x8E, but {reason:?}"))?;
    second.send(base, "mine")?;
    second.expect(base, "mine")?;
    second.close()
}

fn user_properties(world: &World, base: &str) -> Outcome {
    let user: Vec<(String, String)> =
        [("b", "1"), ("a", "2"), ("b", "3")].map(|(key, value)| (key.into(), value.into())).into();
    let client = world.open("user")?.subscribe(base, 1)?;
    let extra = Extra { user: user.clone(), ..Extra::default() };
    client.publish(Message { extra, ..text(base, "x") })?;
    let seen = client.expect(base, "x")?.extra.user;
    ensure(seen == user, format!("same pairs in order: {seen:?}"))?;
    client.close()
}

fn message_expiry(world: &World, base: &str) -> Outcome {
    world.open_with("sleeper", |o| o.keep = true)?.subscribe(base, 1)?.close()?;
    let publisher = world.open("publisher")?;
    for (payload, seconds) in [("short", 1), ("long", 100)] {
        let extra = Extra { expiry: Some(seconds), ..Extra::default() };
        publisher.publish(Message { extra, ..text(base, payload) })?;
    }
    std::thread::sleep(Duration::from_secs(2)); // What is waited for is time itself.
    let sleeper = world.open_with("sleeper", |o| o.keep = true)?;
    let left = sleeper.expect(base, "long")?.extra.expiry;
    ensure(left.is_some_and(|s| (1..=99).contains(&s)), format!("counted down: {left:?}"))?;
    sleeper.close()?;
    publisher.close()?;
    world.open("sleeper")?.close()
}

fn request_response(world: &World, base: &str) -> Outcome {
    let (request, answer) = (format!("{base}/request"), format!("{base}/answer"));
    let correlation = Some(vec![0, 255, 7]);
    let responder = world.open("responder")?.subscribe(&request, 1)?;
    let requester = world.open("requester")?.subscribe(&answer, 1)?;
    let asking = Extra {
        response_topic: Some(answer.clone()),
        correlation: correlation.clone(),
        ..Extra::default()
    };
    requester.publish(Message { extra: asking, ..text(&request, "question") })?;
    let asked = responder.expect(&request, "question")?.extra;
    let answering = Extra { correlation: asked.correlation, ..Extra::default() };
    let topic = asked.response_topic.ok_or("no response topic")?;
    responder.publish(Message { extra: answering, ..text(&topic, "answer") })?;
    let seen = requester.expect(&answer, "answer")?.extra.correlation;
    ensure(seen == correlation, format!("same correlation data: {seen:?}"))?;
    responder.close()?;
    requester.close()
}

fn topic_alias(world: &World, base: &str) -> Outcome {
    let client = world.open("alias")?.subscribe(base, 1)?;
    let extra = Extra { alias: Some(3), ..Extra::default() };
    client.publish(Message { extra: extra.clone(), ..text(base, "named") })?;
    client.publish(Message { extra, ..text("", "aliased") })?;
    client.expect(base, "named")?;
    client.expect(base, "aliased")?;
    client.close()
}

fn subscription_identifier(world: &World, base: &str) -> Outcome {
    let client = world.open("identifier")?.subscribe_as(base, 1, Some(268_435_455))?;
    client.send(base, "x")?;
    let seen = client.expect(base, "x")?.extra.subscriptions;
    ensure(seen == [268_435_455], format!("same identifier: {seen:?}"))?;
    client.close()
}

fn reason_codes(world: &World, base: &str) -> Outcome {
    let client = world.open("reasons")?;
    ensure(client.unsubscribe(base)? == [0x11], "no subscription existed")?;
    let client = client.subscribe(base, 1)?;
    ensure(client.unsubscribe(base)? == [0x00], "success")?;
    client.close()
}

fn receive_maximum(world: &World, base: &str) -> Outcome {
    world.open_with("sleeper", |o| o.keep = true)?.subscribe(base, 2)?.close()?;
    let publisher = world.open("publisher")?;
    for number in 0..20 {
        publisher.publish(Message { qos: 2, ..text(base, &number.to_string()) })?;
    }
    let sleeper = world.open_with("sleeper", |o| {
        o.keep = true;
        o.receive_maximum = Some(2);
    })?;
    for number in 0..20 {
        sleeper.expect(base, number.to_string())?;
    }
    sleeper.close()?;
    publisher.close()?;
    world.open("sleeper")?.close()
}

type Feature = (&'static str, fn(&World, &str) -> Outcome);

const FEATURES: &[Feature] = &[
    ("connect", connect),
    ("QoS 0", |world, base| quality(world, base, 0)),
    ("QoS 1", |world, base| quality(world, base, 1)),
    ("QoS 2", |world, base| quality(world, base, 2)),
    ("retained", retained),
    ("will", will),
    ("persistent session", persistent_session),
    ("shared subscription", shared_subscription),
    ("wildcard", wildcard),
    ("large payload", large_payload),
    ("unsubscribe", unsubscribe),
    ("takeover", takeover),
];

const FEATURES_OF_5: &[Feature] = &[
    ("user properties", user_properties),
    ("message expiry", message_expiry),
    ("request/response", request_response),
    ("topic alias", topic_alias),
    ("subscription identifier", subscription_identifier),
    ("reason codes", reason_codes),
    ("receive maximum", receive_maximum),
];

fn report(name: &str, outcome: Outcome) {
    match outcome {
        Ok(()) => say(&format!("{name}\tok\t")),
        Err(failure) => say(&format!("{name}\tfailed\t{}", failure.to_string().replace('\n', " "))),
    }
}

fn say(line: &str) {
    println!("{line}");
    std::io::stdout().flush().expect("standard output");
}

fn await_shutdown(world: &World) -> Outcome {
    let client = world.open("waiting")?;
    say("ready");
    let reason = client.lost(PATIENCE * 4)?;
    ensure(!world.is_five() || reason == Some(0x8B), format!("reason 0x8B, but {reason:?}"))
}

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.len() < 4 {
        return Err("usage: client mqtt://HOST:PORT VERSION TAG [await-shutdown]".into());
    }
    let address = arguments[1].strip_prefix("mqtt://").ok_or("only mqtt:// is built in")?;
    let (host, port) = address.trim_end_matches('/').rsplit_once(':').ok_or("no port")?;
    let world = World {
        host: host.into(),
        port: port.parse()?,
        version: arguments[2].clone(),
        tag: arguments[3].clone(),
    };
    match arguments.get(4).map(String::as_str) {
        Some("mortal") => {
            let topic = arguments[5].clone();
            let _client = world.open_with("mortal", |o| o.will = Some((topic, "gone".into())))?;
            say("ready");
            loop {
                std::thread::park();
            }
        }
        Some("await-shutdown") => report("server disconnect", await_shutdown(&world)),
        _ => {
            let more = if world.is_five() { FEATURES_OF_5 } else { &[] };
            for (name, run) in FEATURES.iter().chain(more) {
                let base = format!("{}/{}", world.tag, name.replace([' ', '/'], "-"));
                report(name, run(&world, &base));
            }
        }
    }
    Ok(())
}
