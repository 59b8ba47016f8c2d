package io.robustmq.protocol.mqtt.codec;

/** A name and a value that the protocol passes on without looking at them (MQTT 5.0 §3.3.2.3.7). Names may repeat. */
public record UserProperty(String name, String value) {
    public UserProperty {
        PacketRules.requireText("user property name", name);
        PacketRules.requireText("user property value", value);
    }
}
