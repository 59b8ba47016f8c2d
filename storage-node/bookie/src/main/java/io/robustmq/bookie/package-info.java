/**
 * The storage node: starts, watches and stops an embedded bookie and, by role, an embedded ZooKeeper server. It
 * knows nothing of compute nodes.
 */
@NullMarked
package io.robustmq.bookie;

import org.jspecify.annotations.NullMarked;
