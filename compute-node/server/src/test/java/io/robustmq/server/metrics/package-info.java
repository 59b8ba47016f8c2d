/** Tests of the metrics' names and of the page that lists them. */
@NullMarked
package io.robustmq.server.metrics;

import org.jspecify.annotations.NullMarked;
