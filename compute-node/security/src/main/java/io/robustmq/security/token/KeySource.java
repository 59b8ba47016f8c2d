package io.robustmq.security.token;

import io.robustmq.security.SecurityCounters;
import io.robustmq.security.SecurityEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that tokens are checked with, and their rotation. Any thread; may block while it fetches, so not for event loops.
 * Keys that were fetched stay in use while a new fetch fails.
 */
final class KeySource {
    private static final Logger log = LoggerFactory.getLogger(KeySource.class);
    private static final int BYTES_MAX = 1 << 20;

    /** Key id (null if it has none), intended algorithm (null for any of its kind), and the key. */
    record Candidate(@Nullable String id, @Nullable String algorithm, Key key) {}

    private record Fetched(List<Candidate> keys, long atNanos) {}

    private final TokenSettings.Keys origin;
    private final SecurityCounters counters;
    private final LongSupplier nanoTime;
    private final HttpClient http;
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile @Nullable Fetched fetched;

    /** When a fetch was last tried, successful or not; guarded by {@link #fetching}. */
    private long triedAtNanos;

    private boolean tried;

    KeySource(TokenSettings.Keys origin, SecurityCounters counters, HttpClient http, LongSupplier nanoTime) {
        this.origin = origin;
        this.counters = counters;
        this.nanoTime = nanoTime;
        this.http = http;
    }

    /** Whether the keys are shared secrets. */
    boolean isSecret() {
        return origin instanceof TokenSettings.Keys.Secret;
    }

    /**
     * The keys that may have signed a token with this key id. One that is not known is looked for anew, not more often than
     * the settings say.
     */
    List<Candidate> find(@Nullable String keyId, @Nullable String algorithm) throws KeysUnavailableException {
        Fetched now = fetched;
        if (now == null || isStale(now)) {
            now = fetch(now, 0);
        }
        List<Candidate> fitting = fitting(now.keys(), keyId, algorithm);
        if (fitting.isEmpty() && keyId != null) {
            long pause = origin instanceof TokenSettings.Keys.Url url
                    ? url.refetchIntervalMin().toNanos()
                    : FILE_PAUSE_NANOS;
            fitting = fitting(fetch(now, pause).keys(), keyId, algorithm);
        }
        return fitting;
    }

    /** How often a file is looked at anew for the sake of a key that is not known. */
    private static final long FILE_PAUSE_NANOS = 1_000_000_000L;

    private boolean isStale(Fetched now) {
        return origin instanceof TokenSettings.Keys.Url url
                && nanoTime.getAsLong() - now.atNanos() > url.refreshInterval().toNanos();
    }

    private static List<Candidate> fitting(List<Candidate> keys, @Nullable String keyId, @Nullable String algorithm) {
        return keys.stream()
                .filter(key -> keyId == null || key.id() == null || keyId.equals(key.id()))
                .filter(key -> key.algorithm() == null || key.algorithm().equals(algorithm))
                .toList();
    }

    /** One fetch at a time; who waited for another one's takes what that one brought. */
    @SuppressWarnings("ReferenceEquality") // what another one fetched is another object
    private Fetched fetch(@Nullable Fetched before, long pauseNanos) throws KeysUnavailableException {
        fetching.lock();
        try {
            Fetched now = fetched;
            if (now != null && now != before) {
                return now;
            }
            boolean early = tried && nanoTime.getAsLong() - triedAtNanos < Math.max(pauseNanos, RETRY_PAUSE_NANOS);
            if (early) {
                if (now == null) {
                    throw new KeysUnavailableException("the keys could not be fetched a moment ago", new IOException());
                }
                return now;
            }
            tried = true;
            triedAtNanos = nanoTime.getAsLong();
            try {
                Fetched brought = new Fetched(read(), nanoTime.getAsLong());
                fetched = brought;
                counters.count(SecurityEvent.KEYS_FETCHED);
                return brought;
            } catch (IOException | JoseException | GeneralSecurityException | RuntimeException failed) {
                counters.count(SecurityEvent.KEYS_UNAVAILABLE);
                log.warn("Keys for tokens could not be fetched failure={}", String.valueOf(failed));
                if (now == null) {
                    throw new KeysUnavailableException("keys for tokens could not be fetched", failed);
                }
                return now;
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new KeysUnavailableException("the fetch of keys was interrupted", interrupted);
            }
        } finally {
            fetching.unlock();
        }
    }

    /** Between two tries that fail, so that a service that is down is not asked by every login. */
    private static final long RETRY_PAUSE_NANOS = 1_000_000_000L;

    private List<Candidate> read() throws IOException, JoseException, GeneralSecurityException, InterruptedException {
        return switch (origin) {
            case TokenSettings.Keys.Secret secret -> {
                byte[] bytes = secretOf(Files.readAllBytes(secret.file()));
                yield List.of(new Candidate(null, null, new HmacKey(bytes)));
            }
            case TokenSettings.Keys.KeyFile file -> keysOf(readText(file.file()));
            case TokenSettings.Keys.Url url -> keysOf(get(url));
        };
    }

    /** A line end behind the secret is the editor's and not part of it. */
    private static byte[] secretOf(byte[] bytes) {
        int length = bytes.length;
        while (length > 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r')) {
            length--;
        }
        return Arrays.copyOf(bytes, length);
    }

    private static String readText(Path file) throws IOException {
        if (Files.size(file) > BYTES_MAX) {
            throw new IOException(file + " is larger than " + BYTES_MAX + " bytes");
        }
        return Files.readString(file);
    }

    private String get(TokenSettings.Keys.Url url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url.url()))
                .timeout(url.timeout())
                .header("Accept", "application/jwk-set+json, application/json")
                .build();
        HttpResponse<String> response = http.send(request, BodyHandlers.limiting(BodyHandlers.ofString(), BYTES_MAX));
        if (response.statusCode() != 200) {
            throw new IOException("the key set was answered with status " + response.statusCode());
        }
        return response.body();
    }

    private static List<Candidate> keysOf(String text) throws JoseException, GeneralSecurityException, IOException {
        if (text.stripLeading().startsWith("-----BEGIN")) {
            return List.of(new Candidate(null, null, publicKey(text)));
        }
        List<Candidate> keys = new ArrayList<>();
        for (JsonWebKey key : new JsonWebKeySet(text).getJsonWebKeys()) {
            // Shared secrets have no place in a set of public keys; taking one would let a public key sign (RFC 8725
            // §3.1).
            if (key instanceof PublicJsonWebKey publicKey && !"enc".equals(key.getUse())) {
                keys.add(new Candidate(key.getKeyId(), key.getAlgorithm(), publicKey.getPublicKey()));
            }
        }
        if (keys.isEmpty()) {
            throw new IOException("the key set has no public key for signatures");
        }
        return List.copyOf(keys);
    }

    private static PublicKey publicKey(String pem) throws GeneralSecurityException {
        String base64 = pem.replaceAll("-----(BEGIN|END) PUBLIC KEY-----", "").replaceAll("\\s", "");
        X509EncodedKeySpec spec;
        try {
            spec = new X509EncodedKeySpec(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException noBase64) {
            throw new GeneralSecurityException("the file is no public key in PEM", noBase64);
        }
        GeneralSecurityException last = null;
        for (String kind : List.of("RSA", "EC", "Ed25519", "Ed448")) {
            try {
                return KeyFactory.getInstance(kind).generatePublic(spec);
            } catch (GeneralSecurityException other) {
                last = other;
            }
        }
        throw new GeneralSecurityException("the public key is of a kind that signs no tokens", last);
    }
}
