package io.robustmq.protocol.mqtt.connection;

import io.robustmq.protocol.mqtt.MqttLimits;

/** The default limits with one of them changed. */
final class LimitsOf {
    private LimitsOf() {}

    static MqttLimits keepAliveMax(int seconds) {
        return with(seconds, 1_024, 1_024, 16L << 20, MqttLimits.DEFAULTS.sessionExpiryMaxSeconds());
    }

    static MqttLimits receiveMaximum(int publishes) {
        return with(65_535, publishes, 1_024, 16L << 20, MqttLimits.DEFAULTS.sessionExpiryMaxSeconds());
    }

    static MqttLimits unansweredMax(int publishes, long bytes) {
        return with(65_535, 1_024, publishes, bytes, MqttLimits.DEFAULTS.sessionExpiryMaxSeconds());
    }

    static MqttLimits sessionExpiryMax(long seconds) {
        return with(65_535, 1_024, 1_024, 16L << 20, seconds);
    }

    private static MqttLimits with(
            int keepAliveMaxSeconds,
            int receiveMaximum,
            int unansweredPublishesMax,
            long unansweredBytesMax,
            long sessionExpiryMaxSeconds) {
        MqttLimits defaults = MqttLimits.DEFAULTS;
        return new MqttLimits(
                defaults.packetBytesMax(),
                defaults.topicBytesMax(),
                defaults.topicLevelsMax(),
                defaults.clientIdBytesMax(),
                3,
                2,
                keepAliveMaxSeconds,
                defaults.connectTimeoutMillis(),
                receiveMaximum,
                unansweredPublishesMax,
                unansweredBytesMax,
                defaults.deliveriesInFlightMax(),
                defaults.topicAliasMaximum(),
                defaults.topicAliasesToClientMax(),
                sessionExpiryMaxSeconds,
                defaults.rejectionsLoggedPerSecondMax());
    }
}
