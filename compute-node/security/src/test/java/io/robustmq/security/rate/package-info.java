/** Tests of the package of the same name. */
@NullMarked
package io.robustmq.security.rate;

import org.jspecify.annotations.NullMarked;
