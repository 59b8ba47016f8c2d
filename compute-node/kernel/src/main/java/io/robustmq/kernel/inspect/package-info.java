/**
 * What the kernel tells an administrator about itself: immutable copies, made on the loop that owns the original.
 *
 * <p>Enters: nothing. Leaves: {@link io.robustmq.kernel.inspect.SessionInfo}, {@link io.robustmq.kernel.inspect.RetainedMessage},
 * {@link io.robustmq.kernel.inspect.RouteInfo} and the portions they come in, to any thread.
 */
@NullMarked
package io.robustmq.kernel.inspect;

import org.jspecify.annotations.NullMarked;
