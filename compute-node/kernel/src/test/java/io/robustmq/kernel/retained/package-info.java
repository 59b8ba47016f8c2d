/** Tests of the kept last values. */
@NullMarked
package io.robustmq.kernel.retained;

import org.jspecify.annotations.NullMarked;
