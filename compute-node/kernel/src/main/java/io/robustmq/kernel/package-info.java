/**
 * The kernel's face: what a protocol adapter may use, and nothing of how it is done.
 *
 * <p>Enters: {@link io.robustmq.kernel.Session} calls (publish, subscribe, settle, detach) from the loop that owns the connection. Leaves:
 * {@link io.robustmq.kernel.SessionSink} calls on the same loop. Messages travel in one encoding, seen through {@link io.robustmq.kernel.MessageView}, from the
 * publisher's buffer to the log and to every receiver.
 *
 * <p>No protocol is known here: a QoS is a {@link io.robustmq.kernel.Guarantee}, a will a {@link io.robustmq.kernel.PartingMessage}, a retained message the last value of
 * its {@link io.robustmq.kernel.Name}. This package depends on none of the rooms below it; they implement it.
 */
@NullMarked
package io.robustmq.kernel;

import org.jspecify.annotations.NullMarked;
