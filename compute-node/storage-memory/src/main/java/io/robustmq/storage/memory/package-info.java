/**
 * Ledgers and coordination records in memory. Nothing survives the process; everything else, fencing and
 * ordering included, behaves as the durable implementation does, and the same contract kit proves it.
 */
@NullMarked
package io.robustmq.storage.memory;

import org.jspecify.annotations.NullMarked;
