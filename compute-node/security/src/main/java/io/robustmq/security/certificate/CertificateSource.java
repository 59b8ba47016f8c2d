package io.robustmq.security.certificate;

import io.robustmq.security.CertificateIdentity;
import io.robustmq.security.Login;
import io.robustmq.security.authentication.AuthenticationSource;
import io.robustmq.security.authentication.Refusal;
import io.robustmq.security.authentication.Verdict;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Takes a name of the client's certificate as its user name; the TLS layer verified the certificate before. */
public final class CertificateSource implements AuthenticationSource {
    /** Its name as a source. */
    public static final String NAME = "certificate";

    /** Which name. */
    public enum Field {
        COMMON_NAME,
        DNS_NAME,
        EMAIL,
        URI
    }

    private final Field field;

    public CertificateSource(Field field) {
        this.field = field;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public CompletionStage<Verdict> check(Login login) {
        CertificateIdentity certificate = login.certificate();
        if (certificate == null) {
            return CompletableFuture.completedStage(Verdict.IGNORED);
        }
        String userName = switch (field) {
            case COMMON_NAME -> certificate.commonName();
            case DNS_NAME -> first(certificate.dnsNames());
            case EMAIL -> first(certificate.emails());
            case URI -> first(certificate.uris());
        };
        if (userName == null || userName.isBlank()) {
            return CompletableFuture.completedStage(new Verdict.Denied(
                    Refusal.NOT_AUTHORIZED, "The certificate has no name of the kind that is asked for."));
        }
        return CompletableFuture.completedStage(new Verdict.Accepted(
                AuthenticationSource.subject(login, userName, false, NAME, List.of()), Verdict.NEVER));
    }

    private static @Nullable String first(List<String> names) {
        return names.isEmpty() ? null : names.getFirst();
    }
}
