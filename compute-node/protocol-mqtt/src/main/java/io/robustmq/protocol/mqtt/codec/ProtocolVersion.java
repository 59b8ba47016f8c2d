package io.robustmq.protocol.mqtt.codec;

import org.jspecify.annotations.Nullable;

/** The protocol versions that are spoken, as named in the CONNECT packet (MQTT 5.0 §3.1.2.1, §3.1.2.2). */
public enum ProtocolVersion {
    MQTT_3_1("MQIsdp", 3),
    MQTT_3_1_1("MQTT", 4),
    MQTT_5("MQTT", 5);

    private final String protocolName;
    private final int level;

    ProtocolVersion(String protocolName, int level) {
        this.protocolName = protocolName;
        this.level = level;
    }

    /** The protocol name that a CONNECT of this version carries. */
    public String protocolName() {
        return protocolName;
    }

    /** The protocol level (3.1.1) or protocol version (5.0) byte of the CONNECT. */
    public int level() {
        return level;
    }

    /** Whether packets of this version carry properties and reason codes. */
    public boolean hasProperties() {
        return this == MQTT_5;
    }

    /** The version that a name and a level stand for together, or null when the pair is not one that is spoken. */
    static @Nullable ProtocolVersion of(String protocolName, int level) {
        for (ProtocolVersion version : values()) {
            if (version.level == level && version.protocolName.equals(protocolName)) {
                return version;
            }
        }
        return null;
    }
}
