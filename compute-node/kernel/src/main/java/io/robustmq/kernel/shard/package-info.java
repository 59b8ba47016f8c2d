/**
 * The shard: a single-writer state machine with a log of its own.
 *
 * <p>Enters: commands from loops (attach, subscribe, append, settle ...) on the shard's home loop. A command is <em>decided</em> (records are written to the open log entry) and
 * each record is <em>applied</em> at once, by the same code that replays the log after a takeover. Leaves: replies and deliveries, but only when the last record they depend on
 * is committed. After any outcome other than committed all state is thrown away and rebuilt by taking the shard over again.
 *
 * <p>A flush writes what survives (messages still needed, and a snapshot of the rest) to runs and shortens the log. Everything of a shard belongs to its home loop.
 */
@NullMarked
package io.robustmq.kernel.shard;

import org.jspecify.annotations.NullMarked;
