/**
 * The whole kernel under simulation: nodes on simulated storage, and clients that behave as conforming clients of a message protocol do, with connections that break,
 * sessions that are resumed and taken over, readers that fall behind. What they saw is held against what was promised.
 *
 * <p>Enters: a seed and a scenario. Leaves: nothing, or an {@link io.robustmq.kernel.testkit.InvariantViolation}.
 */
@NullMarked
package io.robustmq.kernel.testkit.platform;

import org.jspecify.annotations.NullMarked;
