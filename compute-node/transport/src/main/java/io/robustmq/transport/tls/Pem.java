package io.robustmq.transport.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CRL;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/** Reads PEM files (RFC 7468). Whatever does not fit is told with the name of the file, and never with its content. */
final class Pem {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA");
    private static final String PBES2 = "1.2.840.113549.1.5.13";

    private Pem() {}

    /** All certificates of a file, at least one. */
    static List<X509Certificate> certificates(Path file) throws TlsException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            Matcher block = BLOCK.matcher(text(file));
            while (block.find()) {
                if (block.group(1).equals("CERTIFICATE")) {
                    Certificate certificate =
                            factory.generateCertificate(new ByteArrayInputStream(content(block, file)));
                    certificates.add((X509Certificate) certificate);
                }
            }
        } catch (CertificateException malformed) {
            throw new TlsException("The certificate file " + file + " cannot be used: " + reason(malformed), malformed);
        }
        if (certificates.isEmpty()) {
            throw new TlsException("The certificate file " + file + " holds no PEM certificate.");
        }
        return certificates;
    }

    /** The revocation lists of a file, PEM or DER. */
    static Collection<? extends CRL> revocationLists(Path file) throws TlsException {
        Collection<? extends CRL> lists;
        try {
            lists = CertificateFactory.getInstance("X.509").generateCRLs(new ByteArrayInputStream(bytes(file)));
        } catch (GeneralSecurityException malformed) {
            throw new TlsException("The revocation list " + file + " cannot be used: " + reason(malformed), malformed);
        }
        if (lists.isEmpty()) {
            throw new TlsException("The file " + file + " holds no revocation list.");
        }
        return lists;
    }

    /** The private key of a file. */
    static PrivateKey privateKey(Path file, @Nullable String password) throws TlsException {
        Matcher block = BLOCK.matcher(text(file));
        while (block.find()) {
            switch (block.group(1)) {
                case "PRIVATE KEY" -> {
                    return key(new PKCS8EncodedKeySpec(content(block, file)), file);
                }
                case "ENCRYPTED PRIVATE KEY" -> {
                    if (password == null) {
                        throw new TlsException("The key file " + file + " is encrypted and no password was given.");
                    }
                    return key(decrypt(content(block, file), password, file), file);
                }
                case "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY" ->
                    throw new TlsException("The key file " + file + " has the old form \"" + block.group(1)
                            + "\": convert it with openssl pkcs8 -topk8.");
                default -> {
                    // Certificates and parameters may stand in the same file.
                }
            }
        }
        throw new TlsException("The key file " + file + " holds no PEM private key.");
    }

    private static PKCS8EncodedKeySpec decrypt(byte[] encrypted, String password, Path file) throws TlsException {
        PBEKeySpec secret = new PBEKeySpec(password.toCharArray());
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(encrypted);
            // The JDK names the scheme PBES2 by the text of its parameters only.
            String algorithm =
                    info.getAlgName().equals("PBES2") || info.getAlgName().equals(PBES2)
                            ? info.getAlgParameters().toString()
                            : info.getAlgName();
            SecretKey key = SecretKeyFactory.getInstance(algorithm).generateSecret(secret);
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(Cipher.DECRYPT_MODE, key, info.getAlgParameters());
            return info.getKeySpec(cipher);
        } catch (IOException | GeneralSecurityException wrong) {
            throw new TlsException(
                    "The key file " + file + " cannot be decrypted with the password given: " + reason(wrong), wrong);
        } finally {
            secret.clearPassword();
        }
    }

    private static PrivateKey key(PKCS8EncodedKeySpec encoded, Path file) throws TlsException {
        GeneralSecurityException last = null;
        for (String algorithm : KEY_ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException another) {
                last = another;
            } catch (GeneralSecurityException missing) {
                throw new TlsException("The key file " + file + " cannot be read: " + reason(missing), missing);
            }
        }
        throw new TlsException(
                "The key file " + file + " holds no key of the kinds " + KEY_ALGORITHMS + ".",
                last == null ? new InvalidKeySpecException() : last);
    }

    private static byte[] content(Matcher block, Path file) throws TlsException {
        try {
            return Base64.getMimeDecoder().decode(block.group(2));
        } catch (IllegalArgumentException malformed) {
            throw new TlsException("The file " + file + " is no PEM file.", malformed);
        }
    }

    private static String text(Path file) throws TlsException {
        return new String(bytes(file), StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(Path file) throws TlsException {
        try {
            return Files.readAllBytes(file);
        } catch (IOException unreadable) {
            throw new TlsException("The file " + file + " cannot be read: " + reason(unreadable), unreadable);
        }
    }

    private static String reason(Exception problem) {
        return problem.getClass().getSimpleName()
                + (problem.getMessage() == null
                        ? ""
                        : ": " + problem.getMessage().lines().findFirst().orElse(""));
    }
}
