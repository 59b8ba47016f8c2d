package io.robustmq.security.authentication;

import io.robustmq.security.CertificateIdentity;
import io.robustmq.security.Login;
import io.robustmq.security.access.Rule;
import io.robustmq.security.access.Subject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Knows some clients. */
public interface AuthenticationSource {

    /** Its name in settings, metrics and the subjects it accepts. */
    String name();

    /**
     * Checks a client. Called on an event loop, so it returns at once; the stage may be complete already and may complete on
     * any thread. A stage that completes exceptionally is a refusal.
     */
    CompletionStage<Verdict> check(Login login);

    /** Takes everyone, whatever they show. */
    static AuthenticationSource anonymous() {
        return new AuthenticationSource() {
            @Override
            public String name() {
                return "anonymous";
            }

            @Override
            public CompletionStage<Verdict> check(Login login) {
                // The name is what the client says and was not proven, as everybody knows who lets everybody in.
                return CompletableFuture.completedStage(new Verdict.Accepted(
                        subject(login, login.userName(), false, name(), List.of()), Verdict.NEVER));
            }
        };
    }

    /** The subject of a login, with what a source knows of it. */
    static Subject subject(
            Login login, @Nullable String userName, boolean superuser, String source, List<Rule> ownRules) {
        CertificateIdentity certificate = login.certificate();
        return new Subject(
                login.clientId(),
                userName,
                login.address(),
                certificate == null ? null : certificate.commonName(),
                superuser,
                source,
                ownRules);
    }
}
