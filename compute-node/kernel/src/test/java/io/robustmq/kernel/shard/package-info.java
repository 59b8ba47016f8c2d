/** Tests of the shard: its state as a function of its log, audited from outside. */
@NullMarked
package io.robustmq.kernel.shard;

import org.jspecify.annotations.NullMarked;
