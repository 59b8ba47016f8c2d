/** Whether the simulated time, processes and links keep their promises. */
@NullMarked
package io.robustmq.kernel.testkit.schedule;

import org.jspecify.annotations.NullMarked;
