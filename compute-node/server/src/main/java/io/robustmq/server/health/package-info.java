/** What {@code /q/health/live} and {@code /q/health/ready} answer: whether the loops turn, and whether clients would be served. */
@NullMarked
package io.robustmq.server.health;

import org.jspecify.annotations.NullMarked;
