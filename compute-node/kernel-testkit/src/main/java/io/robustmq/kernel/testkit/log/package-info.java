/**
 * The shard log alone under simulation: owners on several nodes compete for shards, append, checkpoint and lose them, and a register of everything that was
 * reported or recovered finds contradictions.
 *
 * <p>Enters: a seed, a layout of bookies, the options of the log (one {@link io.robustmq.storage.ledger.ChainRule} less, to see it noticed). Leaves: nothing, or
 * an {@link io.robustmq.kernel.testkit.InvariantViolation}.
 */
@NullMarked
package io.robustmq.kernel.testkit.log;

import org.jspecify.annotations.NullMarked;
