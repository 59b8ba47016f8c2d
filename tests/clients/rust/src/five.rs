//! rumqttc's client for 5.

use std::sync::mpsc::Sender;
use std::time::Duration;

use rumqttc::v5::mqttbytes::v5::{
    LastWill, Packet, Publish, PublishProperties, SubscribeProperties, SubscribeReasonCode, UnsubAckReason,
};
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::{Client, ConnectionError, MqttOptions, StateError};

use crate::{Event, Extra, Message, Options, Outcome, Requests};

const PACKET_BYTES_MAX: u32 = 1 << 20;

pub fn open(options: &Options, messages: Sender<Message>, events: Sender<Event>) -> Box<dyn Requests> {
    let mut settings = MqttOptions::new(&options.id, &options.host, options.port);
    settings.set_clean_start(!options.keep);
    settings.set_keep_alive(Duration::from_secs(60));
    settings.set_max_packet_size(Some(PACKET_BYTES_MAX));
    settings.set_session_expiry_interval(Some(if options.keep { 600 } else { 0 }));
    if options.receive_maximum.is_some() {
        settings.set_receive_maximum(options.receive_maximum);
    }
    if let Some((topic, payload)) = &options.will {
        settings.set_last_will(LastWill::new(topic, payload.as_str(), QoS::AtLeastOnce, false, None));
    }
    let (client, mut connection) = Client::new(settings, 100);
    std::thread::spawn(move || {
        // Whoever no longer listens has closed the feature, so a failed send is nothing to report.
        for notification in connection.iter() {
            let event = match notification {
                Ok(rumqttc::v5::Event::Incoming(Packet::Publish(publish))) => {
                    let _ = messages.send(received(publish));
                    continue;
                }
                Ok(rumqttc::v5::Event::Incoming(Packet::ConnAck(answer))) => {
                    Event::Connected { session_present: answer.session_present }
                }
                Ok(rumqttc::v5::Event::Incoming(Packet::SubAck(answer))) => {
                    Event::Subscribed(answer.return_codes.iter().map(code).collect())
                }
                Ok(rumqttc::v5::Event::Incoming(Packet::UnsubAck(answer))) => {
                    Event::Unsubscribed(answer.reasons.iter().map(reason).collect())
                }
                Ok(rumqttc::v5::Event::Incoming(Packet::PubAck(_) | Packet::PubComp(_))) => Event::Published,
                Ok(_) => continue,
                Err(ConnectionError::MqttState(StateError::ServerDisconnect { reason_code, .. })) => {
                    let _ = events.send(Event::Lost(Some(reason_code as u8)));
                    return;
                }
                Err(_) => {
                    let _ = events.send(Event::Lost(None));
                    return;
                }
            };
            let _ = events.send(event);
        }
    });
    Box::new(Five(client))
}

fn received(publish: Publish) -> Message {
    let properties = publish.properties.unwrap_or_default();
    Message {
        topic: String::from_utf8_lossy(&publish.topic).into_owned(),
        payload: publish.payload.to_vec(),
        qos: publish.qos as u8,
        retain: publish.retain,
        extra: Extra {
            user: properties.user_properties,
            expiry: properties.message_expiry_interval,
            response_topic: properties.response_topic,
            correlation: properties.correlation_data.map(|data| data.to_vec()),
            alias: properties.topic_alias,
            subscriptions: properties.subscription_identifiers,
        },
    }
}

fn code(code: &SubscribeReasonCode) -> u8 {
    match code {
        SubscribeReasonCode::Success(qos) => *qos as u8,
        _ => 0x80,
    }
}

fn reason(reason: &UnsubAckReason) -> u8 {
    match reason {
        UnsubAckReason::Success => 0x00,
        UnsubAckReason::NoSubscriptionExisted => 0x11,
        _ => 0x80,
    }
}

fn quality(qos: u8) -> QoS {
    rumqttc::v5::mqttbytes::qos(qos).expect("0, 1 or 2")
}

struct Five(Client);

impl Requests for Five {
    fn subscribe(&self, filter: &str, qos: u8, identifier: Option<usize>) -> Outcome {
        let properties = SubscribeProperties { id: identifier, user_properties: vec![] };
        Ok(self.0.subscribe_with_properties(filter, quality(qos), properties)?)
    }

    fn unsubscribe(&self, filter: &str) -> Outcome {
        Ok(self.0.unsubscribe(filter)?)
    }

    fn publish(&self, message: Message) -> Outcome {
        let extra = message.extra;
        let properties = PublishProperties {
            message_expiry_interval: extra.expiry,
            topic_alias: extra.alias,
            response_topic: extra.response_topic,
            correlation_data: extra.correlation.map(Into::into),
            user_properties: extra.user,
            ..PublishProperties::default()
        };
        let (topic, qos) = (message.topic, quality(message.qos));
        Ok(self.0.publish_with_properties(topic, qos, message.retain, message.payload, properties)?)
    }

    fn disconnect(&self) -> Outcome {
        Ok(self.0.disconnect()?)
    }
}
