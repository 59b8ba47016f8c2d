package io.robustmq.acceptance.path;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.Brokers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the README's tour as it is written.
 *
 * <p>A block {@code sh one} is typed into terminal one and stays until the next; the tour goes on when its
 * subscriptions are acknowledged. A block {@code sh two} runs to its end in terminal two. A block {@code text one} is
 * what terminal one shows by then; as an {@code example} it may be another distribution of the same messages.
 */
final class ReadmeTourIT {
    private static final Pattern STEP = Pattern.compile(
            "^```(sh one|sh two|text one example|text one)\\n(.*?)^```$|^<!-- the platform is killed",
            Pattern.MULTILINE | Pattern.DOTALL);

    @TempDir
    private Path directory;

    private @Nullable ForeignCommand one;

    @Test
    void tourWorksAsWritten() throws IOException {
        Path wrappers = Files.createDirectory(directory.resolve("bin"));
        Matcher steps = STEP.matcher(tour());
        int count = 0;
        try (Broker broker = Brokers.create("tour")) {
            broker.start();
            wrap(wrappers, "mosquitto_sub", broker.mqttPort());
            wrap(wrappers, "mosquitto_pub", broker.mqttPort());
            while (steps.find()) {
                String kind = steps.group(1);
                String text = steps.group(2);
                count++;
                if (kind == null || text == null) {
                    killAndStart(broker);
                    continue;
                }
                switch (kind) {
                    case "sh one" -> typeIntoOne(wrappers, text);
                    case "sh two" -> new ForeignCommand(terminal(wrappers, text, false)).finish();
                    case "text one" -> expectInOne(text.lines().toList());
                    case "text one example" -> expectShared(text.lines().toList());
                    default -> throw new AssertionError(kind);
                }
            }
        } finally {
            closeOne();
        }
        assertThat(count).as("steps of the tour").isGreaterThan(10);
    }

    private static String tour() throws IOException {
        String readme = Files.readString(
                Path.of(System.getProperty("acceptance.readme", "../../README.md")), StandardCharsets.UTF_8);
        int begin = readme.indexOf("## A five-minute tour");
        assertThat(begin).as("a tour in the README").isPositive();
        return readme.substring(begin, readme.indexOf("\n## ", begin + 1));
    }

    /** A command of the same name that talks to this test's broker, and tells at once what it does when asked to. */
    private static void wrap(Path directory, String program, int port) throws IOException {
        Path wrapper = directory.resolve(program);
        Files.writeString(wrapper, """
                #!/bin/sh
                exec stdbuf -oL %s -h 127.0.0.1 -p %d ${TOUR_DEBUG:+-d} "$@"
                """.formatted(ForeignCommand.find(program), port), StandardCharsets.UTF_8);
        assertThat(wrapper.toFile().setExecutable(true)).isTrue();
    }

    private static ProcessBuilder terminal(Path wrappers, String text, boolean debug) {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", text);
        builder.environment().put("PATH", wrappers + ":" + System.getenv("PATH"));
        if (debug) {
            builder.environment().put("TOUR_DEBUG", "1");
        }
        return builder;
    }

    private void typeIntoOne(Path wrappers, String text) {
        closeOne();
        ForeignCommand command = new ForeignCommand(terminal(wrappers, text, true));
        one = command;
        long subscriptions =
                text.lines().filter(line -> line.contains("mosquitto_sub")).count();
        command.await(
                "subscribed",
                lines -> lines.stream()
                                .filter(line -> line.startsWith("Subscribed (mid:"))
                                .count()
                        == subscriptions);
        if (text.contains(" -E")) {
            command.finish();
        }
    }

    private void expectInOne(List<String> expected) {
        terminalOne()
                .await(
                        "terminal one shows " + expected,
                        lines -> messages(lines).equals(expected));
    }

    private void expectShared(List<String> expected) {
        terminalOne()
                .await(
                        "terminal one shows something like " + expected,
                        lines -> payloads(messages(lines)).equals(payloads(expected)));
    }

    private ForeignCommand terminalOne() {
        ForeignCommand command = one;
        if (command == null) {
            throw new AssertionError("nothing was typed into terminal one");
        }
        return command;
    }

    /** What the terminal would show without debug output. */
    private static List<String> messages(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.startsWith("Client ") && !line.startsWith("Subscribed (mid:"))
                .toList();
    }

    private static List<String> payloads(List<String> lines) {
        List<String> payloads = new ArrayList<>();
        for (String line : lines) {
            payloads.add(line.substring(line.indexOf(' ') + 1));
        }
        payloads.sort(null);
        return payloads;
    }

    private void killAndStart(Broker broker) {
        closeOne();
        if (broker.traits().acknowledgedIsOnDisk()) {
            broker.kill();
        } else {
            broker.stop();
        }
        broker.start();
    }

    private void closeOne() {
        ForeignCommand command = one;
        if (command != null) {
            command.close();
            one = null;
        }
    }
}
