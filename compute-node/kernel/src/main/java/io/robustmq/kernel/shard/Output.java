package io.robustmq.kernel.shard;

/** Something that leaves the shard once the records it depends on are committed. */
@FunctionalInterface
interface Output {
    void committed();

    /** The outcome is unknown; the state it was decided on is gone. */
    default void lost() {}
}
