package io.robustmq.kernel;

import java.util.Set;

/**
 * The rules by which the kernel keeps what it promised. Production obeys all of them. The simulation takes one away and must then find a violation: a checker that does
 * not notice is no checker.
 */
public enum KernelRule {
    /** An answer leaves only when everything that was decided before it is committed. */
    ANSWER_AFTER_COMMIT,
    /** What waits for an append whose outcome is unknown is answered as unknown. */
    UNKNOWN_IS_NOT_DONE,
    /** A checkpoint claims no record later than the state that was written into it. */
    FLUSH_AS_OF_ITS_START,
    /** What another shard forwards again is recognised and not applied a second time. */
    APPLY_FORWARDED_ONCE,
    /** A delivery is sent again only on a new connection. */
    RESEND_ON_NEW_CONNECTION_ONLY,
    /** A parting message is forgotten once it is sent. */
    PART_ONCE,
    /** A detach that says so suppresses the parting message. */
    HEED_ORDERLY_DETACH,
    /** A new attachment in time cancels the parting message of the one before. */
    RETURN_CANCELS_PARTING,
    /** What a member of a group leaves unsettled goes back to its queue. */
    GIVE_BACK_UNSETTLED,
    /** A message of a queue has one holder. */
    ONE_HOLDER,
    /** A message that has expired is not delivered. */
    EXPIRE_MESSAGES,
    /** A session whose time is over is not resumed. */
    EXPIRE_SESSIONS;

    /** What is in force outside the simulation. */
    public static final Set<KernelRule> ALL = Set.of(values());
}
