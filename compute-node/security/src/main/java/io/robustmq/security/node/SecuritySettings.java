package io.robustmq.security.node;

import io.robustmq.security.access.AccessPolicy;
import io.robustmq.security.certificate.CertificateSource;
import io.robustmq.security.http.CallbackSettings;
import io.robustmq.security.rate.ClientRates;
import io.robustmq.security.token.TokenSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a node is secured.
 *
 * @param authentication who may connect
 * @param authorization who may do what
 * @param directory where users, rules and bans are kept that have no file named; empty where nothing is kept
 * @param flapping when a client that comes and goes is banned
 * @param guessing when an address that fails to log in is not listened to
 * @param rates what one client may publish
 */
public record SecuritySettings(
        Authentication authentication,
        Authorization authorization,
        Optional<Path> directory,
        Flapping flapping,
        Guessing guessing,
        ClientRates rates) {
    public SecuritySettings {
        Objects.requireNonNull(authentication, "authentication");
        Objects.requireNonNull(authorization, "authorization");
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(flapping, "flapping");
        Objects.requireNonNull(guessing, "guessing");
        Objects.requireNonNull(rates, "rates");
    }

    /** The same, kept there if no directory is named. */
    public SecuritySettings orIn(Optional<Path> otherDirectory) {
        return new SecuritySettings(
                authentication, authorization, directory.or(() -> otherDirectory), flapping, guessing, rates);
    }

    /** Everybody may connect and do everything, and nothing is kept. */
    public static SecuritySettings open() {
        return new SecuritySettings(
                Authentication.of(List.of(SourceKind.ANONYMOUS)),
                Authorization.none(),
                Optional.empty(),
                Flapping.OFF,
                Guessing.OFF,
                ClientRates.UNLIMITED);
    }

    /**
     * Who may connect.
     *
     * @param chain who is asked, in that order
     * @param timeout for all of them together
     * @param endExpired whether a connection ends when its proof of identity does
     * @param passwordFile for {@link SourceKind#PASSWORD_FILE}
     * @param userFile for {@link SourceKind#USERS}; empty for {@code users} in the directory
     * @param scram whether users may prove themselves by SCRAM
     * @param checksAtOnceMax passwords that are checked or wait at once
     * @param rememberedMax right passwords that are remembered
     * @param tokens for {@link SourceKind#JWT}
     * @param certificateName for {@link SourceKind#CERTIFICATE}
     * @param callback for {@link SourceKind#HTTP}
     */
    public record Authentication(
            List<SourceKind> chain,
            Duration timeout,
            boolean endExpired,
            Optional<Path> passwordFile,
            Optional<Path> userFile,
            boolean scram,
            int checksAtOnceMax,
            int rememberedMax,
            Optional<TokenSettings> tokens,
            CertificateSource.Field certificateName,
            Optional<CallbackSettings> callback) {
        public Authentication {
            chain = List.copyOf(chain);
            if (chain.isEmpty() || chain.stream().distinct().count() != chain.size()) {
                throw new IllegalArgumentException("chain must name sources, each of them once: " + chain);
            }
            int anonymous = chain.indexOf(SourceKind.ANONYMOUS);
            if (anonymous >= 0 && anonymous != chain.size() - 1) {
                throw new IllegalArgumentException("chain lets everybody in before others are asked: " + chain);
            }
            if (chain.contains(SourceKind.PASSWORD_FILE) && passwordFile.isEmpty()) {
                throw new IllegalArgumentException("chain names password-file, and no password file is set");
            }
            if (chain.contains(SourceKind.JWT) && tokens.isEmpty()) {
                throw new IllegalArgumentException("chain names jwt, and no keys for tokens are set");
            }
            if (chain.contains(SourceKind.HTTP) && callback.isEmpty()) {
                throw new IllegalArgumentException("chain names http, and no URL is set");
            }
            if (!timeout.isPositive()) {
                throw new IllegalArgumentException("timeout must be positive: " + timeout);
            }
            if (checksAtOnceMax < 1 || rememberedMax < 0) {
                throw new IllegalArgumentException("checksAtOnceMax must be positive and rememberedMax not negative: "
                        + checksAtOnceMax + ", " + rememberedMax);
            }
        }

        /** That chain, with defaults for all else. */
        public static Authentication of(List<SourceKind> chain) {
            return new Authentication(
                    chain,
                    Duration.ofSeconds(5),
                    true,
                    Optional.empty(),
                    Optional.empty(),
                    true,
                    64,
                    10_000,
                    Optional.empty(),
                    CertificateSource.Field.COMMON_NAME,
                    Optional.empty());
        }
    }

    /**
     * Who may do what.
     *
     * @param rulesFile empty for {@code rules} in the directory
     * @param checkInterval between two looks at the file
     * @param otherwise what holds when nobody says anything
     * @param callback an HTTP service that is asked when no rule speaks
     * @param rememberedPerConnection topics whose decisions a connection remembers, a power of two of at least 8
     * @param askedAgeMax how long an answer of the service is remembered
     */
    public record Authorization(
            Optional<Path> rulesFile,
            Duration checkInterval,
            AccessPolicy.Default otherwise,
            Optional<CallbackSettings> callback,
            int rememberedPerConnection,
            Duration askedAgeMax) {
        public Authorization {
            Objects.requireNonNull(otherwise, "otherwise");
            if (!checkInterval.isPositive()) {
                throw new IllegalArgumentException("checkInterval must be positive: " + checkInterval);
            }
            if (rememberedPerConnection < 8 || Integer.bitCount(rememberedPerConnection) != 1) {
                throw new IllegalArgumentException(
                        "rememberedPerConnection must be a power of two of at least 8: " + rememberedPerConnection);
            }
            if (askedAgeMax.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException("askedAgeMax must be a second or more: " + askedAgeMax);
            }
        }

        /** No rules. */
        public static Authorization none() {
            return new Authorization(
                    Optional.empty(),
                    Duration.ofSeconds(2),
                    AccessPolicy.Default.AUTO,
                    Optional.empty(),
                    32,
                    Duration.ofMinutes(1));
        }
    }

    /**
     * When a client that comes and goes is banned.
     *
     * @param disconnectsMax within the window; 0 for never
     */
    public record Flapping(int disconnectsMax, Duration window, Duration banTime) {
        /** Never. */
        public static final Flapping OFF = new Flapping(0, Duration.ofMinutes(1), Duration.ofMinutes(5));

        public Flapping {
            if (disconnectsMax < 0 || !window.isPositive() || !banTime.isPositive()) {
                throw new IllegalArgumentException("disconnectsMax must not be negative, window and banTime positive: "
                        + disconnectsMax + ", " + window + ", " + banTime);
            }
        }
    }

    /**
     * When an address that fails to log in is not listened to.
     *
     * @param failuresMax within the window, for the rest of which it is not listened to; 0 for never
     */
    public record Guessing(int failuresMax, Duration window) {
        /** Never. */
        public static final Guessing OFF = new Guessing(0, Duration.ofMinutes(1));

        public Guessing {
            if (failuresMax < 0 || !window.isPositive()) {
                throw new IllegalArgumentException(
                        "failuresMax must not be negative and window positive: " + failuresMax + ", " + window);
            }
        }
    }
}
