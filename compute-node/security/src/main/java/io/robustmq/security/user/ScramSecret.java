package io.robustmq.security.user;

import java.util.Base64;

/**
 * What a server keeps of a password for SCRAM-SHA-256 (RFC 5802 §3): neither the password nor what a client needs to log in
 * can be computed from it. Text form: {@code iterations$salt$StoredKey$ServerKey} with the last three in Base64. Immutable.
 */
public final class ScramSecret {
    /** More would let one line of a file keep every client busy for seconds. */
    static final int ITERATIONS_MAX = 10_000_000;

    /** What RFC 7677 §4 asks for at least. */
    static final int ITERATIONS_MIN = 4_096;

    private static final int KEY_BYTES = 32;

    private final int iterations;
    private final byte[] salt;
    private final byte[] storedKey;
    private final byte[] serverKey;

    /** Takes copies. */
    public ScramSecret(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
        if (iterations < ITERATIONS_MIN || iterations > ITERATIONS_MAX) {
            throw new IllegalArgumentException(
                    "iterations must be " + ITERATIONS_MIN + ".." + ITERATIONS_MAX + ": " + iterations);
        }
        if (salt.length == 0 || storedKey.length != KEY_BYTES || serverKey.length != KEY_BYTES) {
            throw new IllegalArgumentException("salt must not be empty and both keys must have 32 bytes");
        }
        this.iterations = iterations;
        this.salt = salt.clone();
        this.storedKey = storedKey.clone();
        this.serverKey = serverKey.clone();
    }

    /** @throws IllegalArgumentException with a sentence that says what is wrong, without the text itself */
    static ScramSecret parse(String text) {
        String[] parts = text.split("\\$", -1);
        if (parts.length != 4) {
            throw new IllegalArgumentException("the SCRAM secret is not iterations$salt$storedKey$serverKey");
        }
        Base64.Decoder base64 = Base64.getDecoder();
        try {
            return new ScramSecret(
                    Integer.parseInt(parts[0]),
                    base64.decode(parts[1]),
                    base64.decode(parts[2]),
                    base64.decode(parts[3]));
        } catch (NumberFormatException unreadable) {
            throw new IllegalArgumentException("iterations of the SCRAM secret cannot be read", unreadable);
        }
    }

    String format() {
        Base64.Encoder base64 = Base64.getEncoder();
        return iterations + "$" + base64.encodeToString(salt) + "$" + base64.encodeToString(storedKey) + "$"
                + base64.encodeToString(serverKey);
    }

    public int iterations() {
        return iterations;
    }

    /** A copy. */
    public byte[] salt() {
        return salt.clone();
    }

    /** A copy. */
    public byte[] storedKey() {
        return storedKey.clone();
    }

    /** A copy. */
    public byte[] serverKey() {
        return serverKey.clone();
    }

    @Override
    public String toString() {
        return "ScramSecret[" + iterations + " iterations]";
    }
}
