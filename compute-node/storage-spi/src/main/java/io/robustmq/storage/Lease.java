package io.robustmq.storage;

/**
 * The right of a member to answer. Fencing decides which log is true, the lease decides who may say so: an append is reported
 * {@link AppendOutcome#COMMITTED} only while the lease holds, tested in the commit callback with a fresh reading of the clock.
 */
@FunctionalInterface
public interface Lease {

    /** The lease of a platform with one member, which nobody can take away. */
    Lease SOLE_MEMBER = () -> true;

    /** Whether the lease holds at the moment of the call. Cheap; any thread. */
    boolean validNow();
}
