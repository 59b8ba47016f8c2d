package io.robustmq.security.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.robustmq.security.Login;
import io.robustmq.security.Password;
import io.robustmq.security.authentication.Refusal;
import io.robustmq.security.authentication.Verdict;
import io.robustmq.security.scram.ScramKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserStoreTest {
    @TempDir
    private Path directory;

    private UserStore open() throws IOException {
        return UserStore.open(
                directory.resolve("users"),
                Runnable::run,
                4,
                10,
                (_, password) -> ScramKeys.secret(password, 4_096, new Random(1)));
    }

    private static Verdict check(UserStore store, String name, String password) {
        return store.check(new Login("mqtt", "c", name, Password.of(password), InetAddress.getLoopbackAddress(), null))
                .toCompletableFuture()
                .join();
    }

    private static boolean accepts(UserStore store, String name, String password) {
        return check(store, name, password) instanceof Verdict.Accepted;
    }

    @Test
    void changesAreInForceAtOnceAndAfterReopening() throws IOException {
        UserStore store = open();
        assertThat(check(store, "ann", "one")).isEqualTo(Verdict.IGNORED);

        assertThat(store.add("ann", Password.of("one"), false)).isTrue();
        assertThat(store.add("ann", Password.of("two"), true))
                .as("the name is taken")
                .isFalse();
        assertThat(accepts(store, "ann", "one")).isTrue();
        assertThat(store.changePassword("ann", Password.of("two"))).isTrue();
        assertThat(store.changeSuperuser("ann", true)).isTrue();
        assertThat(check(store, "ann", "one"))
                .isEqualTo(new Verdict.Denied(Refusal.BAD_CREDENTIALS, "User name or password are wrong or missing."));

        UserStore again = open();
        assertThat(check(again, "ann", "two")).isInstanceOfSatisfying(Verdict.Accepted.class, accepted -> {
            assertThat(accepted.subject().superuser()).isTrue();
            assertThat(accepted.subject().userName()).isEqualTo("ann");
        });
        assertThat(again.find("ann").orElseThrow().scram()).isNotNull();
        assertThat(again.delete("ann")).isTrue();
        assertThat(again.delete("ann")).isFalse();
        assertThat(check(again, "ann", "two")).isEqualTo(Verdict.IGNORED);
        assertThat(open().all()).isEmpty();
    }

    @Test
    void fileHoldsNoPasswordAndIsItsOwnersOnly() throws IOException {
        open().add("ann", Password.of("open sesame"), false);

        Path file = directory.resolve("users");
        assertThat(file)
                .content()
                .startsWith("ann:$argon2id$v=19$m=19456,t=2,p=1$")
                .doesNotContain("sesame");
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        assertThat(directory.toFile().list()).as("no draft stays behind").containsExactly("users");
    }

    @Test
    void lineIsWhatTheFileUnderstands() throws IOException {
        Random random = new Random(1);
        Password password = Password.of("pä ss");
        String line = UserStore.line("zoë", password, true, ScramKeys.secret(password, 4_096, random), random);
        Files.writeString(directory.resolve("users"), line + "\n");
        UserStore store = open();

        assertThat(accepts(store, "zoë", "pä ss")).isTrue();
        assertThat(store.find("zoë").orElseThrow()).satisfies(user -> {
            assertThat(user.superuser()).isTrue();
            assertThat(user.scram()).isNotNull();
        });
    }

    @Test
    void changeThatCannotBeWrittenDoesNotHappen() throws IOException {
        UserStore store = open();
        store.add("ann", Password.of("one"), false);
        Files.delete(directory.resolve("users"));
        Files.createDirectory(directory.resolve("users"));
        Files.createFile(directory.resolve("users").resolve("in-the-way"));

        assertThatThrownBy(() -> store.delete("ann")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> store.add("bob", Password.of("b"), false)).isInstanceOf(IOException.class);

        assertThat(store.all()).extracting(User::name).isEqualTo(List.of("ann"));
        assertThat(accepts(store, "ann", "one")).isTrue();
    }

    @Test
    void hashesOfOthersAreUnderstood() throws IOException {
        Files.writeString(directory.resolve("users"), """
                # argon2id of the reference command line tool, bcrypt of htpasswd, PBKDF2 of mosquitto_passwd
                argon:$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc
                bcrypt:$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i
                alice:$7$101$zTaVQWeX0MUnwBlK$zgH93VDhU0ZoFqhXjB88W+OFDS4qy9ZDwAo6lryk4vWkUCczbL0Eonm1U6C2ZV+0pWPQ0atRiv3wfhIv2KxnHA==
                """);
        UserStore store = open();

        assertThat(accepts(store, "argon", "password")).isTrue();
        assertThat(accepts(store, "argon", "passwort")).isFalse();
        assertThat(accepts(store, "bcrypt", "abc")).isTrue();
        assertThat(accepts(store, "bcrypt", "abd")).isFalse();
        assertThat(accepts(store, "bcrypt", "")).isFalse();
        assertThat(accepts(store, "alice", "secret")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ann",
                ":$7$1$AAAA$AAAAAAAAAAAAAAAAAAAAAA==",
                "ann:plain",
                "ann:$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "ann:$argon2id$v=19$t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "ann:$argon2id$v=16$m=64,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "ann:$2a$31$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkY8jIucDrjc8deX1s.",
                "ann:$7$1$AAAA$AAAAAAAAAAAAAAAAAAAAAA==:admin",
                "ann:$7$1$AAAA$AAAAAAAAAAAAAAAAAAAAAA==::1$2$3",
                "ann:$7$1$AAAA$AAAAAAAAAAAAAAAAAAAAAA==::4096$AAAA$AAAA$AAAA",
            })
    void lineThatIsNotInTheFormatIsNamedByNumber(String line) throws IOException {
        Files.writeString(directory.resolve("users"), "\n" + line + "\n");

        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2")
                .hasMessageNotContaining("AAAA");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", "#a", " a", "a\n"})
    void nameThatTheFileCannotHoldIsRefused(String name) throws IOException {
        UserStore store = open();

        assertThatThrownBy(() -> store.add(name, Password.of("x"), false)).isInstanceOf(IllegalArgumentException.class);
    }
}
