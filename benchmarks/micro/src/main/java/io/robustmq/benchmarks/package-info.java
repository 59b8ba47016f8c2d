/**
 * JMH benchmarks of the hot paths, named after what they measure. Run them with make bench.
 */
@NullMarked
package io.robustmq.benchmarks;

import org.jspecify.annotations.NullMarked;
