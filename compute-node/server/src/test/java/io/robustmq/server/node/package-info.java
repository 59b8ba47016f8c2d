/** Tests of the node put together on storage in memory. */
@NullMarked
package io.robustmq.server.node;

import org.jspecify.annotations.NullMarked;
