package io.robustmq.server.config;

import java.time.Duration;

/**
 * How the shards' logs are kept.
 *
 * @param entriesInFlight entries of one shard that may be written at once, 1..1024
 * @param rollBytes size from which a ledger is followed by a new one, 1 MiB or more: each costs writes to the coordination store
 * @param rollAge age from which a ledger that holds something is followed by a new one, one second to a year
 */
public record StorageSettings(int entriesInFlight, long rollBytes, Duration rollAge) {

    private static final int ENTRIES_IN_FLIGHT_MAX = 1024;
    private static final long ROLL_BYTES_MIN = 1 << 20;
    private static final Duration ROLL_AGE_MIN = Duration.ofSeconds(1);
    private static final Duration ROLL_AGE_MAX = Duration.ofDays(365);

    public StorageSettings {
        if (entriesInFlight < 1 || entriesInFlight > ENTRIES_IN_FLIGHT_MAX) {
            throw new IllegalArgumentException(
                    "entriesInFlight must be 1.." + ENTRIES_IN_FLIGHT_MAX + ": " + entriesInFlight);
        }
        if (rollBytes < ROLL_BYTES_MIN) {
            throw new IllegalArgumentException("rollBytes must be 1M or more: " + rollBytes);
        }
        if (rollAge.compareTo(ROLL_AGE_MIN) < 0 || rollAge.compareTo(ROLL_AGE_MAX) > 0) {
            throw new IllegalArgumentException("rollAge must be 1s..365d: " + rollAge);
        }
    }
}
