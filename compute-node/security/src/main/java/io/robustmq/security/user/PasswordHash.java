package io.robustmq.security.user;

import io.robustmq.security.Password;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A password after PBKDF2 (RFC 8018) with HMAC-SHA-512, in the text form {@code $7$iterations$salt$key} with salt and
 * key in Base64: the form that {@code mosquitto_passwd} writes since Mosquitto 2.0, so existing files move over
 * unchanged.
 *
 * <p>Immutable; any thread. {@link #matches} costs as much as its iterations say.
 */
final class PasswordHash implements StoredHash {
    /** Iterations of hashes made here; the figure OWASP gives for PBKDF2 with HMAC-SHA-512. */
    static final int DEFAULT_ITERATIONS = 210_000;

    /** More would let one line of the file keep a core busy for seconds at each login. */
    static final int ITERATIONS_MAX = 10_000_000;

    private static final int SALT_BYTES = 16;
    private static final int KEY_BYTES = 64;
    private static final String PREFIX = "$7$";

    private final int iterations;
    private final byte[] salt;
    private final byte[] key;

    private PasswordHash(int iterations, byte[] salt, byte[] key) {
        this.iterations = iterations;
        this.salt = salt;
        this.key = key;
    }

    /**
     * Derives a new hash; slow on purpose.
     *
     * @throws IllegalArgumentException when the password is empty
     */
    static PasswordHash derive(Password password, int iterations, RandomGenerator random) {
        if (password.isEmpty()) {
            throw new IllegalArgumentException("the password is empty");
        }
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return new PasswordHash(iterations, salt, key(password, iterations, salt, KEY_BYTES));
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong, without the text itself
     */
    static PasswordHash parse(String text) {
        if (!text.startsWith(PREFIX)) {
            throw new IllegalArgumentException("the password is not in the form $7$iterations$salt$key");
        }
        String[] parts = text.substring(PREFIX.length()).split("\\$", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("the password is not in the form $7$iterations$salt$key");
        }
        int iterations;
        byte[] salt;
        byte[] key;
        try {
            iterations = Integer.parseInt(parts[0]);
            salt = Base64.getDecoder().decode(parts[1]);
            key = Base64.getDecoder().decode(parts[2]);
        } catch (IllegalArgumentException unreadable) {
            throw new IllegalArgumentException("iterations, salt or key cannot be read", unreadable);
        }
        if (iterations < 1 || iterations > ITERATIONS_MAX) {
            throw new IllegalArgumentException("iterations must be 1.." + ITERATIONS_MAX + ": " + iterations);
        }
        if (salt.length == 0 || key.length < 16 || key.length > KEY_BYTES) {
            throw new IllegalArgumentException(
                    "salt must not be empty and the key must have 16.." + KEY_BYTES + " bytes");
        }
        return new PasswordHash(iterations, salt, key);
    }

    /** Whether this is the password; an empty one never is. The comparison tells nothing by its duration. */
    @Override
    public boolean matches(Password password) {
        return !password.isEmpty() && MessageDigest.isEqual(key, key(password, iterations, salt, key.length));
    }

    /** The text form. */
    @Override
    public String format() {
        Base64.Encoder base64 = Base64.getEncoder();
        return PREFIX + iterations + "$" + base64.encodeToString(salt) + "$" + base64.encodeToString(key);
    }

    private static byte[] key(Password password, int iterations, byte[] salt, int keyBytes) {
        char[] characters = password.toCharacters();
        PBEKeySpec spec = new PBEKeySpec(characters, salt, iterations, keyBytes * Byte.SIZE);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this Java has no PBKDF2 with HMAC-SHA-512", impossible);
        } finally {
            spec.clearPassword();
            Arrays.fill(characters, '\0');
        }
    }

    @Override
    public String toString() {
        return "PasswordHash[" + iterations + " iterations]";
    }
}
