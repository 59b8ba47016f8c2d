/**
 * What the server tells clients about itself under {@code $SYS}: names and payloads as EMQX has them, so that what reads those reads these.
 *
 * <p>Enters: values and {@link io.robustmq.protocol.mqtt.observe.ClientEvent}s. Leaves: {@link io.robustmq.protocol.mqtt.connection.ServerMessage}s, which somebody publishes.
 */
@NullMarked
package io.robustmq.protocol.mqtt.system;

import org.jspecify.annotations.NullMarked;
