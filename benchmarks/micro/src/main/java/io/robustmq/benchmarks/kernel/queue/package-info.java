/** Figures of the queue engine. */
@NullMarked
package io.robustmq.benchmarks.kernel.queue;

import org.jspecify.annotations.NullMarked;
