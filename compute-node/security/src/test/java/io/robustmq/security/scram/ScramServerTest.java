package io.robustmq.security.scram;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.security.Password;
import io.robustmq.security.authentication.AuthenticationExchange;
import io.robustmq.security.authentication.AuthenticationExchange.Step;
import io.robustmq.security.user.ScramSecret;
import io.robustmq.security.user.User;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example of RFC 7677 section 3, and what differs from it. */
class ScramServerTest {
    private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private static final String CLIENT_FIRST = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    private static final String SERVER_FIRST =
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    private static final String CLIENT_FINAL =
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    private static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    private static final User USER = user();

    private final ScramServer server = new ScramServer(
            name -> name.equals("user") ? Optional.of(USER) : Optional.empty(), new SecureRandom(), () -> SERVER_NONCE);

    private static User user() {
        byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
        byte[] salted = ScramKeys.salted(Password.of("pencil"), salt, 4_096);
        return new User(
                "user",
                true,
                new ScramSecret(
                        4_096,
                        salt,
                        ScramKeys.sha256(ScramKeys.hmac(salted, "Client Key")),
                        ScramKeys.hmac(salted, "Server Key")));
    }

    private static Step next(AuthenticationExchange exchange, String message) {
        return exchange.next(message.getBytes(StandardCharsets.UTF_8));
    }

    private static String challenge(Step step) {
        assertThat(step).isInstanceOf(Step.Challenge.class);
        return new String(((Step.Challenge) step).data(), StandardCharsets.UTF_8);
    }

    @Test
    void exampleOfTheRfcIsProven() {
        AuthenticationExchange exchange = server.begin();

        assertThat(challenge(next(exchange, CLIENT_FIRST))).isEqualTo(SERVER_FIRST);
        assertThat(next(exchange, CLIENT_FINAL)).isInstanceOfSatisfying(Step.Proven.class, proven -> {
            assertThat(proven.userName()).isEqualTo("user");
            assertThat(proven.superuser()).isTrue();
            assertThat(new String(proven.data(), StandardCharsets.UTF_8)).isEqualTo(SERVER_FINAL);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "n=user,r=abc",
                "p=tls-unique,,n=user,r=abc",
                "n,a=root,n=user,r=abc",
                "n,,m=ext,n=user,r=abc",
                "n,,n=us=er,r=abc",
                "n,,n=,r=abc",
                "n,,n=user",
                "n,,n=user,r=",
                "n,,n=user,r=a\u0001",
            })
    void firstMessageThatIsNotOneFails(String message) {
        assertThat(next(server.begin(), message)).isInstanceOf(Step.Failed.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
                "c=biws,r=other,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                "c=eSws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=eHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=AAAA",
                "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=*",
            })
    void lastMessageThatProvesNothingFails(String message) {
        AuthenticationExchange exchange = server.begin();
        challenge(next(exchange, CLIENT_FIRST));

        assertThat(next(exchange, message)).isInstanceOf(Step.Failed.class);
    }

    @Test
    void unknownUserGetsTheSameSaltEveryTimeAndFailsAtTheEnd() {
        AuthenticationExchange one = server.begin();
        AuthenticationExchange two = server.begin();

        String challenge = challenge(next(one, "n,,n=nobody,r=abc"));
        assertThat(challenge(next(two, "n,,n=nobody,r=abc"))).isEqualTo(challenge);
        assertThat(challenge(next(server.begin(), "n,,n=somebody,r=abc"))).isNotEqualTo(challenge);
        assertThat(next(one, "c=biws,r=abc" + SERVER_NONCE + ",p=" + "A".repeat(43) + "="))
                .isInstanceOf(Step.Failed.class);
    }

    @Test
    void anyBytesAtAnyStepAreAStep() {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            AuthenticationExchange exchange = server.begin();
            if (random.nextBoolean()) {
                challenge(next(exchange, CLIENT_FIRST));
            }
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            byte[] message = random.nextBoolean()
                    ? bytes
                    : (random.nextBoolean() ? CLIENT_FINAL : CLIENT_FIRST).getBytes(StandardCharsets.UTF_8);
            if (message.length > 8 && random.nextBoolean()) {
                message[random.nextInt(message.length)] ^= 1;
            }
            assertThat(exchange.next(message)).isNotNull();
        }
    }

    @Test
    void secretOfAPasswordProvesThatPassword() {
        ScramSecret secret = ScramKeys.secret(Password.of("I\u00ADX"), 4_096, new Random(1));

        byte[] prepared = ScramKeys.salted(Password.of("IX"), secret.salt(), 4_096);
        assertThat(ScramKeys.sha256(ScramKeys.hmac(prepared, "Client Key")))
                .as("SASLprep maps a soft hyphen to nothing (RFC 4013 section 3)")
                .isEqualTo(secret.storedKey());
    }
}
