package io.robustmq.acceptance.security;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** Secrets, tokens and proofs as a client has them, made with nothing but the JDK. */
final class Proofs {
    private static final byte[] SALT = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);
    private static final int ITERATIONS = 4_096;

    private Proofs() {}

    /** A line of the file of built-in users. */
    static String userLine(String name, String password, boolean superuser) {
        byte[] salted = pbkdf2("PBKDF2WithHmacSHA256", password, ITERATIONS, 256);
        return name + ":$7$1000$" + base64(SALT) + "$" + base64(pbkdf2("PBKDF2WithHmacSHA512", password, 1_000, 512))
                + ":"
                + (superuser ? "superuser" : "") + ":" + ITERATIONS + "$" + base64(SALT) + "$"
                + base64(sha256(hmac(salted, "Client Key"))) + "$" + base64(hmac(salted, "Server Key"));
    }

    /** The client's answer to a server-first-message of SCRAM-SHA-256 (RFC 5802 section 3). */
    static String clientFinal(String password, String clientFirstBare, String serverFirst) {
        String nonce = serverFirst.substring(2, serverFirst.indexOf(",s="));
        String withoutProof = "c=biws,r=" + nonce;
        byte[] clientKey = hmac(pbkdf2("PBKDF2WithHmacSHA256", password, ITERATIONS, 256), "Client Key");
        byte[] signature = hmac(sha256(clientKey), clientFirstBare + "," + serverFirst + "," + withoutProof);
        byte[] proof = new byte[clientKey.length];
        for (int i = 0; i < proof.length; i++) {
            proof[i] = (byte) (clientKey[i] ^ signature[i]);
        }
        return withoutProof + ",p=" + base64(proof);
    }

    /** A token signed with HS256. */
    static String token(String secret, String claims) {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String signed = base64.encodeToString("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8))
                + "." + base64.encodeToString(claims.getBytes(StandardCharsets.UTF_8));
        return signed + "." + base64.encodeToString(hmac(secret.getBytes(StandardCharsets.UTF_8), signed));
    }

    private static byte[] pbkdf2(String algorithm, String password, int iterations, int bits) {
        try {
            return SecretKeyFactory.getInstance(algorithm)
                    .generateSecret(new PBEKeySpec(password.toCharArray(), SALT, iterations, bits))
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
