package io.robustmq.protocol.mqtt.connection;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Makes client identifiers for clients that bring none (MQTT 5.0 §3.1.3.1): 128 random bits, so that nobody guesses one. */
final class ClientIds {
    private static final String PREFIX = "auto-";
    private static final int RANDOM_BYTES = 16;

    private final RandomGenerator random;

    ClientIds(RandomGenerator random) {
        this.random = random;
    }

    String next() {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return PREFIX + HexFormat.of().formatHex(bytes);
    }
}
