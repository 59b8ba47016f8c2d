package io.robustmq.transport.tls;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a listener does TLS.
 *
 * @param provider who does the cryptography
 * @param certificates PEM files, each with a server certificate followed by its intermediates; the first is for clients that name no host, the others for the hosts they name
 * @param keys PEM files with the private keys (PKCS#8, encrypted or not), in the order of the certificates
 * @param keyPassword of encrypted keys; null if none is
 * @param protocols versions to offer, such as {@code TLSv1.3}
 * @param ciphers suites to offer in order of preference; empty for those that the provider thinks safe
 * @param clientAuthentication whether clients show a certificate
 * @param clientCa PEM file with the authorities that client certificates may come from; null if none are asked for
 * @param revoked PEM or DER file with the revocation lists of those authorities, one for each; null if nothing is looked up
 * @param watchMillis time between two looks at the files; 0 leaves reloading to {@link TlsEndpoint#reload}
 */
public record TlsSettings(
        TlsProvider provider,
        List<Path> certificates,
        List<Path> keys,
        @Nullable String keyPassword,
        List<String> protocols,
        List<String> ciphers,
        ClientAuthentication clientAuthentication,
        @Nullable Path clientCa,
        @Nullable Path revoked,
        long watchMillis) {

    /** Versions that are offered if nothing else is asked for. */
    public static final List<String> PROTOCOLS = List.of("TLSv1.2", "TLSv1.3");

    public TlsSettings {
        certificates = List.copyOf(certificates);
        keys = List.copyOf(keys);
        protocols = List.copyOf(protocols);
        ciphers = List.copyOf(ciphers);
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("certificate must name a file");
        }
        if (certificates.size() != keys.size()) {
            throw new IllegalArgumentException(
                    "key must name as many files as certificate does, " + certificates.size() + ", not " + keys.size());
        }
        if (protocols.isEmpty()) {
            throw new IllegalArgumentException("protocols must name a version");
        }
        for (String protocol : protocols) {
            if (!PROTOCOLS.contains(protocol)) {
                throw new IllegalArgumentException("protocols must be of " + PROTOCOLS + ": " + protocol);
            }
        }
        if (clientAuthentication != ClientAuthentication.NONE && clientCa == null) {
            throw new IllegalArgumentException("client-ca must name a file when clients are asked for a certificate");
        }
        if (clientAuthentication == ClientAuthentication.NONE && clientCa != null) {
            throw new IllegalArgumentException(
                    "client-authentication must be request or require when client-ca names a file");
        }
        if (revoked != null && clientCa == null) {
            throw new IllegalArgumentException("client-ca must name a file when revoked does");
        }
        if (watchMillis < 0) {
            throw new IllegalArgumentException("watchMillis must not be negative: " + watchMillis);
        }
    }

    /** One certificate, both versions, no client certificates, files looked at every {@code watchMillis}. */
    public static TlsSettings of(Path certificate, Path key, long watchMillis) {
        return new TlsSettings(
                TlsProvider.AUTO,
                List.of(certificate),
                List.of(key),
                null,
                PROTOCOLS,
                List.of(),
                ClientAuthentication.NONE,
                null,
                null,
                watchMillis);
    }

    /** The same with clients that show a certificate of {@code authorities}. */
    public TlsSettings withClients(ClientAuthentication authentication, Path authorities, @Nullable Path revocations) {
        return new TlsSettings(
                provider,
                certificates,
                keys,
                keyPassword,
                protocols,
                ciphers,
                authentication,
                authorities,
                revocations,
                watchMillis);
    }

    /** The same with another provider. */
    public TlsSettings withProvider(TlsProvider other) {
        return new TlsSettings(
                other,
                certificates,
                keys,
                keyPassword,
                protocols,
                ciphers,
                clientAuthentication,
                clientCa,
                revoked,
                watchMillis);
    }

    /** Every file that matters. */
    List<Path> files() {
        List<Path> files = new ArrayList<>(certificates);
        files.addAll(keys);
        if (clientCa != null) {
            files.add(clientCa);
        }
        if (revoked != null) {
            files.add(revoked);
        }
        return files;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "TlsSettings[certificates=" + certificates + ", protocols=" + protocols + ", clientAuthentication="
                + clientAuthentication + "]";
    }
}
