/**
 * Figures of the MQTT wire format: nanoseconds and allocated bytes per packet. Run with {@code -prof gc}; the hot paths
 * are to show no allocation at all.
 */
@NullMarked
package io.robustmq.benchmarks.mqtt;

import org.jspecify.annotations.NullMarked;
