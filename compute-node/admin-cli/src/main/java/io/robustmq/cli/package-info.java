/**
 * {@code bin/robustmq admin}: each command is one request to the admin API, shown as a table or as the JSON that came.
 *
 * <p>Enters: a command line. Leaves: text on standard output, a sentence on standard error, an {@link io.robustmq.cli.ExitCode}.
 */
@NullMarked
package io.robustmq.cli;

import org.jspecify.annotations.NullMarked;
