/**
 * The whole platform in one process, what {@code bin/robustmq standalone} runs: coordination, a bookie and a compute node. Enters: a command line; leaves: an exit code and, if it
 * is not zero, one sentence. The only place that sees compute and storage node together.
 */
@NullMarked
package io.robustmq.standalone;

import org.jspecify.annotations.NullMarked;
