package io.robustmq.security.user;

import io.robustmq.security.AtomicFile;
import io.robustmq.security.Login;
import io.robustmq.security.Password;
import io.robustmq.security.authentication.AuthenticationSource;
import io.robustmq.security.authentication.Refusal;
import io.robustmq.security.authentication.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The built-in users. Kept in a file with one line {@code name:hash:flags:scram} per user, of which {@code flags} is empty or
 * {@code superuser} and the last two may be left out, so that a file of {@code mosquitto_passwd} is one as well. The file is
 * written anew, at once or not at all, with every change; a change that cannot be written does not happen.
 *
 * <p>Any thread. Changes block for as long as a key derivation and a synced write take, and take turns.
 */
public final class UserStore implements AuthenticationSource {
    /** Its name as a source. */
    public static final String NAME = "users";

    /** Most users; the file is read and written as a whole. */
    public static final int USERS_MAX = 100_000;

    private static final String SUPERUSER = "superuser";
    private static final Verdict WRONG =
            new Verdict.Denied(Refusal.BAD_CREDENTIALS, "User name or password are wrong or missing.");
    private static final Verdict BUSY = new Verdict.Denied(Refusal.BUSY, "Too many logins are being checked at once.");

    private record Entry(User user, StoredHash hash) {}

    private final Path file;
    private final PasswordChecks checks;
    private final RememberedLogins remembered;
    private final SecureRandom random = new SecureRandom();
    private final BiFunction<String, Password, ScramSecret> scram;
    private final StoredHash nobody;
    private final ReentrantLock changing = new ReentrantLock();
    private volatile Map<String, Entry> users;

    private UserStore(
            Path file,
            Map<String, Entry> users,
            Executor executor,
            int checksAtOnceMax,
            int rememberedMax,
            BiFunction<String, Password, ScramSecret> scram) {
        this.file = file;
        this.users = Map.copyOf(users);
        this.checks = new PasswordChecks(executor, checksAtOnceMax);
        this.remembered = new RememberedLogins(rememberedMax, random);
        this.scram = scram;
        byte[] noise = new byte[32];
        random.nextBytes(noise);
        this.nobody = Argon2Hash.derive(new Password(noise), random);
    }

    /**
     * Opens the store; blocks. A file that does not exist is a store without users.
     *
     * @param executor where key derivations run; must not be an event loop
     * @param scram makes the secret for SCRAM of a user name and password
     * @throws IOException when the file cannot be read or holds a line that is not in the format; the sentence names file
     *     and line, never the content
     */
    public static UserStore open(
            Path file,
            Executor executor,
            int checksAtOnceMax,
            int rememberedMax,
            BiFunction<String, Password, ScramSecret> scram)
            throws IOException {
        Map<String, Entry> users = Files.exists(file) ? read(file) : Map.of();
        return new UserStore(file, users, executor, checksAtOnceMax, rememberedMax, scram);
    }

    private static Map<String, Entry> read(Path file) throws IOException {
        if (Files.size(file) > PasswordFile.FILE_BYTES_MAX) {
            throw new IOException(file + " is larger than " + PasswordFile.FILE_BYTES_MAX + " bytes and no user file");
        }
        Map<String, Entry> users = new HashMap<>();
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String where = file + ", line " + (i + 1) + ": ";
            try {
                Entry entry = parse(line);
                if (users.put(entry.user().name(), entry) != null) {
                    throw new IOException(where + "the user name stands in an earlier line too");
                }
            } catch (IllegalArgumentException wrong) {
                throw new IOException(where + wrong.getMessage(), wrong);
            }
        }
        return users;
    }

    private static Entry parse(String line) {
        String[] parts = line.split(":", -1);
        if (parts.length < 2 || parts.length > 4 || parts[0].isEmpty()) {
            throw new IllegalArgumentException("a user is name:hash:flags:scram");
        }
        String flags = parts.length > 2 ? parts[2] : "";
        if (!flags.isEmpty() && !flags.equals(SUPERUSER)) {
            throw new IllegalArgumentException("the only flag is superuser");
        }
        ScramSecret secret = parts.length > 3 && !parts[3].isEmpty() ? ScramSecret.parse(parts[3]) : null;
        return new Entry(new User(parts[0], flags.equals(SUPERUSER), secret), StoredHash.parse(parts[1]));
    }

    private static String format(Entry entry) {
        User user = entry.user();
        ScramSecret secret = user.scram();
        return user.name() + ":" + entry.hash().format() + ":" + (user.superuser() ? SUPERUSER : "") + ":"
                + (secret == null ? "" : secret.format());
    }

    /**
     * A line of the file for a user; blocks for as long as the derivation takes.
     *
     * @throws IllegalArgumentException when name or password cannot be used
     */
    public static String line(
            String name, Password password, boolean superuser, ScramSecret scram, RandomGenerator random) {
        requireName(name);
        return format(new Entry(new User(name, superuser, scram), Argon2Hash.derive(password, random)));
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
        Entry known = users.get(userName);
        if (known != null && remembered.contains(userName, password)) {
            return CompletableFuture.completedStage(accepted(login, known.user()));
        }
        CompletionStage<Verdict> answer = checks.submit(() -> check(login, password, known));
        return answer != null ? answer : CompletableFuture.completedStage(BUSY);
    }

    @SuppressWarnings("ReferenceEquality") // an entry that was changed is another one
    private Verdict check(Login login, Password password, @Nullable Entry known) {
        // A name that does not exist costs as much as one that does.
        boolean right = (known == null ? nobody : known.hash()).matches(password);
        if (known == null) {
            return Verdict.IGNORED;
        }
        Entry now = users.get(known.user().name());
        if (!right || now == null || now.hash() != known.hash()) {
            return WRONG;
        }
        remembered.add(now.user().name(), password);
        if (users.get(now.user().name()) != now) {
            // Changed at this very moment: what was just remembered may be the old password.
            remembered.clear();
        }
        return accepted(login, now.user());
    }

    private static Verdict accepted(Login login, User user) {
        return new Verdict.Accepted(
                AuthenticationSource.subject(login, user.name(), user.superuser(), NAME, List.of()), Verdict.NEVER);
    }

    /** The user of that name. */
    public Optional<User> find(String name) {
        return Optional.ofNullable(users.get(name)).map(Entry::user);
    }

    /** All users by name. */
    public Collection<User> all() {
        Map<String, User> sorted = new TreeMap<>();
        users.forEach((name, entry) -> sorted.put(name, entry.user()));
        return sorted.values();
    }

    /** Number of users. */
    public int size() {
        return users.size();
    }

    /**
     * Adds a user.
     *
     * @return false if the name is taken; then nothing changed
     * @throws IllegalArgumentException when name or password cannot be used
     * @throws IOException when it cannot be written; then nothing changed
     */
    public boolean add(String name, Password password, boolean superuser) throws IOException {
        requireName(name);
        Entry made = make(name, password, superuser);
        return change(name, old -> old == null ? made : null);
    }

    /** Gives a user another password; false if there is no such user. Throws as {@link #add}. */
    public boolean changePassword(String name, Password password) throws IOException {
        requireName(name);
        Entry made = make(name, password, false);
        return change(
                name,
                old -> old == null
                        ? null
                        : new Entry(
                                new User(
                                        name,
                                        old.user().superuser(),
                                        made.user().scram()),
                                made.hash()));
    }

    /** Makes a user a superuser or an ordinary one; false if there is no such user. Throws as {@link #add}. */
    public boolean changeSuperuser(String name, boolean superuser) throws IOException {
        return change(
                name,
                old -> old == null
                        ? null
                        : new Entry(new User(name, superuser, old.user().scram()), old.hash()));
    }

    /** Deletes a user; false if there is no such user. */
    public boolean delete(String name) throws IOException {
        changing.lock();
        try {
            Map<String, Entry> changed = new HashMap<>(users);
            if (changed.remove(name) == null) {
                return false;
            }
            put(changed);
            return true;
        } finally {
            changing.unlock();
        }
    }

    private interface Change {
        /** What takes the place of the old entry; null to leave all as it is. */
        @Nullable Entry of(@Nullable Entry old);
    }

    private boolean change(String name, Change change) throws IOException {
        changing.lock();
        try {
            Entry made = change.of(users.get(name));
            if (made == null) {
                return false;
            }
            Map<String, Entry> changed = new HashMap<>(users);
            changed.put(name, made);
            if (changed.size() > USERS_MAX) {
                throw new IllegalArgumentException("there are " + USERS_MAX + " users already");
            }
            put(changed);
            return true;
        } finally {
            changing.unlock();
        }
    }

    private void put(Map<String, Entry> changed) throws IOException {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(changed)
                .values()
                .forEach(entry -> text.append(format(entry)).append('\n'));
        AtomicFile.write(file, text.toString());
        users = Map.copyOf(changed);
        remembered.clear();
    }

    private Entry make(String name, Password password, boolean superuser) {
        if (password.isEmpty()) {
            throw new IllegalArgumentException("the password is empty");
        }
        return new Entry(new User(name, superuser, scram.apply(name, password)), Argon2Hash.derive(password, random));
    }

    private static void requireName(String name) {
        if (name.isEmpty()
                || name.length() > 255
                || !name.equals(name.strip())
                || name.startsWith("#")
                || name.indexOf(':') >= 0
                || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("the user name is empty, longer than 255 characters, starts with #, or"
                    + " holds a colon, a blank at an end or a control character");
        }
    }
}
