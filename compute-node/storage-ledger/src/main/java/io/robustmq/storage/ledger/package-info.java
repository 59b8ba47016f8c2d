/**
 * A shard's log as a chain of ledgers: claim, fence, recover, roll, checkpoint, the outcome rules, and runs as ledgers.
 *
 * <p>Enters: {@link io.robustmq.storage.LogStore} and {@link io.robustmq.storage.RunStore} calls from the kernel. Leaves: calls on a
 * {@link io.robustmq.storage.ledger.LedgerStore} and a {@link io.robustmq.storage.CoordStore}. The logic is written once; in memory, simulated and on BookKeeper only those
 * two differ, so that the simulation runs the code of production. All chain state belongs to the home loop of its shard.
 */
@NullMarked
package io.robustmq.storage.ledger;

import org.jspecify.annotations.NullMarked;
