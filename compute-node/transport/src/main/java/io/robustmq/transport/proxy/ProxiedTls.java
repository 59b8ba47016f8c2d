package io.robustmq.transport.proxy;

import org.jspecify.annotations.Nullable;

/**
 * TLS that ended at the proxy (PROXY protocol version 2, section 2.2.6).
 *
 * @param version such as {@code TLSv1.3}; null if not told
 * @param cipher null if not told
 * @param commonName of the client's certificate; null if not told
 * @param verified whether the client showed a certificate and the proxy found it valid
 */
public record ProxiedTls(
        @Nullable String version,
        @Nullable String cipher,
        @Nullable String commonName,
        boolean verified) {}
