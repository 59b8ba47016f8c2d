package io.robustmq.acceptance.clients;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Trust in the authority whose certificate the environment names: {@code CLIENT_CA}. */
final class Trust {
    private Trust() {}

    static TrustManagerFactory managers() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        Path certificate = Path.of(Objects.requireNonNull(System.getenv("CLIENT_CA"), "CLIENT_CA is not set"));
        try (InputStream input = Files.newInputStream(certificate)) {
            store.setCertificateEntry(
                    "authority", CertificateFactory.getInstance("X.509").generateCertificate(input));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }

    /** For libraries that take what the JVM trusts. */
    static void install() throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers().getTrustManagers(), null);
        SSLContext.setDefault(context);
    }
}
