package io.robustmq.kernel.inspect;

import java.util.List;

/**
 * Who wants what a pattern matches.
 *
 * @param pattern of subscriptions or queues
 * @param loops home loops with attached subscribers
 * @param shards shards with durable subscriptions
 * @param queueShards shards with queues or groups
 */
public record RouteInfo(String pattern, List<Integer> loops, List<Integer> shards, List<Integer> queueShards) {
    public RouteInfo {
        loops = List.copyOf(loops);
        shards = List.copyOf(shards);
        queueShards = List.copyOf(queueShards);
    }
}
