package io.robustmq.storage.ledger;

import io.robustmq.storage.Claim;
import java.util.List;

/**
 * What the record of a shard says, for those who look from outside: checks and operators.
 *
 * @param claim the owner
 * @param ledgers ids of the chain, oldest first
 * @param flushedLsn of the newest checkpoint, 0 if there never was one
 */
public record ShardChain(Claim claim, List<Long> ledgers, long flushedLsn) {
    public ShardChain {
        ledgers = List.copyOf(ledgers);
    }

    /** Reads the value of {@code /shards/<id>}. Fails with {@link io.robustmq.storage.StorageFault.Damaged}. */
    public static ShardChain decode(byte[] value) {
        ShardRecord found = ShardRecord.decode(value);
        return new ShardChain(
                found.claim(),
                found.chain().stream().map(ShardRecord.Link::ledgerId).toList(),
                found.flushedLsn());
    }
}
