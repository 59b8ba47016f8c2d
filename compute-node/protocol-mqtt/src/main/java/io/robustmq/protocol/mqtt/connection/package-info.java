/**
 * One MQTT client on one connection. Enters: bytes of a socket, from a listener that was given
 * {@link io.robustmq.protocol.mqtt.connection.MqttAdapter}, and what the kernel tells a session. Leaves: kernel calls, and packets appended to the connection's coalescing writer.
 *
 * <p>Everything here belongs to the home loop of its connection; what all connections of a loop share is
 * {@link io.robustmq.protocol.mqtt.connection.MqttLoop}. Nothing here decides about messages: who gets them, what is
 * kept and what an outcome is are the kernel's answers.
 */
@NullMarked
package io.robustmq.protocol.mqtt.connection;

import org.jspecify.annotations.NullMarked;
