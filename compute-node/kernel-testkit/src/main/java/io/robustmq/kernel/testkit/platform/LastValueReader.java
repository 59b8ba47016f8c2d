package io.robustmq.kernel.testkit.platform;

import java.util.HashMap;
import java.util.Map;

/** Collects the last values that a client is told. */
final class LastValueReader {
    final Map<String, SentMessage> found = new HashMap<>();

    void lookedUp(SentMessage message) {
        found.put(message.topic, message);
    }
}
