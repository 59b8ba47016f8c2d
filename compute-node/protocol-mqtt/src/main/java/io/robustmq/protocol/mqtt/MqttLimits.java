package io.robustmq.protocol.mqtt;

/**
 * What one MQTT connection may do to the server. Every limit has a default that is safe with unknown clients.
 *
 * @param packetBytesMax largest packet taken, fixed header included (announced as Maximum Packet Size); answered with 0x95
 * @param topicBytesMax longest topic name or filter in UTF-8, 1..65535; answered with 0x90 or 0x8F
 * @param topicLevelsMax most levels of a topic name or filter; answered as {@code topicBytesMax}
 * @param clientIdBytesMax longest client identifier in UTF-8, 23..65535; answered with 0x85
 * @param subscriptionsPerPacketMax filters in one SUBSCRIBE or UNSUBSCRIBE; those beyond are answered with 0x97
 * @param requestsPendingMax SUBSCRIBE and UNSUBSCRIBE packets that may be unanswered before reading pauses
 * @param keepAliveMaxSeconds a v5 client that asks for more, or for none, is told to use this; 65535 leaves all as it is
 * @param connectTimeoutMillis from accepting the socket to a complete CONNECT; then the connection is closed
 * @param receiveMaximum publishes of QoS 1 and 2 a v5 client may have under way, 1..65535 (announced); answered with 0x93
 * @param unansweredPublishesMax publishes of QoS 1 and 2 under way at which reading from any client pauses
 * @param unansweredBytesMax bytes of such publishes at which reading pauses
 * @param deliveriesInFlightMax deliveries that may be unsettled towards one client, 1..65535, whatever larger it announces
 * @param topicAliasMaximum topic aliases a v5 client may set, 0..65535 (announced); answered with 0x94
 * @param topicAliasesToClientMax topic aliases used towards one v5 client, whatever more it allows, 0..65535; each
 *     costs 16 bytes per connection
 * @param sessionExpiryMaxSeconds longest session expiry granted, 0..4294967295, where the last means for ever
 * @param rejectionsLoggedPerSecondMax log lines per second and loop about clients that were turned away
 */
public record MqttLimits(
        int packetBytesMax,
        int topicBytesMax,
        int topicLevelsMax,
        int clientIdBytesMax,
        int subscriptionsPerPacketMax,
        int requestsPendingMax,
        int keepAliveMaxSeconds,
        long connectTimeoutMillis,
        int receiveMaximum,
        int unansweredPublishesMax,
        long unansweredBytesMax,
        int deliveriesInFlightMax,
        int topicAliasMaximum,
        int topicAliasesToClientMax,
        long sessionExpiryMaxSeconds,
        int rejectionsLoggedPerSecondMax) {

    /** The least that may be asked for as largest packet: a CONNECT with a long identifier and a user name. */
    public static final int PACKET_BYTES_FLOOR = 1_024;

    /** The largest packet the protocol can express (MQTT 5.0 §2.1.4): five bytes of header and the greatest length. */
    public static final int PACKET_BYTES_CEILING = 268_435_455 + 5;

    /** A session expiry interval that means for ever (MQTT 5.0 §3.1.2.11.2). */
    public static final long SESSION_NEVER_EXPIRES_SECONDS = 0xFFFF_FFFFL;

    /** The defaults. A payload of 1 MiB passes with topic and properties beside it. */
    public static final MqttLimits DEFAULTS = new MqttLimits(
            (1 << 20) + (64 << 10),
            4_096,
            128,
            1_024,
            1_000,
            64,
            65_535,
            10_000,
            1_024,
            1_024,
            16L << 20,
            1_024,
            64,
            16,
            30L * 24 * 3_600,
            20);

    public MqttLimits {
        requireBetween("packetBytesMax", packetBytesMax, PACKET_BYTES_FLOOR, PACKET_BYTES_CEILING);
        requireBetween("topicBytesMax", topicBytesMax, 1, 65_535);
        requireBetween("topicLevelsMax", topicLevelsMax, 1, 65_535);
        requireBetween("clientIdBytesMax", clientIdBytesMax, 23, 65_535);
        requireBetween("subscriptionsPerPacketMax", subscriptionsPerPacketMax, 1, Integer.MAX_VALUE);
        requireBetween("requestsPendingMax", requestsPendingMax, 1, 65_535);
        requireBetween("keepAliveMaxSeconds", keepAliveMaxSeconds, 1, 65_535);
        requireBetween("connectTimeoutMillis", connectTimeoutMillis, 1, 3_600_000);
        requireBetween("receiveMaximum", receiveMaximum, 1, 65_535);
        requireBetween("unansweredPublishesMax", unansweredPublishesMax, 1, 1 << 20);
        requireBetween("unansweredBytesMax", unansweredBytesMax, 1, Long.MAX_VALUE);
        requireBetween("deliveriesInFlightMax", deliveriesInFlightMax, 1, 65_535);
        requireBetween("topicAliasMaximum", topicAliasMaximum, 0, 65_535);
        requireBetween("topicAliasesToClientMax", topicAliasesToClientMax, 0, 65_535);
        requireBetween("sessionExpiryMaxSeconds", sessionExpiryMaxSeconds, 0, SESSION_NEVER_EXPIRES_SECONDS);
        requireBetween("rejectionsLoggedPerSecondMax", rejectionsLoggedPerSecondMax, 0, 1_000_000);
    }

    private static void requireBetween(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " must be " + least + ".." + most + ": " + value);
        }
    }
}
