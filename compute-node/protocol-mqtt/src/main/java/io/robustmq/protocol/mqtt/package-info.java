/**
 * The MQTT adapter: bytes become packets, packets become kernel commands, and kernel answers become packets
 * again. Everything MQTT calls by its own name stays behind this package.
 *
 * <p>Here are the values that a server configures the adapter with and reads from it; the rooms are {@code codec} (the
 * wire format), {@code connection} (one client on one socket) and {@code auth} (who may connect).
 */
@NullMarked
package io.robustmq.protocol.mqtt;

import org.jspecify.annotations.NullMarked;
