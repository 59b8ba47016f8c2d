/**
 * The compute node put together from its parts: loops, kernel, protocols, listeners. Enters: settings and storage; leaves: a running node, which health and metrics look at
 * and which stops in order. Nothing here decides about messages.
 */
@NullMarked
package io.robustmq.server.node;

import org.jspecify.annotations.NullMarked;
