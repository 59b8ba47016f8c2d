package io.robustmq.protocol.mqtt.codec;

/**
 * A step of extended authentication (MQTT 5.0 §3.15); unknown to the older versions.
 *
 * @param reason success, continue or re-authenticate
 * @param properties holds the authentication method, unless the whole packet is the bare success (§3.15.2.1)
 */
public record Auth(ReasonCode reason, Properties properties) implements Packet {
    public Auth {
        PacketRules.requireReason(PacketType.AUTH, reason);
        properties.requireLegalIn(PropertyScope.AUTH);
        boolean bareSuccess = reason == ReasonCode.SUCCESS && properties.isEmpty();
        if (!bareSuccess && !properties.contains(Property.AUTHENTICATION_METHOD)) {
            throw new IllegalArgumentException("AUTH needs an authentication method (MQTT 5.0 section 3.15.2.2.2)");
        }
    }

    @Override
    public PacketType type() {
        return PacketType.AUTH;
    }
}
