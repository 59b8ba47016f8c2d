package io.robustmq.acceptance.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * A normative statement of the specification, of which only the identifier is kept here.
 *
 * @param id as tests are tagged with it: {@code MQTT-} for 3.1.1, {@code MQTT5-} for 5.0
 * @param word why a client alone is bound, or what is absent; else empty
 */
record Statement(String id, Binding binding, String word) {
    /** Whom it binds. */
    enum Binding {
        SERVER,
        BOTH,
        CLIENT,
        /** The server, in a part of the protocol that it does not offer. */
        ABSENT
    }

    /** The statements of a version, in the order of the specification. */
    static List<Statement> of(String version) {
        String resource = "/mqtt/statements-" + version + ".txt";
        InputStream stream = Statement.class.getResourceAsStream(resource);
        if (stream == null) {
            throw new IllegalStateException("no resource " + resource);
        }
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            return lines.lines().map(Statement::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }

    private static Statement parse(String line) {
        String[] parts = line.split(" ", 3);
        Binding binding = Binding.valueOf(parts[1].toUpperCase(Locale.ROOT));
        Statement statement = new Statement(parts[0], binding, parts.length == 3 ? parts[2] : "");
        if (statement.word.isEmpty() == (binding == Binding.CLIENT || binding == Binding.ABSENT)) {
            throw new IllegalStateException("a word why is for clients and absent parts, and only for them: " + line);
        }
        return statement;
    }
}
