package io.robustmq.security.user;

import io.robustmq.security.Login;
import io.robustmq.security.Password;
import io.robustmq.security.authentication.AuthenticationSource;
import io.robustmq.security.authentication.Refusal;
import io.robustmq.security.authentication.Verdict;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Checks user names and passwords against a file with one line {@code name:$7$iterations$salt$key} per user (see
 * {@link #line}); empty lines and lines that start with {@code #} say nothing. It is the format of
 * {@code mosquitto_passwd}.
 *
 * <p>A key derivation takes a good part of a second on purpose, so it runs on the executor that was given (virtual
 * threads), at most {@code checksAtOnceMax} wait or run at once, and a pair that was right is remembered as a keyed
 * digest, so that a client that comes back costs next to nothing. A user name that does not exist costs as much as one
 * that does.
 *
 * <p>Any thread. The file is read once, by {@link #load}; a changed file is loaded into a new instance.
 */
public final class PasswordFile implements AuthenticationSource {
    /** A file larger than this is not a password file. */
    static final long FILE_BYTES_MAX = 64L << 20;

    /** Default of {@code checksAtOnceMax}. */
    public static final int DEFAULT_CHECKS_AT_ONCE_MAX = 64;

    /** Default of {@code rememberedMax}. */
    public static final int DEFAULT_REMEMBERED_MAX = 10_000;

    /** Its name as a source. */
    public static final String NAME = "password-file";

    private static final Verdict WRONG =
            new Verdict.Denied(Refusal.BAD_CREDENTIALS, "User name or password are wrong or missing.");
    private static final Verdict BUSY = new Verdict.Denied(Refusal.BUSY, "Too many logins are being checked at once.");

    private final Map<String, StoredHash> users;
    private final StoredHash nobody;
    private final PasswordChecks checks;
    private final RememberedLogins remembered;

    private PasswordFile(Map<String, StoredHash> users, Executor executor, int checksAtOnceMax, int rememberedMax) {
        this.users = Map.copyOf(users);
        this.checks = new PasswordChecks(Objects.requireNonNull(executor, "executor"), checksAtOnceMax);
        SecureRandom random = new SecureRandom();
        this.remembered = new RememberedLogins(rememberedMax, random);
        byte[] noise = new byte[32];
        random.nextBytes(noise);
        this.nobody = users.isEmpty()
                ? PasswordHash.derive(new Password(noise), 1, random)
                : users.values().iterator().next();
    }

    /**
     * Reads a file; blocks.
     *
     * @param executor where key derivations run; must not be an event loop
     * @param checksAtOnceMax derivations that may wait or run; more logins at once are told to come back
     * @param rememberedMax right pairs that are remembered; 0 remembers none
     * @throws IOException when the file cannot be read, is not UTF-8 text or holds a line that is not in the format; the
     *     sentence names file and line, never the content
     */
    public static PasswordFile load(Path file, Executor executor, int checksAtOnceMax, int rememberedMax)
            throws IOException {
        if (Files.size(file) > FILE_BYTES_MAX) {
            throw new IOException(file + " is larger than " + FILE_BYTES_MAX + " bytes and not a password file");
        }
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (MalformedInputException notText) {
            throw new IOException(file + " is not UTF-8 text", notText);
        }
        Map<String, StoredHash> users = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String where = file + ", line " + (i + 1) + ": ";
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IOException(where + "no user name before a colon");
            }
            try {
                if (users.put(line.substring(0, colon), StoredHash.parse(line.substring(colon + 1))) != null) {
                    throw new IOException(where + "the user name stands in an earlier line too");
                }
            } catch (IllegalArgumentException wrong) {
                throw new IOException(where + wrong.getMessage(), wrong);
            }
        }
        return new PasswordFile(users, executor, checksAtOnceMax, rememberedMax);
    }

    /**
     * A line of the file for a user; blocks for as long as the derivation takes.
     *
     * @throws IllegalArgumentException when the name is empty or holds a colon or a control character, or the password is
     *     empty
     */
    public static String line(String userName, Password password, RandomGenerator random) {
        if (userName.isEmpty()
                || !userName.equals(userName.strip())
                || userName.startsWith("#")
                || userName.indexOf(':') >= 0
                || userName.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("the user name is empty, starts with #, or holds a colon, a blank at an"
                    + " end or a control character");
        }
        return userName + ":"
                + PasswordHash.derive(password, PasswordHash.DEFAULT_ITERATIONS, random)
                        .format();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public CompletionStage<Verdict> check(Login login) {
        String userName = login.userName();
        Password password = login.password();
        if (userName == null || password == null) {
            return CompletableFuture.completedStage(Verdict.IGNORED);
        }
        @Nullable StoredHash known = users.get(userName);
        if (known != null && remembered.contains(userName, password)) {
            return CompletableFuture.completedStage(accepted(login, userName));
        }
        CompletionStage<Verdict> answer = checks.submit(() -> check(login, userName, password, known));
        return answer != null ? answer : CompletableFuture.completedStage(BUSY);
    }

    /** Number of users in the file. */
    public int size() {
        return users.size();
    }

    private Verdict check(Login login, String userName, Password password, @Nullable StoredHash known) {
        boolean right = (known == null ? nobody : known).matches(password);
        if (known == null) {
            return Verdict.IGNORED;
        }
        if (!right) {
            return WRONG;
        }
        remembered.add(userName, password);
        return accepted(login, userName);
    }

    private static Verdict accepted(Login login, String userName) {
        return new Verdict.Accepted(
                AuthenticationSource.subject(login, userName, false, NAME, List.of()), Verdict.NEVER);
    }
}
