/**
 * The process is killed again and again under load, and nothing acknowledged may be missing afterwards.
 *
 * <p>The clients conform to the specification: they keep their part of the session over reconnects, send again what
 * was not acknowledged, and recognise repeated QoS 2 packets by their identifiers. So whatever is lost, doubled or out
 * of order in the end is the broker's doing.
 */
@NullMarked
package io.robustmq.acceptance.crash;

import org.jspecify.annotations.NullMarked;
