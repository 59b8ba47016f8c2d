/** Tests of the state of durable subscribers. */
@NullMarked
package io.robustmq.kernel.session;

import org.jspecify.annotations.NullMarked;
