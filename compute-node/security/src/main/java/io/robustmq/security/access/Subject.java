package io.robustmq.security.access;

import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A client that was let in, as rules see it.
 *
 * @param clientId identifier in force
 * @param userName the name that was proven; null if none was
 * @param address where it comes from
 * @param certificateName the CN of its certificate; null without one
 * @param superuser whether rules do not bind it
 * @param source name of the source that accepted it
 * @param ownRules rules that came with the proof of identity, before all others
 */
public record Subject(
        String clientId,
        @Nullable String userName,
        InetAddress address,
        @Nullable String certificateName,
        boolean superuser,
        String source,
        List<Rule> ownRules) {
    public Subject {
        Objects.requireNonNull(clientId, "clientId");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(source, "source");
        ownRules = List.copyOf(ownRules);
    }
}
