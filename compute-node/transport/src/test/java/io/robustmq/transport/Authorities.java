package io.robustmq.transport;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.AlgorithmParameters;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** Certificates for tests and what is made of them. */
final class Authorities {

    private Authorities() {}

    static X509Bundle authority(String name) {
        try {
            return base(name)
                    .setIsCertificateAuthority(true)
                    .setKeyUsage(
                            true,
                            CertificateBuilder.KeyUsage.keyCertSign,
                            CertificateBuilder.KeyUsage.cRLSign,
                            CertificateBuilder.KeyUsage.digitalSignature)
                    .buildSelfSigned();
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static X509Bundle server(X509Bundle authority, String... hosts) {
        try {
            CertificateBuilder builder = base("server of " + hosts[0]);
            for (String host : hosts) {
                builder.addSanDnsName(host);
            }
            return builder.addExtendedKeyUsageServerAuth().buildIssuedBy(authority);
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** A certificate of the old kind, whose only name is that of its subject. */
    static X509Bundle serverBySubject(X509Bundle authority, String host) {
        try {
            return base(host).addExtendedKeyUsageServerAuth().buildIssuedBy(authority);
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static X509Bundle client(X509Bundle authority, String name) {
        try {
            return base(name)
                    .addSanDnsName(name + ".example")
                    .addSanRfc822Name(name + "@example")
                    .addSanUriName("urn:device:" + name)
                    .addSanIpAddress("192.0.2.7")
                    .addExtendedKeyUsageClientAuth()
                    .buildIssuedBy(authority);
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static CertificateBuilder base(String name) {
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=" + name + ",O=RobustMQ")
                .serial(new BigInteger(64, new SecureRandom()));
    }

    /** Replaces a file at one instant, as tools do that renew certificates. */
    static Path write(Path file, String text) {
        try {
            Path fresh = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text);
            return Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException unexpected) {
            throw new UncheckedIOException(unexpected);
        }
    }

    /** A key as {@code openssl pkcs8 -topk8} writes it with a password. */
    static String encrypted(X509Bundle bundle, String password) throws Exception {
        String algorithm = "PBEWithHmacSHA256AndAES_256";
        Cipher cipher = Cipher.getInstance(algorithm);
        cipher.init(
                Cipher.ENCRYPT_MODE,
                SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password.toCharArray())));
        byte[] encrypted = cipher.doFinal(bundle.getKeyPair().getPrivate().getEncoded());
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("PBES2");
        parameters.init(cipher.getParameters().getEncoded());
        byte[] encoded = new EncryptedPrivateKeyInfo(parameters, encrypted).getEncoded();
        return "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
                + "\n-----END ENCRYPTED PRIVATE KEY-----\n";
    }

    /** The revocation list of an authority. */
    static byte[] revocations(X509Bundle authority, List<X509Bundle> revoked) throws Exception {
        Instant now = Instant.now();
        JcaX509v2CRLBuilder list = new JcaX509v2CRLBuilder(authority.getCertificate(), Date.from(now));
        list.setNextUpdate(Date.from(now.plus(1, ChronoUnit.DAYS)));
        for (X509Bundle bundle : revoked) {
            list.addCRLEntry(bundle.getCertificate().getSerialNumber(), Date.from(now), CRLReason.keyCompromise);
        }
        return list.build(new JcaContentSignerBuilder("SHA256withECDSA")
                        .build(authority.getKeyPair().getPrivate()))
                .getEncoded();
    }

    /** What a client needs that trusts {@code authority} and shows {@code own}, if anything. */
    static SSLContext clientContext(X509Bundle authority, @Nullable X509Bundle own) throws Exception {
        KeyManagerFactory keys = own == null ? null : own.toKeyManagerFactory();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                keys == null ? null : keys.getKeyManagers(),
                authority.toTrustManagerFactory().getTrustManagers(),
                null);
        return context;
    }
}
