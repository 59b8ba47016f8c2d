/** How handlers that need several reads to understand a peer keep what they have so far. */
@NullMarked
package io.robustmq.transport.input;

import org.jspecify.annotations.NullMarked;
