/** Tests of the package of the same name. */
@NullMarked
package io.robustmq.security.authentication;

import org.jspecify.annotations.NullMarked;
