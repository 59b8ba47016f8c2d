/**
 * SCRAM-SHA-256 (RFC 5802, RFC 7677): a password is proven and never sent. Pure computation; any thread.
 */
@NullMarked
package io.robustmq.security.scram;

import org.jspecify.annotations.NullMarked;
