/** Tests of log lines. */
@NullMarked
package io.robustmq.server.log;

import org.jspecify.annotations.NullMarked;
