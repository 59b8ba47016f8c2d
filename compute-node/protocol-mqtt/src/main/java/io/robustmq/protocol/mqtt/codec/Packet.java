package io.robustmq.protocol.mqtt.codec;

/**
 * A control packet as a value (MQTT 5.0 §3). Components that a version does not know (properties, most reason codes,
 * subscription options) are left out when the packet is encoded for that version, and have their neutral value when it
 * is decoded from it: no properties, success.
 *
 * <p>The compact constructors refuse what the specification forbids, so a packet that exists can be sent.
 */
public sealed interface Packet
        permits Connect,
                ConnAck,
                Publish,
                PubAck,
                PubRec,
                PubRel,
                PubComp,
                Subscribe,
                SubAck,
                Unsubscribe,
                UnsubAck,
                PingReq,
                PingResp,
                Disconnect,
                Auth {
    /** The type of control packet. */
    PacketType type();
}
