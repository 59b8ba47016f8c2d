package io.robustmq.protocol.mqtt.codec;

/** The rules for the name that a message is published under (MQTT 5.0 §4.7). */
public final class TopicName {
    private TopicName() {}

    /**
     * Whether the text is a topic name: at least one character [MQTT-4.7.3-1], no U+0000 [MQTT-4.7.3-2], at most 65,535
     * bytes of UTF-8 [MQTT-4.7.3-3], no wildcard character [MQTT-4.7.1-1].
     */
    public static boolean isValid(CharSequence text) {
        return !text.isEmpty() && !hasWildcard(text) && Utf8.isEncodable(text);
    }

    static boolean hasWildcard(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit == '#' || unit == '+') {
                return true;
            }
        }
        return false;
    }
}
