package io.robustmq.kernel.inspect;

import java.util.List;

/**
 * Some of the sessions of a shard.
 *
 * @param sessions those that were asked for, in no particular order
 * @param next where the next portion begins; {@link #END} if there is none
 */
public record SessionPortion(List<SessionInfo> sessions, long next) {
    /** Nothing follows. */
    public static final long END = -1;

    public SessionPortion {
        sessions = List.copyOf(sessions);
    }
}
