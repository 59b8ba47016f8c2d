/**
 * Sockets shared by all protocols: event loops, listeners, limits, the gate that pauses reading, and draining.
 * Protocol adapters supply the handlers of a connection; this package never looks into the bytes.
 */
@NullMarked
package io.robustmq.transport;

import org.jspecify.annotations.NullMarked;
