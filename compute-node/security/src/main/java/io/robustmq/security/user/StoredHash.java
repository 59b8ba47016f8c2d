package io.robustmq.security.user;

import io.robustmq.security.Password;

/** A password that was made unreadable. Immutable; any thread. */
sealed interface StoredHash permits PasswordHash, Argon2Hash, BcryptHash {

    /** Whether this is the password; an empty one never is. Slow on purpose; its duration tells nothing of the password. */
    boolean matches(Password password);

    /** The text form, without colons. */
    String format();

    /**
     * Reads {@code $7$...} (PBKDF2), {@code $argon2id$...} or {@code $2y$...} (bcrypt).
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong, without the text itself
     */
    static StoredHash parse(String text) {
        if (text.startsWith(Argon2Hash.PREFIX)) {
            return Argon2Hash.parse(text);
        }
        if (text.startsWith("$2")) {
            return BcryptHash.parse(text);
        }
        return PasswordHash.parse(text);
    }
}
