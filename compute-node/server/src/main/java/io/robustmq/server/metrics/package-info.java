/** What {@code /q/metrics} shows of the node: names in one place, values read from the parts when somebody asks. */
@NullMarked
package io.robustmq.server.metrics;

import org.jspecify.annotations.NullMarked;
