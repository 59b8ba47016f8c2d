package io.robustmq.security;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client's certificate says of it, after the TLS layer verified the certificate (RFC 5280 §4.1.2.6, §4.2.1.6).
 *
 * @param commonName the CN of the subject; null if it has none
 * @param dnsNames alternative names of type dNSName, in order
 * @param emails alternative names of type rfc822Name, in order
 * @param uris alternative names of type uniformResourceIdentifier, in order
 */
public record CertificateIdentity(
        @Nullable String commonName, List<String> dnsNames, List<String> emails, List<String> uris) {
    public CertificateIdentity {
        dnsNames = List.copyOf(dnsNames);
        emails = List.copyOf(emails);
        uris = List.copyOf(uris);
        Objects.requireNonNull(uris, "uris");
    }
}
