/**
 * Looks at the traffic of clients on request: traces into files, counters per topic, the slowest subscribers. While nothing is asked for nothing is there, and a packet passes one
 * predictable branch.
 *
 * <p>Enters: what to look at, on any thread through {@link io.robustmq.protocol.mqtt.watch.TrafficWatches}. Leaves: lines, counters, a ranking. In between everything belongs to the home
 * loop that it looks at.
 */
@NullMarked
package io.robustmq.protocol.mqtt.watch;

import org.jspecify.annotations.NullMarked;
