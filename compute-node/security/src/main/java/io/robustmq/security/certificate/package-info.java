/**
 * The certificate that a client showed in its TLS handshake as proof of identity (RFC 5280).
 */
@NullMarked
package io.robustmq.security.certificate;

import org.jspecify.annotations.NullMarked;
