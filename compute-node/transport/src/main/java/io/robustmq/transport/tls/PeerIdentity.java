package io.robustmq.transport.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/**
 * Who a client is by its certificate, which was found valid. Immutable.
 *
 * @param chain the certificate and what it came with
 * @param commonName CN of the subject, the most specific if there are several; null if there is none
 * @param alternativeNames names that the certificate is also for (RFC 5280 section 4.2.1.6), of the kinds that {@link NameKind} lists
 */
public record PeerIdentity(
        List<X509Certificate> chain, @Nullable String commonName, List<AlternativeName> alternativeNames) {

    /** Kinds of names; the code is that of RFC 5280. */
    public enum NameKind {
        EMAIL(1),
        DNS(2),
        URI(6),
        IP_ADDRESS(7);

        private final int code;

        NameKind(int code) {
            this.code = code;
        }
    }

    /** One name. */
    public record AlternativeName(NameKind kind, String name) {}

    public PeerIdentity {
        chain = List.copyOf(chain);
        alternativeNames = List.copyOf(alternativeNames);
    }

    /** Of a chain with at least one certificate, the peer's own first. */
    static PeerIdentity of(List<X509Certificate> chain) throws CertificateParsingException {
        X509Certificate own = chain.getFirst();
        return new PeerIdentity(chain, commonName(own), alternativeNames(own));
    }

    /** The first alternative name of a kind; null if there is none. */
    public @Nullable String alternativeName(NameKind kind) {
        for (AlternativeName candidate : alternativeNames) {
            if (candidate.kind() == kind) {
                return candidate.name();
            }
        }
        return null;
    }

    static @Nullable String commonName(X509Certificate certificate) throws CertificateParsingException {
        String text = certificate.getSubjectX500Principal().getName();
        try {
            List<Rdn> parts = new LdapName(text).getRdns();
            for (Rdn part : parts.reversed()) {
                if (part.getType().toUpperCase(Locale.ROOT).equals("CN") && part.getValue() instanceof String name) {
                    return name;
                }
            }
            return null;
        } catch (InvalidNameException malformed) {
            CertificateParsingException problem = new CertificateParsingException("the subject is no name: " + text);
            problem.initCause(malformed);
            throw problem;
        }
    }

    static List<AlternativeName> alternativeNames(X509Certificate certificate) throws CertificateParsingException {
        Collection<List<?>> entries = certificate.getSubjectAlternativeNames();
        if (entries == null) {
            return List.of();
        }
        List<AlternativeName> names = new ArrayList<>();
        for (List<?> entry : entries) {
            for (NameKind kind : NameKind.values()) {
                if (entry.getFirst() instanceof Integer code
                        && code == kind.code
                        && entry.get(1) instanceof String name) {
                    names.add(new AlternativeName(kind, name));
                }
            }
        }
        return names;
    }
}
