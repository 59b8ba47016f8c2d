/** Figures of the pattern index and of the name cache. */
@NullMarked
package io.robustmq.benchmarks.kernel.route;

import org.jspecify.annotations.NullMarked;
