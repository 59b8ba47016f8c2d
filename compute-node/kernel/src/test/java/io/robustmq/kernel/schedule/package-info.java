/** Tests of what is due at a time. */
@NullMarked
package io.robustmq.kernel.schedule;

import org.jspecify.annotations.NullMarked;
