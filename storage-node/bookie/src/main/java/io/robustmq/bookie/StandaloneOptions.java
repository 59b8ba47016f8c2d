package io.robustmq.bookie;

import java.util.Objects;

/**
 * @param metadataPort of ZooKeeper on the loopback address, 0 for any that is free
 * @param bookie of the one bookie
 */
public record StandaloneOptions(int metadataPort, BookieOptions bookie) {
    /** Any free ports, small caches. */
    public static final StandaloneOptions DEFAULTS = new StandaloneOptions(0, BookieOptions.DEFAULTS);

    public StandaloneOptions {
        if (metadataPort < 0 || metadataPort > 65_535) {
            throw new IllegalArgumentException("metadataPort must be 0 .. 65535: " + metadataPort);
        }
        Objects.requireNonNull(bookie, "bookie");
    }
}
