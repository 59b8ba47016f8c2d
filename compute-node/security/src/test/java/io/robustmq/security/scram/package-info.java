/** Tests of the package of the same name. */
@NullMarked
package io.robustmq.security.scram;

import org.jspecify.annotations.NullMarked;
