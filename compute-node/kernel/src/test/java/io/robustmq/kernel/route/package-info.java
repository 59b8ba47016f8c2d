/** Tests of names, patterns and their index. */
@NullMarked
package io.robustmq.kernel.route;

import org.jspecify.annotations.NullMarked;
