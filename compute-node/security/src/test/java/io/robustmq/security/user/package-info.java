/** Tests of the package of the same name. */
@NullMarked
package io.robustmq.security.user;

import org.jspecify.annotations.NullMarked;
