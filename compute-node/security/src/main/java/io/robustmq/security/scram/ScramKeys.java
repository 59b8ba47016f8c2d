package io.robustmq.security.scram;

import com.ongres.stringprep.Profile;
import com.ongres.stringprep.Stringprep;
import io.robustmq.security.Password;
import io.robustmq.security.user.ScramSecret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** The formulas of SCRAM (RFC 5802 §3) with SHA-256 (RFC 7677). */
public final class ScramKeys {
    /** Iterations of secrets made here: four times the least that RFC 7677 asks for, paid by the client at each login. */
    public static final int DEFAULT_ITERATIONS = 16_384;

    private static final int SALT_BYTES = 16;
    private static final int KEY_BITS = 256;
    private static final String HMAC = "HmacSHA256";
    private static final Profile PASSWORDS = Stringprep.getProvider("SASLprep");

    private ScramKeys() {}

    /** What the server keeps of a password. Blocks for the time of the derivation. */
    public static ScramSecret secret(Password password, int iterations, RandomGenerator random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        byte[] salted = salted(password, salt, iterations);
        return new ScramSecret(iterations, salt, sha256(hmac(salted, "Client Key")), hmac(salted, "Server Key"));
    }

    /** Hi(Normalize(password), salt, i). */
    static byte[] salted(Password password, byte[] salt, int iterations) {
        char[] characters = password.toCharacters();
        char[] prepared = prepared(characters);
        PBEKeySpec spec = new PBEKeySpec(prepared, salt, iterations, KEY_BITS);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this Java has no PBKDF2 with HMAC-SHA-256", impossible);
        } finally {
            spec.clearPassword();
            Arrays.fill(characters, '\0');
            Arrays.fill(prepared, '\0');
        }
    }

    /** SASLprep (RFC 4013); what it does not allow is taken as it is, as servers commonly do. */
    private static char[] prepared(char[] characters) {
        try {
            return PASSWORDS.prepareStored(new String(characters)).toCharArray();
        } catch (IllegalArgumentException notAllowed) {
            return characters.clone();
        }
    }

    static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has HMAC-SHA-256", impossible);
        }
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    static byte[] xor(byte[] one, byte[] other) {
        byte[] result = new byte[one.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (byte) (one[i] ^ other[i]);
        }
        return result;
    }
}
