/** Tests of the package of the same name. */
@NullMarked
package io.robustmq.security.ban;

import org.jspecify.annotations.NullMarked;
