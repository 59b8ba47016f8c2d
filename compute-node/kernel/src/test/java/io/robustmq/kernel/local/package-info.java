/** Tests of what lives and dies with a loop. */
@NullMarked
package io.robustmq.kernel.local;

import org.jspecify.annotations.NullMarked;
