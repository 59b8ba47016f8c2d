package io.robustmq.standalone;

import io.robustmq.security.Password;
import io.robustmq.security.scram.ScramKeys;
import io.robustmq.security.user.PasswordFile;
import io.robustmq.security.user.UserStore;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code robustmq password} and {@code robustmq user}: read a password, twice if from a terminal, and print a line with it. */
final class PasswordLine {

    private PasswordLine() {}

    /** A line of a password file; the exit code. */
    static int print(String user) {
        return print(password -> PasswordFile.line(user, password, new SecureRandom()));
    }

    /** A line of the file of built-in users; the exit code. */
    static int printUser(String name, boolean superuser) {
        SecureRandom random = new SecureRandom();
        return print(password -> UserStore.line(
                name, password, superuser, ScramKeys.secret(password, ScramKeys.DEFAULT_ITERATIONS, random), random));
    }

    private static int print(Function<Password, String> line) {
        try {
            String password = read(System.console());
            if (password == null || password.isEmpty()) {
                System.err.println("No password was given, or the two were not the same.");
                return 1;
            }
            System.out.println(line.apply(Password.of(password)));
            return 0;
        } catch (IOException | IllegalArgumentException unusable) {
            System.err.println("This cannot be used: " + unusable.getMessage());
            return 1;
        }
    }

    private static @Nullable String read(@Nullable Console console) throws IOException {
        if (console == null || !console.isTerminal()) {
            return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        }
        char[] once = console.readPassword("Password: ");
        char[] again = console.readPassword("Again: ");
        return once != null && Arrays.equals(once, again) ? new String(once) : null;
    }
}
