package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.robustmq.protocol.mqtt.MqttLimits;

/** The limits on topic names and filters beyond what the specification forbids, and who may write where. Immutable. */
final class TopicRules {
    private final int bytesMax;
    private final int levelsMax;

    TopicRules(MqttLimits limits) {
        bytesMax = limits.topicBytesMax();
        levelsMax = limits.topicLevelsMax();
    }

    /** Whether a name or filter is within the limits. */
    boolean isWithinLimits(String text) {
        if (text.length() > bytesMax || ByteBufUtil.utf8Bytes(text) > bytesMax) {
            return false;
        }
        int levels = 1;
        for (int at = text.indexOf('/'); at >= 0; at = text.indexOf('/', at + 1)) {
            levels++;
        }
        return levels <= levelsMax;
    }

    /** Whether a name in UTF-8 is within the limits. */
    boolean isWithinLimits(ByteBuf buffer, int index, int length) {
        if (length > bytesMax) {
            return false;
        }
        int levels = 1;
        for (int at = index; at < index + length; at++) {
            if (buffer.getByte(at) == '/') {
                levels++;
            }
        }
        return levels <= levelsMax;
    }

    /** Names that start with $ belong to the server; clients do not exchange messages there (MQTT 5.0 §4.7.2). */
    static boolean isReserved(ByteBuf buffer, int index) {
        return buffer.getByte(index) == '$';
    }

    /** As {@link #isReserved(ByteBuf, int)}, of a name that is not empty. */
    static boolean isReserved(String name) {
        return name.charAt(0) == '$';
    }
}
