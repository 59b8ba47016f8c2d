package io.robustmq.security.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.robustmq.security.Login;
import io.robustmq.security.Password;
import io.robustmq.security.SecurityCounters;
import io.robustmq.security.SecurityEvent;
import io.robustmq.security.authentication.Refusal;
import io.robustmq.security.authentication.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenSourceTest {
    private static final long NOW_SECONDS = 1_800_000_000;
    private static final String SECRET = "0123456789012345678901234567890123456789012345678901234567890123";

    private static RsaJsonWebKey rsa;
    private static RsaJsonWebKey otherRsa;
    private static EllipticCurveJsonWebKey ec256;
    private static EllipticCurveJsonWebKey ec384;
    private static EllipticCurveJsonWebKey ec521;
    private static OctetKeyPairJsonWebKey ed;

    private final SecurityCounters counters = new SecurityCounters();
    private final AtomicLong nanos = new AtomicLong();

    @TempDir
    private Path directory;

    @BeforeAll
    static void makeKeys() throws JoseException {
        rsa = RsaJwkGenerator.generateJwk(2_048);
        rsa.setKeyId("rsa");
        otherRsa = RsaJwkGenerator.generateJwk(2_048);
        otherRsa.setKeyId("other");
        ec256 = EcJwkGenerator.generateJwk(EllipticCurves.P256);
        ec256.setKeyId("ec256");
        ec384 = EcJwkGenerator.generateJwk(EllipticCurves.P384);
        ec384.setKeyId("ec384");
        ec521 = EcJwkGenerator.generateJwk(EllipticCurves.P521);
        ec521.setKeyId("ec521");
        ed = OkpJwkGenerator.generateJwk("Ed25519");
        ed.setKeyId("ed");
    }

    private static String keySet(PublicJsonWebKey... keys) {
        return new JsonWebKeySet(keys).toJson(OutputControlLevel.PUBLIC_ONLY);
    }

    private static TokenSettings settings(TokenSettings.Keys keys) {
        return new TokenSettings(
                false, keys, Duration.ofSeconds(10), true, Optional.empty(), Optional.empty(), "sub", Map.of());
    }

    private TokenSource source(TokenSettings settings) {
        return new TokenSource(
                settings, counters, Runnable::run, HttpClient.newHttpClient(), nanos::get, () -> NOW_SECONDS * 1_000);
    }

    private TokenSettings.Keys keyFile(String content) throws IOException {
        return new TokenSettings.Keys.KeyFile(Files.writeString(directory.resolve("keys"), content));
    }

    private TokenSettings.Keys secret() throws IOException {
        return new TokenSettings.Keys.Secret(Files.writeString(directory.resolve("secret"), SECRET + "\n"));
    }

    private static String claims(String more) {
        return "{\"sub\":\"ann\",\"exp\":" + (NOW_SECONDS + 60) + more + "}";
    }

    private static String signed(String algorithm, java.security.Key key, String keyId, String claims)
            throws JoseException {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        signature.setAlgorithmHeaderValue(algorithm);
        if (!keyId.isEmpty()) {
            signature.setKeyIdHeaderValue(keyId);
        }
        signature.setKey(key);
        signature.setDoKeyValidation(false);
        signature.setPayload(claims);
        return signature.getCompactSerialization();
    }

    private static Verdict check(TokenSource source, String token) {
        return source.check(new Login("mqtt", "c1", "u", Password.of(token), InetAddress.getLoopbackAddress(), null))
                .toCompletableFuture()
                .join();
    }

    private static void assertDenied(Verdict verdict, Refusal reason) {
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Denied.class,
                        denied -> assertThat(denied.reason()).isEqualTo(reason));
    }

    @ParameterizedTest
    @CsvSource({
        "RS256, rsa",
        "RS384, rsa",
        "RS512, rsa",
        "PS256, rsa",
        "PS384, rsa",
        "PS512, rsa",
        "ES256, ec256",
        "ES384, ec384",
        "ES512, ec521",
        "EdDSA, ed"
    })
    void everyAlgorithmOfPublicKeysIsTaken(String algorithm, String keyId) throws Exception {
        TokenSource source = source(settings(keyFile(keySet(otherRsa, rsa, ec256, ec384, ec521, ed))));
        PublicJsonWebKey key = switch (keyId) {
            case "rsa" -> rsa;
            case "ec256" -> ec256;
            case "ec384" -> ec384;
            case "ec521" -> ec521;
            default -> ed;
        };

        assertThat(check(source, signed(algorithm, key.getPrivateKey(), keyId, claims(""))))
                .isInstanceOfSatisfying(Verdict.Accepted.class, accepted -> {
                    assertThat(accepted.subject().userName()).isEqualTo("ann");
                    assertThat(accepted.expiresAtMillis()).isEqualTo((NOW_SECONDS + 70) * 1_000);
                });
        assertThat(check(source, signed(algorithm, key.getPrivateKey(), "", claims(""))))
                .as("without a key id every key is tried")
                .isInstanceOf(Verdict.Accepted.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HS256", "HS384", "HS512"})
    void everyAlgorithmOfSecretsIsTaken(String algorithm) throws Exception {
        TokenSource source = source(settings(secret()));

        assertThat(check(
                        source,
                        signed(algorithm, new HmacKey(SECRET.getBytes(StandardCharsets.UTF_8)), "", claims(""))))
                .isInstanceOf(Verdict.Accepted.class);
        assertDenied(
                check(
                        source,
                        signed(
                                algorithm,
                                new HmacKey((SECRET + "x").getBytes(StandardCharsets.UTF_8)),
                                "",
                                claims(""))),
                Refusal.BAD_CREDENTIALS);
    }

    @Test
    void publicKeyIsNoSecretAndNoSignatureIsNone() throws Exception {
        TokenSource source = source(settings(keyFile(keySet(rsa))));
        String none = Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8))
                + "."
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(claims("").getBytes(StandardCharsets.UTF_8)) + ".";

        assertDenied(
                check(source, signed("HS256", new HmacKey(rsa.getPublicKey().getEncoded()), "rsa", claims(""))),
                Refusal.BAD_CREDENTIALS);
        assertDenied(check(source, none), Refusal.BAD_CREDENTIALS);
        assertDenied(
                check(source, signed("RS256", otherRsa.getPrivateKey(), "rsa", claims(""))), Refusal.BAD_CREDENTIALS);
    }

    @Test
    void publicKeyInPemIsTaken() throws Exception {
        for (Map.Entry<String, PublicJsonWebKey> entry :
                Map.of("RS256", rsa, "ES256", ec256, "EdDSA", ed).entrySet()) {
            PublicJsonWebKey key = entry.getValue();
            String pem = "-----BEGIN PUBLIC KEY-----\n"
                    + Base64.getMimeEncoder().encodeToString(key.getPublicKey().getEncoded())
                    + "\n-----END PUBLIC KEY-----\n";

            assertThat(check(
                            source(settings(keyFile(pem))),
                            signed(entry.getKey(), key.getPrivateKey(), "", claims(""))))
                    .isInstanceOf(Verdict.Accepted.class);
        }
    }

    @Test
    void whatIsNoTokenIsLeftToOthers() throws Exception {
        TokenSource source = source(settings(keyFile(keySet(rsa))));

        assertThat(check(source, "secret")).isEqualTo(Verdict.IGNORED);
        assertThat(check(source, "a.b.c")).isEqualTo(Verdict.IGNORED);
        assertDenied(check(source, "eyJhbGciOiJSUzI1NiJ9.e30.AAAA"), Refusal.BAD_CREDENTIALS);
        assertDenied(check(source, "eyJ.eyJ."), Refusal.BAD_CREDENTIALS);
    }

    @Test
    void timesAreCheckedWithLeeway() throws Exception {
        TokenSource source = source(settings(keyFile(keySet(rsa))));

        for (String right : new String[] {
            "{\"exp\":" + (NOW_SECONDS - 9) + "}",
            claims(",\"nbf\":" + (NOW_SECONDS + 9)),
            claims(",\"iat\":" + (NOW_SECONDS + 9)),
        }) {
            assertThat(check(source, signed("RS256", rsa.getPrivateKey(), "rsa", right)))
                    .as(right)
                    .isInstanceOf(Verdict.Accepted.class);
        }
        for (String wrong : new String[] {
            "{\"exp\":" + (NOW_SECONDS - 11) + "}",
            "{\"sub\":\"ann\"}",
            "{\"exp\":\"soon\"}",
            claims(",\"nbf\":" + (NOW_SECONDS + 11)),
            claims(",\"iat\":" + (NOW_SECONDS + 11)),
        }) {
            assertDenied(check(source, signed("RS256", rsa.getPrivateKey(), "rsa", wrong)), Refusal.BAD_CREDENTIALS);
        }
    }

    @Test
    void issuerAudienceAndClaimsHaveToFit() throws Exception {
        TokenSource source = source(new TokenSettings(
                false,
                keyFile(keySet(rsa)),
                Duration.ZERO,
                true,
                Optional.of("me"),
                Optional.of("mq"),
                "name",
                Map.of("device", "${clientid}", "login", "${username}", "kind", "sensor")));
        String right = ",\"iss\":\"me\",\"aud\":[\"x\",\"mq\"],\"device\":\"c1\",\"login\":\"u\",\"kind\":\"sensor\"";

        assertThat(check(source, signed("RS256", rsa.getPrivateKey(), "rsa", claims(right))))
                .isInstanceOfSatisfying(
                        Verdict.Accepted.class,
                        accepted -> assertThat(accepted.subject().userName())
                                .as("the token vouches for the name that was sent")
                                .isEqualTo("u"));
        for (String wrong : new String[] {
            right.replace("\"me\"", "\"you\""),
            right.replace("\"mq\"", "\"other\""),
            right.replace("c1", "c2"),
            right.replace("\"u\"", "\"root\""),
            right.replace("sensor", "admin"),
            "",
        }) {
            assertDenied(
                    check(source, signed("RS256", rsa.getPrivateKey(), "rsa", claims(wrong))), Refusal.BAD_CREDENTIALS);
        }
    }

    @Test
    void nameThatTheTokenDoesNotVouchForIsNotTaken() throws Exception {
        TokenSource source = source(settings(keyFile(keySet(rsa))));

        assertThat(check(source, signed("RS256", rsa.getPrivateKey(), "rsa", "{\"exp\":" + (NOW_SECONDS + 60) + "}")))
                .isInstanceOfSatisfying(
                        Verdict.Accepted.class,
                        accepted -> assertThat(accepted.subject().userName()).isNull());
    }

    @Test
    void rulesAndRankAreInTheToken() throws Exception {
        TokenSource source = source(settings(keyFile(keySet(rsa))));

        assertThat(check(
                        source,
                        signed(
                                "RS256",
                                rsa.getPrivateKey(),
                                "rsa",
                                claims(",\"is_superuser\":true,\"acl\":{\"pub\":[\"a\"]}"))))
                .isInstanceOfSatisfying(Verdict.Accepted.class, accepted -> {
                    assertThat(accepted.subject().superuser()).isTrue();
                    assertThat(accepted.subject().ownRules()).hasSize(2);
                });
        assertDenied(
                check(source, signed("RS256", rsa.getPrivateKey(), "rsa", claims(",\"acl\":\"all\""))),
                Refusal.BAD_CREDENTIALS);
    }

    @Test
    void keySetIsFetchedOnceAndAgainForAKeyThatIsNotKnownAndKeptWhileTheServiceIsDown() throws Exception {
        AtomicReference<String> set = new AtomicReference<>(keySet(rsa));
        AtomicInteger fetches = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/jwks", exchange -> {
            fetches.incrementAndGet();
            byte[] body = String.valueOf(set.get()).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(body.length == 0 ? 503 : 200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            nanos.set(TimeUnit.HOURS.toNanos(1));
            TokenSource source = source(settings(new TokenSettings.Keys.Url(
                    "http://127.0.0.1:" + server.getAddress().getPort() + "/jwks",
                    Duration.ofMinutes(5),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(5))));
            String token = signed("RS256", rsa.getPrivateKey(), "rsa", claims(""));
            String rotated = signed("RS256", otherRsa.getPrivateKey(), "other", claims(""));
            assertThat(check(source, token)).isInstanceOf(Verdict.Accepted.class);
            assertThat(check(source, token)).isInstanceOf(Verdict.Accepted.class);
            assertThat(fetches).hasValue(1);

            set.set(keySet(rsa, otherRsa));
            assertDenied(check(source, rotated), Refusal.BAD_CREDENTIALS);
            assertThat(fetches).as("too soon for another fetch").hasValue(1);
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(11));
            assertThat(check(source, rotated)).isInstanceOf(Verdict.Accepted.class);
            assertThat(fetches).hasValue(2);

            set.set("");
            nanos.addAndGet(TimeUnit.MINUTES.toNanos(6));
            assertThat(check(source, rotated)).as("the keys stay").isInstanceOf(Verdict.Accepted.class);
            assertThat(fetches).hasValue(3);
            assertThat(counters.get(SecurityEvent.KEYS_UNAVAILABLE)).isEqualTo(1);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void withoutAnyKeysTheLoginCannotBeChecked() throws Exception {
        TokenSource source = source(settings(new TokenSettings.Keys.KeyFile(directory.resolve("missing"))));

        assertDenied(check(source, signed("RS256", rsa.getPrivateKey(), "rsa", claims(""))), Refusal.UNAVAILABLE);
    }
}
