package io.robustmq.transport.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The contexts made of the files at one time. Native memory stands behind them, so they are released when a newer generation has taken over and nobody is about to make a
 * handler; connections that exist keep what they need by themselves. Any thread.
 */
final class TlsContexts {

    private final SslContext fallback;
    private final Map<String, SslContext> byHost;
    private final List<SslContext> all;
    private final Instant expires;

    /** Those that are about to make a handler, and one for being in use; 0 once released. */
    private final AtomicInteger users = new AtomicInteger(1);

    private TlsContexts(SslContext fallback, Map<String, SslContext> byHost, List<SslContext> all, Instant expires) {
        this.fallback = fallback;
        this.byHost = Map.copyOf(byHost);
        this.all = List.copyOf(all);
        this.expires = expires;
    }

    /** Reads the files. */
    static TlsContexts read(TlsSettings settings) throws TlsException {
        SslProvider provider = settings.provider().resolve();
        TrustManagerFactory trust = trust(settings);
        Map<String, SslContext> byHost = new HashMap<>();
        List<SslContext> all = new ArrayList<>();
        Instant expires = Instant.MAX;
        boolean complete = false;
        try {
            for (int i = 0; i < settings.certificates().size(); i++) {
                Path file = settings.certificates().get(i);
                List<X509Certificate> chain = Pem.certificates(file);
                PrivateKey key = Pem.privateKey(settings.keys().get(i), settings.keyPassword());
                requirePair(chain.getFirst(), key, file, settings.keys().get(i));
                SslContext context = context(settings, provider, chain, key, trust);
                all.add(context);
                for (String host : hosts(chain.getFirst(), file)) {
                    byHost.putIfAbsent(host, context);
                }
                for (X509Certificate certificate : chain) {
                    Instant end = certificate.getNotAfter().toInstant();
                    expires = end.isBefore(expires) ? end : expires;
                }
            }
            complete = true;
        } finally {
            if (!complete) {
                all.forEach(ReferenceCountUtil::release);
            }
        }
        return new TlsContexts(all.getFirst(), byHost, all, expires);
    }

    /** When the first of the certificates ends. */
    Instant expires() {
        return expires;
    }

    /** Whether there is a choice by host name. */
    boolean several() {
        return all.size() > 1;
    }

    /** A handler for a client that asked for {@code host}, if it did; null if this generation was released meanwhile. */
    @Nullable SslHandler newHandler(@Nullable String host, ByteBufAllocator allocator) {
        if (!enter()) {
            return null;
        }
        try {
            return context(host).newHandler(allocator);
        } finally {
            leave();
        }
    }

    /** A newer generation has taken over. To be called once. */
    void retire() {
        leave();
    }

    private boolean enter() {
        int present = users.get();
        while (present > 0) {
            if (users.compareAndSet(present, present + 1)) {
                return true;
            }
            present = users.get();
        }
        return false;
    }

    private void leave() {
        if (users.decrementAndGet() == 0) {
            all.forEach(ReferenceCountUtil::release);
        }
    }

    private SslContext context(@Nullable String host) {
        if (host == null) {
            return fallback;
        }
        String wanted = host.toLowerCase(Locale.ROOT);
        SslContext exact = byHost.get(wanted);
        if (exact != null) {
            return exact;
        }
        int dot = wanted.indexOf('.');
        SslContext wild = dot < 0 ? null : byHost.get("*" + wanted.substring(dot));
        return wild == null ? fallback : wild;
    }

    private static SslContext context(
            TlsSettings settings,
            SslProvider provider,
            List<X509Certificate> chain,
            PrivateKey key,
            @Nullable TrustManagerFactory trust)
            throws TlsException {
        SslContextBuilder builder = SslContextBuilder.forServer(key, chain)
                .sslProvider(provider)
                .protocols(settings.protocols())
                .clientAuth(
                        switch (settings.clientAuthentication()) {
                            case NONE -> ClientAuth.NONE;
                            case REQUEST -> ClientAuth.OPTIONAL;
                            case REQUIRE -> ClientAuth.REQUIRE;
                        });
        if (!settings.ciphers().isEmpty()) {
            builder.ciphers(settings.ciphers(), IdentityCipherSuiteFilter.INSTANCE);
        }
        if (trust != null) {
            builder.trustManager(trust);
        }
        try {
            return builder.build();
        } catch (SSLException | IllegalArgumentException unusable) {
            throw new TlsException(
                    "TLS with protocols " + settings.protocols() + " and ciphers " + settings.ciphers()
                            + " is not possible: " + unusable.getMessage(),
                    unusable);
        }
    }

    private static @Nullable TrustManagerFactory trust(TlsSettings settings) throws TlsException {
        Path authorities = settings.clientCa();
        if (authorities == null) {
            return null;
        }
        Set<TrustAnchor> anchors = new HashSet<>();
        for (X509Certificate authority : Pem.certificates(authorities)) {
            anchors.add(new TrustAnchor(authority, null));
        }
        try {
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
            parameters.setRevocationEnabled(false);
            Path revoked = settings.revoked();
            if (revoked != null) {
                parameters.addCertStore(CertStore.getInstance(
                        "Collection", new CollectionCertStoreParameters(Pem.revocationLists(revoked))));
                PKIXRevocationChecker checker = (PKIXRevocationChecker)
                        CertPathBuilder.getInstance("PKIX").getRevocationChecker();
                // The file and nothing else: no question goes out to the network in the middle of a handshake.
                checker.setOptions(
                        EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK));
                parameters.addCertPathChecker(checker);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(new CertPathTrustManagerParameters(parameters));
            return factory;
        } catch (GeneralSecurityException unusable) {
            throw new TlsException(
                    "The authorities in " + authorities + " cannot be used: " + unusable.getMessage(), unusable);
        }
    }

    /** A key of another certificate, such as one of two files that are being replaced, is told now and not to each client. */
    private static void requirePair(X509Certificate certificate, PrivateKey key, Path certificateFile, Path keyFile)
            throws TlsException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        byte[] probe = {1, 2, 3, 4};
        boolean pair;
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(probe);
            byte[] signed = signer.sign();
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(certificate.getPublicKey());
            verifier.update(probe);
            pair = verifier.verify(signed);
        } catch (GeneralSecurityException differentKinds) {
            throw new TlsException(
                    "The key in " + keyFile + " is not that of the certificate in " + certificateFile + ".",
                    differentKinds);
        }
        if (!pair) {
            throw new TlsException(
                    "The key in " + keyFile + " is not that of the certificate in " + certificateFile + ".");
        }
    }

    private static Set<String> hosts(X509Certificate certificate, Path file) throws TlsException {
        Set<String> hosts = new HashSet<>();
        try {
            for (PeerIdentity.AlternativeName name : PeerIdentity.alternativeNames(certificate)) {
                if (name.kind() == PeerIdentity.NameKind.DNS) {
                    hosts.add(name.name().toLowerCase(Locale.ROOT));
                }
            }
            String commonName = PeerIdentity.commonName(certificate);
            if (hosts.isEmpty() && commonName != null) {
                hosts.add(commonName.toLowerCase(Locale.ROOT));
            }
            return hosts;
        } catch (CertificateParsingException unreadable) {
            throw new TlsException(
                    "The names in the certificate file " + file + " cannot be read: " + unreadable.getMessage(),
                    unreadable);
        }
    }
}
