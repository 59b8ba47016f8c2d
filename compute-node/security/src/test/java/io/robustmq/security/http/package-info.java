/** Tests of the package of the same name. */
@NullMarked
package io.robustmq.security.http;

import org.jspecify.annotations.NullMarked;
