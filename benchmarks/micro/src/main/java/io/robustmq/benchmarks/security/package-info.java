/** What it costs that every publish is asked for its right. */
@NullMarked
package io.robustmq.benchmarks.security;

import org.jspecify.annotations.NullMarked;
