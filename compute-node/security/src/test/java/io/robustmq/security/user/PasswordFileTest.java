package io.robustmq.security.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.robustmq.security.Login;
import io.robustmq.security.Password;
import io.robustmq.security.authentication.Refusal;
import io.robustmq.security.authentication.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordFileTest {
    /** Written by mosquitto_passwd 2.0 for the password "secret". */
    private static final String ALICE =
            "alice:$7$101$zTaVQWeX0MUnwBlK$zgH93VDhU0ZoFqhXjB88W+OFDS4qy9ZDwAo6lryk4vWkUCczbL0Eonm1U6C2ZV+0pWPQ0atRiv3wfhIv2KxnHA==";

    private final Deque<Runnable> checks = new ArrayDeque<>();

    @TempDir
    private Path folder;

    private PasswordFile load(String content) throws IOException {
        return load(content, checks::add, 2, 10);
    }

    private PasswordFile load(String content, Executor executor, int checksAtOnceMax, int rememberedMax)
            throws IOException {
        Path file = folder.resolve("passwords");
        Files.writeString(file, content);
        return PasswordFile.load(file, executor, checksAtOnceMax, rememberedMax);
    }

    private static Login login(@Nullable String userName, @Nullable String password) {
        return new Login(
                "mqtt",
                "c",
                userName,
                password == null ? null : Password.of(password),
                InetAddress.getLoopbackAddress(),
                null);
    }

    private static CompletableFuture<Verdict> ask(
            PasswordFile file, @Nullable String userName, @Nullable String password) {
        return file.check(login(userName, password)).toCompletableFuture();
    }

    private static boolean accepts(Verdict verdict) {
        return verdict instanceof Verdict.Accepted;
    }

    private static boolean denies(Verdict verdict, Refusal reason) {
        return verdict instanceof Verdict.Denied denied && denied.reason() == reason;
    }

    @Test
    void fileOfMosquittoIsUnderstood() throws IOException {
        PasswordFile file = load("# users\n\n" + ALICE + "\n");

        CompletableFuture<Verdict> right = ask(file, "alice", "secret");
        CompletableFuture<Verdict> wrong = ask(file, "alice", "Secret");
        assertThat(right).as("derived on the executor").isNotDone();
        checks.forEach(Runnable::run);

        assertThat(file.size()).isEqualTo(1);
        assertThat(right).isCompletedWithValueMatching(PasswordFileTest::accepts);
        assertThat(wrong).isCompletedWithValueMatching(verdict -> denies(verdict, Refusal.BAD_CREDENTIALS));
    }

    @Test
    void rightPairIsRememberedAndAWrongOneIsNot() throws IOException {
        PasswordFile file = load(ALICE);
        CompletableFuture<Verdict> _ = ask(file, "alice", "secret");
        checks.removeFirst().run();

        assertThat(ask(file, "alice", "secret")).isCompletedWithValueMatching(PasswordFileTest::accepts);
        assertThat(checks).isEmpty();
        CompletableFuture<Verdict> _ = ask(file, "alice", "wrong");
        checks.removeFirst().run();
        CompletableFuture<Verdict> _ = ask(file, "alice", "wrong");

        assertThat(checks).hasSize(1);
    }

    @Test
    void unknownUserCostsADerivationToo() throws IOException {
        PasswordFile file = load(ALICE);

        CompletableFuture<Verdict> verdict = ask(file, "bob", "secret");
        assertThat(verdict).isNotDone();
        checks.removeFirst().run();

        assertThat(verdict).isCompletedWithValue(Verdict.IGNORED);
    }

    @Test
    void missingCredentialsAreLeftToOthersAndEmptyOnesAreWrong() throws IOException {
        PasswordFile file = load(ALICE, Runnable::run, 2, 10);

        assertThat(ask(file, null, null)).isCompletedWithValue(Verdict.IGNORED);
        assertThat(ask(file, "alice", null)).isCompletedWithValue(Verdict.IGNORED);
        assertThat(ask(file, "alice", ""))
                .isCompletedWithValueMatching(verdict -> denies(verdict, Refusal.BAD_CREDENTIALS));
    }

    @Test
    void emptyFileLetsNobodyIn() throws IOException {
        PasswordFile file = load("", Runnable::run, 2, 10);

        assertThat(ask(file, "alice", "secret")).isCompletedWithValue(Verdict.IGNORED);
    }

    @Test
    void moreChecksThanAllowedAreToldToComeBack() throws IOException {
        PasswordFile file = load(ALICE);
        CompletableFuture<Verdict> _ = ask(file, "alice", "1");
        CompletableFuture<Verdict> _ = ask(file, "alice", "2");

        assertThat(ask(file, "alice", "3")).isCompletedWithValueMatching(verdict -> denies(verdict, Refusal.BUSY));
        checks.removeFirst().run();

        assertThat(ask(file, "alice", "3")).isNotDone();
    }

    @Test
    void stoppedExecutorIsAFailedCheckAndFreesItsPlace() throws IOException {
        PasswordFile file = load(
                ALICE,
                _ -> {
                    throw new RejectedExecutionException("stopped");
                },
                1,
                10);

        assertThat(ask(file, "alice", "secret")).isCompletedExceptionally();
        assertThat(ask(file, "alice", "secret")).isCompletedExceptionally();
    }

    @Test
    void lineIsWhatTheFileUnderstands() throws IOException {
        String line = PasswordFile.line("zoë", new Password("pä ss".getBytes(StandardCharsets.UTF_8)), new Random(1));
        PasswordFile file = load(line, Runnable::run, 1, 0);

        assertThat(line).startsWith("zoë:$7$210000$");
        assertThat(ask(file, "zoë", "pä ss")).isCompletedWithValueMatching(PasswordFileTest::accepts);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", "#a", " a", "a\n"})
    void userNameThatTheFileCannotHoldIsRefused(String userName) {
        assertThatThrownBy(() -> PasswordFile.line(userName, new Password(new byte[] {1}), new Random(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alice",
                ":$7$1$AAAA$AAAAAAAAAAAAAAAAAAAAAA==",
                "alice:plain",
                "alice:$6$salt$hash",
                "alice:$7$x$AAAA$AAAAAAAAAAAAAAAAAAAAAA==",
                "alice:$7$0$AAAA$AAAAAAAAAAAAAAAAAAAAAA==",
                "alice:$7$99999999$AAAA$AAAAAAAAAAAAAAAAAAAAAA==",
                "alice:$7$1$$AAAAAAAAAAAAAAAAAAAAAA==",
                "alice:$7$1$AAAA$AAAA",
                "alice:$7$1$AAAA$***",
            })
    void lineThatIsNotInTheFormatIsNamedByNumber(String line) {
        assertThatThrownBy(() -> load("# comment\n" + line))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2")
                .hasMessageNotContaining("AAAA");
    }

    @Test
    void userWithTwoLinesIsRefused() {
        assertThatThrownBy(() -> load(ALICE + "\n" + ALICE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2");
    }

    @Test
    void rememberedPairsAreBounded() {
        RememberedLogins remembered = new RememberedLogins(3, new Random(1));
        Password password = new Password(new byte[] {1});
        for (int i = 0; i < 10; i++) {
            remembered.add("user" + i, password);
        }

        long held = java.util.stream.IntStream.range(0, 10)
                .filter(i -> remembered.contains("user" + i, password))
                .count();
        assertThat(held).isEqualTo(3);
    }

    @Test
    void loginsAreNotShownAsText() {
        assertThat(login("alice", "secret").toString()).doesNotContain("alice", "secret");
        assertThat(new Password("secret".getBytes(StandardCharsets.UTF_8)).toString())
                .doesNotContain("secret");
    }
}
