package io.robustmq.security.access;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Clients for tests. */
final class Subjects {
    private Subjects() {}

    static Subject of(String clientId, @Nullable String userName) {
        return of(clientId, userName, "192.0.2.7");
    }

    static Subject of(String clientId, @Nullable String userName, String address) {
        return new Subject(clientId, userName, InetAddress.ofLiteral(address), null, false, "test", List.of());
    }

    static Subject withRules(List<Rule> rules) {
        return new Subject("c", "u", InetAddress.ofLiteral("192.0.2.7"), null, false, "test", rules);
    }

    static Subject superuser() {
        return new Subject("c", "root", InetAddress.ofLiteral("192.0.2.7"), "cn", true, "test", List.of());
    }
}
