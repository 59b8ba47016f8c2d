/**
 * Security of one node put together: what protocol adapters ask ({@link io.robustmq.security.node.NodeSecurity}) and what
 * administrators change while it runs ({@link io.robustmq.security.node.SecurityAdmin}). Any thread.
 */
@NullMarked
package io.robustmq.security.node;

import org.jspecify.annotations.NullMarked;
