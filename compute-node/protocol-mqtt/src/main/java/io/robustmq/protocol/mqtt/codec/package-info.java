/**
 * The wire format of MQTT 3.1, 3.1.1 and 5.0, in both directions.
 *
 * <p>Bytes enter through {@link io.robustmq.protocol.mqtt.codec.PacketDecoder}, which hands the two packets that make up
 * the traffic of a busy connection to a {@link io.robustmq.protocol.mqtt.codec.PacketSink} without allocating (a PUBLISH
 * as a view over the input buffer, an acknowledgement as three plain arguments) and every other packet as a record.
 * Bytes leave through {@link io.robustmq.protocol.mqtt.codec.PacketEncoder}. Whatever the specification forbids leaves
 * as a {@link io.robustmq.protocol.mqtt.codec.DecodeFailure} with the reason code to answer with.
 *
 * <p>Statement identifiers in brackets are those of MQTT 5.0 unless 3.1.1 is named beside them.
 *
 * <p>The package knows the format and nothing else: no sockets, no sessions, no clock. A decoder belongs to one
 * connection and to the thread of that connection; everything else is immutable or stateless and may be shared.
 * Nothing here takes over or releases a buffer: buffers stay with the caller.
 */
@NullMarked
package io.robustmq.protocol.mqtt.codec;

import org.jspecify.annotations.NullMarked;
