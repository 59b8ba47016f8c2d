/** What a message costs in the kernel, from a publish to the settled delivery, without sockets and without a disk. */
@NullMarked
package io.robustmq.benchmarks.kernel.shard;

import org.jspecify.annotations.NullMarked;
