package io.robustmq.security.token;

import io.robustmq.security.Login;
import io.robustmq.security.Password;
import io.robustmq.security.SecurityCounters;
import io.robustmq.security.access.Rule;
import io.robustmq.security.access.RuleClaims;
import io.robustmq.security.access.RuleSyntaxException;
import io.robustmq.security.authentication.AuthenticationSource;
import io.robustmq.security.authentication.Refusal;
import io.robustmq.security.authentication.Verdict;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * Takes a signed JSON Web Token (RFC 7519, RFC 7515) as proof of identity. What is no token is left to the next source; a
 * token that is wrong in anything is a refusal, so that a forged one is not tried as a password further on.
 *
 * <p>Claims read besides the registered ones: {@code acl} ({@link RuleClaims}) and {@code is_superuser}. The algorithm is
 * the token's choice only among those of the kind of key that is configured (RFC 8725 §3.1); {@code none} never is.
 *
 * <p>Any thread. Work is done on the executor, since keys may have to be fetched.
 */
public final class TokenSource implements AuthenticationSource {
    /** Its name as a source. */
    public static final String NAME = "jwt";

    private static final String ACL = "acl";
    private static final String SUPERUSER = "is_superuser";
    private static final int CHARACTERS_MAX = 16_384;

    private static final Verdict INVALID = new Verdict.Denied(Refusal.BAD_CREDENTIALS, "The token is not valid.");

    private final TokenSettings settings;
    private final KeySource keys;
    private final Executor executor;
    private final LongSupplier wallMillis;
    private final AlgorithmConstraints algorithms;

    /**
     * @param executor where tokens are checked; must not be an event loop
     * @param http used where keys come from a URL
     * @param nanoTime clock for intervals
     * @param wallMillis clock for expiry
     */
    public TokenSource(
            TokenSettings settings,
            SecurityCounters counters,
            Executor executor,
            HttpClient http,
            LongSupplier nanoTime,
            LongSupplier wallMillis) {
        this.settings = settings;
        this.keys = new KeySource(settings.keys(), counters, http, nanoTime);
        this.executor = executor;
        this.wallMillis = wallMillis;
        List<String> permitted =
                keys.isSecret() ? TokenSettings.SECRET_ALGORITHMS : TokenSettings.PUBLIC_KEY_ALGORITHMS;
        this.algorithms = new AlgorithmConstraints(ConstraintType.PERMIT, permitted.toArray(String[]::new));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public CompletionStage<Verdict> check(Login login) {
        String token = token(login);
        if (token == null) {
            return CompletableFuture.completedStage(Verdict.IGNORED);
        }
        return CompletableFuture.supplyAsync(() -> check(login, token), executor);
    }

    private @Nullable String token(Login login) {
        Password password = login.password();
        String token = settings.inUserName() ? login.userName() : password == null ? null : password.toText();
        return token != null && looksLikeToken(token) ? token : null;
    }

    /** Three parts of Base64 of which the first is a JSON object. */
    private static boolean looksLikeToken(String text) {
        return text.startsWith("eyJ")
                && text.chars().filter(character -> character == '.').count() == 2;
    }

    private Verdict check(Login login, String token) {
        if (token.length() > CHARACTERS_MAX) {
            return INVALID;
        }
        try {
            JwtClaims claims = verified(token);
            return claims != null && claimsFit(claims, login) ? accepted(login, claims) : INVALID;
        } catch (KeysUnavailableException unavailable) {
            return new Verdict.Denied(Refusal.UNAVAILABLE, "The login could not be checked.");
        } catch (JoseException | InvalidJwtException | MalformedClaimException | RuleSyntaxException wrong) {
            return INVALID;
        }
    }

    /** The claims if one of the keys signed them and they are in force; null if none did. */
    private @Nullable JwtClaims verified(String token)
            throws JoseException, InvalidJwtException, KeysUnavailableException {
        JsonWebSignature header = new JsonWebSignature();
        header.setCompactSerialization(token);
        String algorithm = header.getAlgorithmHeaderValue();
        for (KeySource.Candidate candidate : keys.find(header.getKeyIdHeaderValue(), algorithm)) {
            JsonWebSignature signature = new JsonWebSignature();
            signature.setAlgorithmConstraints(algorithms);
            signature.setCompactSerialization(token);
            signature.setKey(candidate.key());
            boolean signed;
            try {
                signed = signature.verifySignature();
            } catch (JoseException otherKind) {
                // A key of another kind than the algorithm; the next one may be the right one.
                signed = false;
            }
            if (signed) {
                return consumer(candidate).processToClaims(token);
            }
        }
        return null;
    }

    private JwtConsumer consumer(KeySource.Candidate candidate) {
        JwtConsumerBuilder builder = new JwtConsumerBuilder()
                .setVerificationKey(candidate.key())
                .setJwsAlgorithmConstraints(algorithms)
                .setEvaluationTime(NumericDate.fromMilliseconds(wallMillis.getAsLong()))
                .setAllowedClockSkewInSeconds((int) settings.leeway().toSeconds())
                .setIssuedAtRestrictions(0, Integer.MAX_VALUE);
        if (settings.requireExpiry()) {
            builder.setRequireExpirationTime();
        }
        settings.issuer().ifPresent(issuer -> builder.setExpectedIssuer(true, issuer));
        settings.audience()
                .ifPresentOrElse(
                        audience -> builder.setExpectedAudience(true, audience),
                        builder::setSkipDefaultAudienceValidation);
        return builder.build();
    }

    private boolean claimsFit(JwtClaims claims, Login login) {
        for (Map.Entry<String, String> expected : settings.claims().entrySet()) {
            String value = expected.getValue();
            String wanted = switch (value) {
                case "${username}" -> login.userName();
                case "${clientid}" -> login.clientId();
                default -> value;
            };
            Object claim = claims.getClaimValue(expected.getKey());
            if (wanted == null || claim == null || !wanted.equals(String.valueOf(claim))) {
                return false;
            }
        }
        return true;
    }

    private Verdict accepted(Login login, JwtClaims claims) throws MalformedClaimException, RuleSyntaxException {
        List<Rule> rules = RuleClaims.parse(claims.getClaimValue(ACL));
        boolean superuser = Boolean.TRUE.equals(claims.getClaimValue(SUPERUSER));
        NumericDate expiry = claims.getExpirationTime();
        return new Verdict.Accepted(
                AuthenticationSource.subject(login, userName(login, claims), superuser, NAME, rules),
                expiry == null
                        ? Verdict.NEVER
                        : expiry.getValueInMillis() + settings.leeway().toMillis());
    }

    /** Only a name that the token vouches for: else its bearer could take the name, and the rights, of anybody. */
    private @Nullable String userName(Login login, JwtClaims claims) {
        if (claims.getClaimValue(settings.userClaim()) instanceof String name && !name.isEmpty()) {
            return name;
        }
        return settings.claims().containsValue("${username}") ? login.userName() : null;
    }
}
