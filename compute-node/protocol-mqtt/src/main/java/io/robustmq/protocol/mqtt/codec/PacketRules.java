package io.robustmq.protocol.mqtt.codec;

import java.util.List;

/**
 * What every packet record demands of its components. A record that breaks a rule cannot be made, so the encoder writes
 * legal packets only; the exceptions tell of a mistake in this program, never of what a peer sent.
 */
final class PacketRules {
    private PacketRules() {}

    static void requirePacketId(int packetId) {
        if (packetId < 1 || packetId > 0xFFFF) {
            throw new IllegalArgumentException("packet identifier " + packetId + " is not in 1..65535");
        }
    }

    static void requireTwoBytes(String name, int value) {
        if (value < 0 || value > 0xFFFF) {
            throw new IllegalArgumentException(name + " " + value + " is not in 0..65535");
        }
    }

    static void requireReason(PacketType type, ReasonCode reason) {
        if (!reason.isLegalIn(type)) {
            throw new IllegalArgumentException(reason + " is not a reason code of " + type);
        }
    }

    static void requireReasons(PacketType type, List<ReasonCode> reasons) {
        for (ReasonCode reason : reasons) {
            requireReason(type, reason);
        }
    }

    static void requireText(String name, String text) {
        if (!Utf8.isEncodable(text)) {
            throw new IllegalArgumentException(name + " cannot be sent as a UTF-8 string of MQTT");
        }
    }

    static void requireTopicName(String topic) {
        if (!TopicName.isValid(topic)) {
            throw new IllegalArgumentException("not a topic name: " + topic);
        }
    }

    static void requireBinary(String name, BinaryData data) {
        if (data.length() > 0xFFFF) {
            throw new IllegalArgumentException(name + " has " + data.length() + " bytes, more than 65535");
        }
    }

    static void requireNotEmpty(String name, List<?> list) {
        if (list.isEmpty()) {
            throw new IllegalArgumentException(name + " must not be empty");
        }
    }
}
