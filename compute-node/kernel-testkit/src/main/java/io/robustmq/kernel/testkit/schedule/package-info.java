/**
 * Virtual time and what lives in it: the event queue, processes with their loops and clocks, and the network between processes.
 *
 * <p>Single-threaded. Every choice (which of two simultaneous events is first, how long a message takes, how many tasks a loop runs in a tick) is drawn from the
 * seed of the {@link io.robustmq.kernel.testkit.schedule.SimScheduler}.
 */
@NullMarked
package io.robustmq.kernel.testkit.schedule;

import org.jspecify.annotations.NullMarked;
