package io.robustmq.server.admin;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The administration of this process, once it runs: where the admin API looks. Set by the program that starts it. */
@ApplicationScoped
public class CurrentAdministration {
    private volatile @Nullable Administration administration;

    /** Requests are answered from now on. */
    public void started(Administration running) {
        administration = running;
    }

    /** Requests are told that the node stops. */
    public void stopping() {
        administration = null;
    }

    Optional<Administration> get() {
        return Optional.ofNullable(administration);
    }
}
