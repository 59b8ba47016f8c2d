package io.robustmq.acceptance.broker;

/**
 * What a test must know of a broker.
 *
 * @param name the product
 * @param acknowledgedIsOnDisk whether an acknowledged publish survives a kill
 * @param connectTimeoutSeconds how long a connection may stay without a CONNECT
 * @param maximumPacketBytes the largest packet the broker takes, as announced in CONNACK
 */
public record Traits(String name, boolean acknowledgedIsOnDisk, int connectTimeoutSeconds, long maximumPacketBytes) {}
