/** Log lines as JSON objects, for those who collect them by machine. */
@NullMarked
package io.robustmq.server.log;

import org.jspecify.annotations.NullMarked;
