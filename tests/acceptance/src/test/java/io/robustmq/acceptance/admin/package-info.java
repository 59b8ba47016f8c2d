/**
 * A platform as its administrators see it: over HTTP, from a terminal and under {@code $SYS}.
 */
@NullMarked
package io.robustmq.acceptance.admin;

import org.jspecify.annotations.NullMarked;
