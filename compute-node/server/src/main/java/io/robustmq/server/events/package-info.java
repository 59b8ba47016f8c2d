/**
 * The life of clients on its way from home loops to those who do something slow with it: {@code $SYS} messages and traces.
 *
 * <p>Enters: events from home loops, never waiting. Leaves: messages of the server, lines of traces, on a thread of their own.
 */
@NullMarked
package io.robustmq.server.events;

import org.jspecify.annotations.NullMarked;
