package io.robustmq.acceptance.transport;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** An authority, what it issues, and the files that a platform reads. */
final class Certificates {
    private final Path directory;
    private final X509Bundle authority;

    Certificates(Path directory) throws Exception {
        this.directory = Files.createDirectories(directory);
        this.authority = base("authority")
                .setIsCertificateAuthority(true)
                .setKeyUsage(true, CertificateBuilder.KeyUsage.keyCertSign, CertificateBuilder.KeyUsage.cRLSign)
                .buildSelfSigned();
        replace("authority.pem", authority.getCertificatePEM());
    }

    private static CertificateBuilder base(String name) {
        return new CertificateBuilder().ecp256().subject("CN=" + name).serial(new BigInteger(64, new SecureRandom()));
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    /** A new certificate for localhost in server.pem and server.key. */
    X509Bundle renewServer() throws Exception {
        X509Bundle server = base("server")
                .addSanDnsName("localhost")
                .addSanIpAddress("127.0.0.1")
                .addExtendedKeyUsageServerAuth()
                .buildIssuedBy(authority);
        replace("server.pem", server.getCertificatePathPEM());
        replace("server.key", server.getPrivateKeyPEM());
        return server;
    }

    /** A certificate of a client, in NAME.pem and NAME.key too. */
    X509Bundle client(String name) throws Exception {
        X509Bundle client = base(name).addExtendedKeyUsageClientAuth().buildIssuedBy(authority);
        replace(name + ".pem", client.getCertificatePathPEM());
        replace(name + ".key", client.getPrivateKeyPEM());
        return client;
    }

    /** What a client needs that shows {@code own}, if anything. */
    SSLContext context(@Nullable X509Bundle own) throws Exception {
        KeyManager[] keys = own == null ? null : own.toKeyManagerFactory().getKeyManagers();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, authority.toTrustManagerFactory().getTrustManagers(), null);
        return context;
    }

    /** What a client needs that trusts the authority. */
    TrustManagerFactory trust() {
        return authority.toTrustManagerFactory();
    }

    private void replace(String name, String text) throws IOException {
        Path fresh = Files.writeString(file(name + ".new"), text);
        Files.move(fresh, file(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
