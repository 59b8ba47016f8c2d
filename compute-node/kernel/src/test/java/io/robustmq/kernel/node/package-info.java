/** The kernel as a whole on one thread and in memory: sessions and queues driven through its face, with no protocol. */
@NullMarked
package io.robustmq.kernel.node;

import org.jspecify.annotations.NullMarked;
