package io.robustmq.kernel.inspect;

import io.robustmq.kernel.EncodedMessage;

/**
 * A kept last value.
 *
 * @param name of the message
 * @param message the message itself
 */
public record RetainedMessage(String name, EncodedMessage message) {}
