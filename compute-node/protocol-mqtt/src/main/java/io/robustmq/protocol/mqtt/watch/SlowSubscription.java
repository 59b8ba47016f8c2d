package io.robustmq.protocol.mqtt.watch;

/**
 * A subscriber that gets messages of a topic late.
 *
 * @param latencyMillis the worst since it entered the ranking
 * @param lastAtMillis when the last slow delivery was, ms since the epoch
 */
public record SlowSubscription(String clientId, String topic, long latencyMillis, long lastAtMillis) {}
