package io.robustmq.security.token;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which tokens are taken.
 *
 * @param inUserName whether the token comes as the user name instead of the password
 * @param keys where the keys come from
 * @param leeway how far clocks may differ
 * @param requireExpiry whether a token without {@code exp} is refused
 * @param issuer what {@code iss} must be; empty for anything
 * @param audience what {@code aud} must hold; empty for anything
 * @param userClaim the claim that becomes the user name
 * @param claims what claims must be, by name; {@code ${username}} and {@code ${clientid}} stand for what the client sent
 */
public record TokenSettings(
        boolean inUserName,
        Keys keys,
        Duration leeway,
        boolean requireExpiry,
        Optional<String> issuer,
        Optional<String> audience,
        String userClaim,
        Map<String, String> claims) {
    public TokenSettings {
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(userClaim, "userClaim");
        claims = Map.copyOf(claims);
        if (leeway.isNegative()) {
            throw new IllegalArgumentException("leeway must not be negative: " + leeway);
        }
    }

    /** Where keys come from: one of these. */
    public sealed interface Keys {
        /** A shared secret for HS256, HS384 and HS512 (RFC 7518 §3.2): at least as long as the digest. */
        record Secret(Path file) implements Keys {}

        /** A public key in PEM (RFC 7468) or a key set in JSON (RFC 7517). */
        record KeyFile(Path file) implements Keys {}

        /**
         * A key set in JSON that is fetched.
         *
         * @param refreshInterval after which it is fetched anew
         * @param refetchIntervalMin between two fetches for the sake of a key that is not known
         * @param timeout of a fetch
         */
        record Url(String url, Duration refreshInterval, Duration refetchIntervalMin, Duration timeout)
                implements Keys {
            public Url {
                if (!refreshInterval.isPositive() || !refetchIntervalMin.isPositive() || !timeout.isPositive()) {
                    throw new IllegalArgumentException("intervals and timeout must be positive");
                }
            }
        }
    }

    /** What the algorithms may be (RFC 7518 §3.1, RFC 8037), by the kind of key. */
    static final List<String> PUBLIC_KEY_ALGORITHMS =
            List.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA");

    static final List<String> SECRET_ALGORITHMS = List.of("HS256", "HS384", "HS512");
}
