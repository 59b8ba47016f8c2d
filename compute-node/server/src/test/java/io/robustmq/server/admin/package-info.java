/** Tests of the admin API. */
@NullMarked
package io.robustmq.server.admin;

import org.jspecify.annotations.NullMarked;
