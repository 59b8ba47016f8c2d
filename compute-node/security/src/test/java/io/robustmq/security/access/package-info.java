/** Tests of the package of the same name. */
@NullMarked
package io.robustmq.security.access;

import org.jspecify.annotations.NullMarked;
