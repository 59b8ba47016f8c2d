/**
 * The MQTT adapter: bytes become packets, packets become kernel commands, and kernel answers become packets
 * again. Everything MQTT calls by its own name stays behind this package.
 */
@NullMarked
package io.robustmq.protocol.mqtt;

import org.jspecify.annotations.NullMarked;
