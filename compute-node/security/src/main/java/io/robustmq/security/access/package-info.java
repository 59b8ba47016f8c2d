/**
 * Who may do what. Enters: a {@link io.robustmq.security.access.Subject} and what it wants; leaves: allowed, denied, or that
 * somebody outside has to be asked. Rules are immutable and shared by all threads; {@link
 * io.robustmq.security.access.ClientAccess} remembers decisions of one connection and belongs to its loop.
 */
@NullMarked
package io.robustmq.security.access;

import org.jspecify.annotations.NullMarked;
