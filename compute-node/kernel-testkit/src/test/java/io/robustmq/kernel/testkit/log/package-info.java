/** The shard log under simulation, with and without its rules. */
@NullMarked
package io.robustmq.kernel.testkit.log;

import org.jspecify.annotations.NullMarked;
