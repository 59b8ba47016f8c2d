/**
 * A node: loops, shards and routes put together behind the kernel's face.
 *
 * <p>Enters: loops, stores and options from whoever assembles the process (server, simulation). Leaves: a {@link io.robustmq.kernel.Kernel}. Decides nothing about messages.
 */
@NullMarked
package io.robustmq.kernel.node;

import org.jspecify.annotations.NullMarked;
