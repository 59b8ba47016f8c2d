package io.robustmq.acceptance.wire;

import java.util.Locale;

/** The protocol versions a client can name in CONNECT. */
public enum Version {
    V3_1("MQIsdp", 3),
    V3_1_1("MQTT", 4),
    V5("MQTT", 5);

    private final String protocolName;
    private final int level;

    Version(String protocolName, int level) {
        this.protocolName = protocolName;
        this.level = level;
    }

    public String protocolName() {
        return protocolName;
    }

    public int level() {
        return level;
    }

    /** Whether packets carry properties and reason codes. */
    public boolean hasProperties() {
        return this == V5;
    }

    /** A word for names of clients and topics. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
