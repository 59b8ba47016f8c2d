/**
 * Wiring of a compute node: configuration, health, metrics, start and stop. Classes that decide anything belong
 * to the modules below.
 */
@NullMarked
package io.robustmq.server;

import org.jspecify.annotations.NullMarked;
