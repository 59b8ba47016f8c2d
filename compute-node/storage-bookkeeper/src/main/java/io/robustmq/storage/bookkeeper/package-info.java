/**
 * Ledgers on BookKeeper and coordination records on ZooKeeper. The only package of the compute node that knows
 * their types; what they throw leaves here as a storage fault.
 */
@NullMarked
package io.robustmq.storage.bookkeeper;

import org.jspecify.annotations.NullMarked;
