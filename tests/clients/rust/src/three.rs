//! rumqttc's client for 3.1.1.

use std::sync::mpsc::Sender;
use std::time::Duration;

use rumqttc::{Client, LastWill, MqttOptions, Packet, QoS, SubscribeReasonCode};

use crate::{Event, Message, Options, Outcome, Requests};

const PACKET_BYTES_MAX: usize = 1 << 20;

pub fn open(options: &Options, messages: Sender<Message>, events: Sender<Event>) -> Box<dyn Requests> {
    let mut settings = MqttOptions::new(&options.id, &options.host, options.port);
    settings.set_clean_session(!options.keep);
    settings.set_keep_alive(Duration::from_secs(60));
    settings.set_max_packet_size(PACKET_BYTES_MAX, PACKET_BYTES_MAX);
    if let Some((topic, payload)) = &options.will {
        settings.set_last_will(LastWill::new(topic, payload.as_str(), QoS::AtLeastOnce, false));
    }
    let (client, mut connection) = Client::new(settings, 100);
    std::thread::spawn(move || {
        // Whoever no longer listens has closed the feature, so a failed send is nothing to report.
        for notification in connection.iter() {
            let event = match notification {
                Ok(rumqttc::Event::Incoming(Packet::Publish(publish))) => {
                    let _ = messages.send(Message {
                        topic: publish.topic,
                        payload: publish.payload.to_vec(),
                        qos: publish.qos as u8,
                        retain: publish.retain,
                        ..Message::default()
                    });
                    continue;
                }
                Ok(rumqttc::Event::Incoming(Packet::ConnAck(answer))) => {
                    Event::Connected { session_present: answer.session_present }
                }
                Ok(rumqttc::Event::Incoming(Packet::SubAck(answer))) => {
                    Event::Subscribed(answer.return_codes.iter().map(code).collect())
                }
                Ok(rumqttc::Event::Incoming(Packet::UnsubAck(_))) => Event::Unsubscribed(vec![]),
                Ok(rumqttc::Event::Incoming(Packet::PubAck(_) | Packet::PubComp(_))) => Event::Published,
                Ok(_) => continue,
                Err(_) => {
                    let _ = events.send(Event::Lost(None));
                    return;
                }
            };
            let _ = events.send(event);
        }
    });
    Box::new(Three(client))
}

fn code(code: &SubscribeReasonCode) -> u8 {
    match code {
        SubscribeReasonCode::Success(qos) => *qos as u8,
        SubscribeReasonCode::Failure => 0x80,
    }
}

fn quality(qos: u8) -> QoS {
    rumqttc::qos(qos).expect("0, 1 or 2")
}

struct Three(Client);

impl Requests for Three {
    fn subscribe(&self, filter: &str, qos: u8, _: Option<usize>) -> Outcome {
        Ok(self.0.subscribe(filter, quality(qos))?)
    }

    fn unsubscribe(&self, filter: &str) -> Outcome {
        Ok(self.0.unsubscribe(filter)?)
    }

    fn publish(&self, message: Message) -> Outcome {
        Ok(self.0.publish(message.topic, quality(message.qos), message.retain, message.payload)?)
    }

    fn disconnect(&self) -> Outcome {
        Ok(self.0.disconnect()?)
    }
}
