/**
 * TLS of a listener: files become contexts, contexts become handlers of connections, and what the peer showed becomes facts. Handlers belong to the loop of their connection;
 * reading files happens on a thread of its own and never on a loop.
 */
@NullMarked
package io.robustmq.transport.tls;

import org.jspecify.annotations.NullMarked;
