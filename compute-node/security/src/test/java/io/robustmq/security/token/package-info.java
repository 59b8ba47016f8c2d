/** Tests of the package of the same name. */
@NullMarked
package io.robustmq.security.token;

import org.jspecify.annotations.NullMarked;
