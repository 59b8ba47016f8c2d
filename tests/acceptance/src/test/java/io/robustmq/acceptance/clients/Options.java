package io.robustmq.acceptance.clients;

import java.net.URI;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How a client connects.
 *
 * @param keep whether the session outlives the connection; otherwise it starts and ends with it
 * @param willTopic where {@code gone} is published when the connection breaks; null for no will
 */
record Options(
        URI broker, String id, boolean keep, @Nullable String willTopic, OptionalInt receiveMaximum) {}
