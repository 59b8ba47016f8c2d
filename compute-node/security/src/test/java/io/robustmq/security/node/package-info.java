/** Tests of the package of the same name. */
@NullMarked
package io.robustmq.security.node;

import org.jspecify.annotations.NullMarked;
