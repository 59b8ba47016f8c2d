/**
 * The kept last value per name: what a new subscription is shown first. One instance per shard, which holds the names that
 * hash to it. Enters: rows, by the shard's apply. Leaves: the row of a name, and all rows that a pattern matches, in portions, so
 * that a look-up over many names does not hold up the loop. Loop-confined.
 */
@NullMarked
package io.robustmq.kernel.retained;

import org.jspecify.annotations.NullMarked;
