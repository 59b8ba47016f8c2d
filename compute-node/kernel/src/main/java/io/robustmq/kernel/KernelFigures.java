package io.robustmq.kernel;

import java.util.List;

/**
 * Counters and gauges of a node. Counters only grow.
 *
 * @param attachments live now
 * @param sessions durable sessions held by the shards of this node
 * @param subscriptions of all sessions
 * @param retained last values kept
 * @param delayed messages that wait for their time
 * @param queues groups and queues
 * @param messagesIn publishes taken, by guarantee 0, 1, 2
 * @param messagesOut deliveries handed to connections, by guarantee 0, 1, 2
 * @param droppedSlow at-most-once messages or backlog dropped because a receiver did not drain
 * @param droppedExpired skipped because expired
 * @param droppedTooLarge skipped because larger than the receiver takes
 * @param droppedLimit skipped because a session was over its limits
 * @param noRoute publishes nobody matched
 * @param recordsCommitted log records
 * @param entriesCommitted log entries
 * @param bytesCommitted log bytes
 * @param tailBytes log bytes that a takeover would replay
 * @param pendingMessages durable messages that somebody still needs
 * @param flushes finished flushes
 * @param takeovers shards taken over, first starts included
 * @param shardsServing shards that serve now
 */
public record KernelFigures(
        long attachments,
        long sessions,
        long subscriptions,
        long retained,
        long delayed,
        long queues,
        List<Long> messagesIn,
        List<Long> messagesOut,
        long droppedSlow,
        long droppedExpired,
        long droppedTooLarge,
        long droppedLimit,
        long noRoute,
        long recordsCommitted,
        long entriesCommitted,
        long bytesCommitted,
        long tailBytes,
        long pendingMessages,
        long flushes,
        long takeovers,
        int shardsServing) {}
