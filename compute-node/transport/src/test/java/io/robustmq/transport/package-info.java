/** Tests of the transport: pieces on a loop that is pushed by hand, the whole over real sockets. */
@NullMarked
package io.robustmq.transport;

import org.jspecify.annotations.NullMarked;
