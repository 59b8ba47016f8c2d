package io.robustmq.protocol.mqtt.codec;

import org.jspecify.annotations.Nullable;

/**
 * A client asks for a connection (MQTT 5.0 §3.1).
 *
 * @param version the version that the client speaks; it decides the form of every later packet
 * @param clientId the client identifier, empty when the server shall choose one; length and characters are the
 *     connection's to judge
 * @param cleanStart whether a stored session is dropped; called "clean session" before MQTT 5.0
 * @param keepAliveSeconds 0 to 65,535; 0 turns the keep alive off
 * @param properties empty before MQTT 5.0
 * @param will null when there is none
 * @param userName null when there is none
 * @param password null when there is none
 */
public record Connect(
        ProtocolVersion version,
        String clientId,
        boolean cleanStart,
        int keepAliveSeconds,
        Properties properties,
        @Nullable Will will,
        @Nullable String userName,
        @Nullable BinaryData password)
        implements Packet {
    public Connect {
        PacketRules.requireText("client identifier", clientId);
        PacketRules.requireTwoBytes("keep alive", keepAliveSeconds);
        properties.requireLegalIn(PropertyScope.CONNECT);
        if (userName != null) {
            PacketRules.requireText("user name", userName);
        }
        if (password != null) {
            PacketRules.requireBinary("password", password);
            if (userName == null && !version.hasProperties()) {
                throw new IllegalArgumentException("a password without a user name needs MQTT 5.0");
            }
        }
    }

    @Override
    public PacketType type() {
        return PacketType.CONNECT;
    }

    /** Leaves out what identifies a person: user name and password. */
    @Override
    public String toString() {
        return "Connect[version=" + version + ", clientId=" + clientId + ", cleanStart=" + cleanStart
                + ", keepAliveSeconds=" + keepAliveSeconds + ", properties=" + properties + ", will=" + will + "]";
    }
}
