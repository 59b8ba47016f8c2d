/**
 * Deterministic simulation of kernels. Loops, clock, network, log and coordination store run in one thread under
 * one seed; the checkers of this package hold the invariants of the platform after every event, and a failing seed
 * is the whole bug report.
 */
@NullMarked
package io.robustmq.kernel.testkit;

import org.jspecify.annotations.NullMarked;
