package io.robustmq.server.config;

import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Who may connect and do what. */
public interface SecurityConfiguration {

    @Meaning("Where users, rules and bans are kept that have no file named; without it, security in the data directory")
    Optional<Path> directory();

    @Meaning("Who may connect")
    AuthenticationConfiguration authentication();

    @Meaning("The built-in users")
    UsersConfiguration users();

    @Meaning("JSON Web Tokens")
    JwtConfiguration jwt();

    @Meaning("Client certificates")
    CertificateConfiguration certificate();

    @Meaning("An HTTP service that is asked who may connect")
    CallbackConfiguration httpAuthentication();

    @Meaning("Who may do what")
    AuthorizationConfiguration authorization();

    @Meaning("An HTTP service that is asked who may do what, when no rule says it")
    CallbackConfiguration httpAuthorization();

    @Meaning("Clients that come and go too often")
    FlappingConfiguration flapping();

    @Meaning("Addresses that guess passwords")
    GuessingConfiguration guessing();

    @Meaning("What one client may publish")
    RatesConfiguration rates();

    /** Who may connect. */
    interface AuthenticationConfiguration {

        @Meaning("Who is asked, in this order, separated by commas: users, password-file, jwt, certificate, http,"
                + " anonymous; auto is password-file where a password file is set and anonymous where none is")
        @WithDefault("auto")
        String chain();

        @Meaning("Time for a login; then it is refused")
        @WithDefault("5s")
        Duration timeout();

        @Meaning("Whether a connection ends (reason 0xA0) when the proof of identity that opened it expires")
        @WithDefault("true")
        boolean endExpired();
    }

    /** The built-in users. */
    interface UsersConfiguration {

        @Meaning("File of the built-in users; without it, users in the security directory")
        Optional<Path> file();

        @Meaning("Whether users may prove themselves by SCRAM-SHA-256 (MQTT 5 extended authentication)")
        @WithDefault("true")
        boolean scram();
    }

    /** JSON Web Tokens. */
    interface JwtConfiguration {

        @Meaning("Where the token comes")
        @WithDefault("password")
        Field from();

        /** A field of CONNECT. */
        enum Field {
            PASSWORD,
            USERNAME
        }

        @Meaning("File with the secret of HS256, HS384 and HS512; one of secret-file, key-file and jwks-url is needed")
        Optional<Path> secretFile();

        @Meaning("File with a public key in PEM or a key set in JSON, for RS, PS and ES algorithms and EdDSA")
        Optional<Path> keyFile();

        @Meaning("URL of a key set in JSON")
        Optional<String> jwksUrl();

        @Meaning("Age at which the key set is fetched anew")
        @WithDefault("5m")
        Duration refreshInterval();

        @Meaning("Time between two fetches for the sake of a key that is not known")
        @WithDefault("10s")
        Duration refetchIntervalMin();

        @Meaning("Time for a fetch")
        @WithDefault("3s")
        Duration timeout();

        @Meaning("How far clocks may differ when exp, nbf and iat are checked")
        @WithDefault("30s")
        Duration leeway();

        @Meaning("Whether a token without exp is refused")
        @WithDefault("true")
        boolean requireExpiry();

        @Meaning("What iss must be")
        Optional<String> issuer();

        @Meaning("What aud must hold")
        Optional<String> audience();

        @Meaning("The claim that becomes the user name")
        @WithDefault("sub")
        String userClaim();

        @Meaning(
                "What claims must be, as name=value separated by commas; %{username} and %{clientid} stand for what the"
                        + " client sent")
        Optional<String> claims();
    }

    /** Client certificates. */
    interface CertificateConfiguration {

        @Meaning("Which name of the certificate becomes the user name")
        @WithDefault("common-name")
        Name name();

        /** A name in a certificate. */
        enum Name {
            COMMON_NAME,
            DNS_NAME,
            EMAIL,
            URI
        }
    }

    /** An HTTP service. */
    interface CallbackConfiguration {

        @Meaning("URL of the service; placeholders such as %{clientid} are encoded for there")
        Optional<String> url();

        @Meaning("How it is asked: post with a body of JSON, get with everything in the URL")
        @WithDefault("post")
        Method method();

        /** An HTTP method. */
        enum Method {
            POST,
            GET
        }

        @Meaning(
                "Template of the body, with placeholders such as %{clientid} inside texts; without it, all that is known")
        Optional<String> body();

        @Meaning("Headers of each request, as name: value separated by semicolons")
        Optional<String> headers();

        @Meaning("Time for an answer; then it counts as a failure, which denies")
        @WithDefault("2s")
        Duration timeout();

        @Meaning("Requests at once; more are failures")
        @WithDefault("256")
        int requestsMax();

        @Meaning("Failures in a row after which the service is left alone")
        @WithDefault("5")
        int failuresMax();

        @Meaning("How long it is left alone before one request tries again")
        @WithDefault("10s")
        Duration recovery();
    }

    /** Who may do what. */
    interface AuthorizationConfiguration {

        @Meaning("File of rules, which must be there; without it, rules in the security directory, if that is there")
        Optional<Path> rulesFile();

        @Meaning("Time between two looks at the file of rules")
        @WithDefault("2s")
        Duration checkInterval();

        @Meaning(
                "What holds where no rule speaks; auto denies once there are rules or an HTTP service, and allows before")
        @WithDefault("auto")
        NoMatch noMatch();

        /** What holds when nobody says anything. */
        enum NoMatch {
            AUTO,
            ALLOW,
            DENY
        }

        @Meaning("Topics whose decisions a connection remembers, a power of two of at least 8")
        @WithDefault("32")
        int rememberedPerConnection();

        @Meaning("How long an answer of the HTTP service is remembered")
        @WithDefault("1m")
        Duration askedAgeMax();
    }

    /** Clients that come and go. */
    interface FlappingConfiguration {

        @Meaning("Disconnects of one client identifier within the window, beyond which it is banned; 0 bans nobody")
        @WithDefault("0")
        int disconnectsMax();

        @Meaning("Time in which disconnects are counted together")
        @WithDefault("1m")
        Duration window();

        @Meaning("How long the client is banned")
        @WithDefault("5m")
        Duration banTime();
    }

    /** Guessing. */
    interface GuessingConfiguration {

        @Meaning(
                "Wrong logins from one address (IPv6: one /64) within the window, for the rest of which it is not listened"
                        + " to (reason 0x9F); 0 listens to all")
        @WithDefault("30")
        int failuresMax();

        @Meaning("Time in which wrong logins are counted together")
        @WithDefault("1m")
        Duration window();
    }

    /** Rates. */
    interface RatesConfiguration {

        @Meaning("Publishes per second of one client, beyond which reading from it pauses; 0 for no limit")
        @WithDefault("0")
        long messagesPerSecond();

        @Meaning("Payload bytes per second of one client, beyond which reading from it pauses; 0 for no limit")
        @WithDefault("0")
        long bytesPerSecond();

        @Meaning("Seconds' worth that may come at once after a silence")
        @WithDefault("1")
        int burstSeconds();
    }
}
