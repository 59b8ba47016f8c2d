/**
 * The platform in one thread under one seed: nodes that pause and crash, bookies and a coordination service that fail as the real ones do, and the invariants that
 * must hold whatever happens.
 *
 * <p>Enters: a seed and a scenario ({@link io.robustmq.kernel.testkit.SimSeeds}). Leaves: nothing, or the name of the broken invariant with the one line that
 * repeats the run. Everything runs on the thread of the test; one seed is one exact execution.
 */
@NullMarked
package io.robustmq.kernel.testkit;

import org.jspecify.annotations.NullMarked;
