/** Whether the simulated services keep their promises. */
@NullMarked
package io.robustmq.kernel.testkit.storage;

import org.jspecify.annotations.NullMarked;
