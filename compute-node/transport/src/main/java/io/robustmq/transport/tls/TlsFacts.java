package io.robustmq.transport.tls;

import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What a handshake settled.
 *
 * @param protocol such as {@code TLSv1.3}
 * @param cipher name of the suite
 * @param peer who the client is by its certificate; null if it showed none
 */
public record TlsFacts(
        String protocol, String cipher, @Nullable PeerIdentity peer) {

    /** Of a session whose handshake is complete; fails if the client's certificate holds names that cannot be read. */
    public static TlsFacts of(SSLSession session) throws CertificateParsingException {
        return new TlsFacts(session.getProtocol(), session.getCipherSuite(), peer(session));
    }

    private static @Nullable PeerIdentity peer(SSLSession session) throws CertificateParsingException {
        Certificate[] shown;
        try {
            shown = session.getPeerCertificates();
        } catch (SSLPeerUnverifiedException _) {
            // The way in which a session says that there is none.
            return null;
        }
        List<X509Certificate> chain = new ArrayList<>();
        for (Certificate certificate : shown) {
            if (certificate instanceof X509Certificate known) {
                chain.add(known);
            }
        }
        return chain.isEmpty() ? null : PeerIdentity.of(chain);
    }
}
