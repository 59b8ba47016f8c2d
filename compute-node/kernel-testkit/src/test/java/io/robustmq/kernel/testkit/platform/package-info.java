/** The whole kernel under simulation. */
@NullMarked
package io.robustmq.kernel.testkit.platform;

import org.jspecify.annotations.NullMarked;
