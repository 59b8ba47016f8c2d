/** Tests of the queue engine. */
@NullMarked
package io.robustmq.kernel.queue;

import org.jspecify.annotations.NullMarked;
