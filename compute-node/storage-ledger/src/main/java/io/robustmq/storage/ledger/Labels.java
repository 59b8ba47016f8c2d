package io.robustmq.storage.ledger;

import io.robustmq.storage.Claim;
import io.robustmq.storage.ShardId;
import java.util.Map;

/** The labels of a ledger: whose it is, and what a sweeper must know to decide about it. */
final class Labels {
    static final String CLUSTER = "cluster";
    static final String SHARD = "shard";
    static final String KIND = "kind";
    static final String EPOCH = "epoch";
    static final String INCARNATION = "incarnation";
    static final String CREATED_MILLIS = "createdMillis";
    static final String KIND_LOG = "log";
    static final String KIND_RUN = "run";

    private Labels() {}

    static Map<String, String> ofLog(String cluster, ShardId shard, Claim claim, long wallMillis) {
        return Map.of(
                CLUSTER,
                cluster,
                SHARD,
                Integer.toString(shard.value()),
                KIND,
                KIND_LOG,
                EPOCH,
                Long.toString(claim.epoch()),
                INCARNATION,
                claim.incarnation(),
                CREATED_MILLIS,
                Long.toString(wallMillis));
    }

    static Map<String, String> ofRun(String cluster, ShardId shard, long epoch, long wallMillis) {
        return Map.of(
                CLUSTER,
                cluster,
                SHARD,
                Integer.toString(shard.value()),
                KIND,
                KIND_RUN,
                EPOCH,
                Long.toString(epoch),
                CREATED_MILLIS,
                Long.toString(wallMillis));
    }

    /** A label that holds a number; {@link Long#MAX_VALUE} if it is missing or no number, so that nothing unknown is swept away. */
    static long number(Map<String, String> labels, String name) {
        try {
            return Long.parseLong(labels.getOrDefault(name, ""));
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }
}
