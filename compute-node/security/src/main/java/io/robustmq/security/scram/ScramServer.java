package io.robustmq.security.scram;

import io.robustmq.security.authentication.AuthenticationExchange;
import io.robustmq.security.user.ScramSecret;
import io.robustmq.security.user.User;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding. Makes exchanges; any thread.
 *
 * <p>For a name that does not exist it goes through the same steps with a salt that is always the same for that name, so
 * that names cannot be found out.
 */
public final class ScramServer {
    /** The name of the mechanism (RFC 7677 §3). */
    public static final String METHOD = "SCRAM-SHA-256";

    private static final int NONCE_BYTES = 18;
    private static final int SECRET_BYTES = 32;
    private static final int SALT_BYTES = 16;

    private final Function<String, Optional<User>> users;
    private final Supplier<String> nonces;
    private final byte[] unknownKey = new byte[SECRET_BYTES];

    /** @param users finds a user by name */
    public ScramServer(Function<String, Optional<User>> users, SecureRandom random) {
        this(users, random, () -> {
            byte[] bytes = new byte[NONCE_BYTES];
            random.nextBytes(bytes);
            return Base64.getEncoder().withoutPadding().encodeToString(bytes);
        });
    }

    ScramServer(Function<String, Optional<User>> users, SecureRandom random, Supplier<String> nonces) {
        this.users = users;
        this.nonces = nonces;
        random.nextBytes(unknownKey);
    }

    /** Begins an exchange, which expects the client-first-message. */
    public AuthenticationExchange begin() {
        return new ScramExchange(this::find, nonces.get());
    }

    private Known find(String name) {
        User user = users.apply(name).orElse(null);
        ScramSecret secret = user == null ? null : user.scram();
        if (user == null || secret == null) {
            byte[] salt = Arrays.copyOf(ScramKeys.hmac(unknownKey, name), SALT_BYTES);
            byte[] noise = ScramKeys.hmac(unknownKey, "keys of " + name);
            return new Known(name, false, false, new ScramSecret(ScramKeys.DEFAULT_ITERATIONS, salt, noise, noise));
        }
        return new Known(name, user.superuser(), true, secret);
    }

    /** @param real whether a proof can succeed */
    record Known(String name, boolean superuser, boolean real, ScramSecret secret) {}
}
