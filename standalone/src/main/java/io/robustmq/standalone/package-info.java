/**
 * One process that is a whole platform: metadata, one bookie and one compute node, started in order and stopped
 * in reverse.
 */
@NullMarked
package io.robustmq.standalone;

import org.jspecify.annotations.NullMarked;
