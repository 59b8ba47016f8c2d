package io.robustmq.security;

import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client shows when it connects.
 *
 * @param protocol of the client, in lower case: {@code mqtt}
 * @param clientId the identifier in force, the assigned one if the client sent none
 * @param userName null when the client sent none
 * @param password null when the client sent none
 * @param address where it comes from
 * @param certificate null without TLS or without a client certificate
 */
public record Login(
        String protocol,
        String clientId,
        @Nullable String userName,
        @Nullable Password password,
        InetAddress address,
        @Nullable CertificateIdentity certificate) {
    public Login {
        Objects.requireNonNull(protocol, "protocol");
        Objects.requireNonNull(clientId, "clientId");
        Objects.requireNonNull(address, "address");
    }

    /** Without user name and password, since lines with this text end in logs. */
    @Override
    public String toString() {
        return "Login[clientId=" + clientId + ", address=" + address.getHostAddress() + "]";
    }
}
