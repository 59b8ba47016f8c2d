/**
 * Bookies and a coordination service as they behave seen from a client, down to the single message: what can be lost, late, doubled, half written or remembered
 * wrongly by the real ones can be so here.
 *
 * <p>Enters: {@link io.robustmq.storage.ledger.LedgerStore} and {@link io.robustmq.storage.CoordStore} calls of simulated processes. Leaves: the same answers the
 * real services may give. Single-threaded, in virtual time.
 */
@NullMarked
package io.robustmq.kernel.testkit.storage;

import org.jspecify.annotations.NullMarked;
