package io.robustmq.acceptance.broker;

import java.util.OptionalInt;

/**
 * What a test must know of a broker.
 *
 * @param acknowledgedIsOnDisk whether an acknowledged publish survives a kill
 * @param connectTimeoutSeconds how long a connection may stay without a CONNECT, where that cannot be set
 */
public record Traits(boolean acknowledgedIsOnDisk, OptionalInt connectTimeoutSeconds) {}
