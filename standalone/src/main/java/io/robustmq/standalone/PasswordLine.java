package io.robustmq.standalone;

import io.robustmq.protocol.mqtt.auth.Password;
import io.robustmq.protocol.mqtt.auth.PasswordFile;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code robustmq password}: reads a password, twice if from a terminal, and prints the line for the password file. */
final class PasswordLine {

    private PasswordLine() {}

    /** The exit code. */
    static int print(String user) {
        try {
            String password = read(System.console());
            if (password == null || password.isEmpty()) {
                System.err.println("No password was given, or the two were not the same.");
                return 1;
            }
            System.out.println(PasswordFile.line(
                    user, new Password(password.getBytes(StandardCharsets.UTF_8)), new SecureRandom()));
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
