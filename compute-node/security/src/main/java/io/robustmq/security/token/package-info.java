/**
 * JSON Web Tokens (RFC 7519) as proof of identity. Keys come from a secret, a file or a URL and are fetched anew when they
 * rotate.
 */
@NullMarked
package io.robustmq.security.token;

import org.jspecify.annotations.NullMarked;
