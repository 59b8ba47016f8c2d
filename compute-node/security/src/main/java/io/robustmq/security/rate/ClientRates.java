package io.robustmq.security.rate;

/**
 * What one client may publish.
 *
 * @param messagesPerSecond 0 for no limit
 * @param bytesPerSecond of payload, 0 for no limit
 * @param burstSeconds how many seconds' worth may come at once after a silence, 1 or more
 */
public record ClientRates(long messagesPerSecond, long bytesPerSecond, int burstSeconds) {
    /** No limits. */
    public static final ClientRates UNLIMITED = new ClientRates(0, 0, 1);

    public ClientRates {
        if (messagesPerSecond < 0 || bytesPerSecond < 0 || burstSeconds < 1) {
            throw new IllegalArgumentException("rates must not be negative and burstSeconds positive: "
                    + messagesPerSecond + ", " + bytesPerSecond + ", " + burstSeconds);
        }
    }

    /** Whether anything is limited. */
    public boolean limited() {
        return messagesPerSecond > 0 || bytesPerSecond > 0;
    }
}
