package io.robustmq.acceptance.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.Brokers;
import io.robustmq.acceptance.path.ForeignCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * The clients people bring along do what their documentation says. {@code make clients} runs all of them, {@code make
 * test} those of {@link Line#quick}; {@code -Dclients.only=TEXT} those whose name has the text.
 *
 * <p>Listeners other than plain TCP are named from outside until the platform has them: {@code -Dclients.mqtts=URL},
 * {@code -Dclients.ws=URL}, {@code -Dclients.wss=URL}, with {@code -Dclients.ca=FILE} for the authority of their
 * certificate.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ClientsIT {
    private static final Path PROGRAMS = Path.of("target", "client-programs").toAbsolutePath();
    private static final Duration RUN = Duration.ofMinutes(5);
    private static final boolean ALL = Boolean.getBoolean("clients.all");

    private final Table table = new Table();
    private final Broker broker = Brokers.create("clients");

    @BeforeAll
    void startBroker() {
        broker.start();
    }

    @AfterAll
    void tell() throws IOException {
        broker.close();
        System.out.println(table.rows());
        if (ALL && Boolean.getBoolean("robustmq.docs.write")) {
            Files.writeString(Path.of("../../docs/reference/clients.md"), table.page(), StandardCharsets.UTF_8);
        }
    }

    @TestFactory
    Stream<DynamicTest> everyClientDoesEveryFeature() {
        Stream<DynamicTest> each = lines().map(line -> DynamicTest.dynamicTest(line.name(), () -> run(line)));
        return Stream.concat(each, Stream.of(DynamicTest.dynamicTest("server disconnect", this::shutDown)));
    }

    /** The last test, as it ends the broker: every client that can tell is told why. */
    private void shutDown() {
        Map<Line, ForeignCommand> waiting = new LinkedHashMap<>();
        try {
            lines().filter(line -> line.transport() == Line.Transport.TCP)
                    .filter(line -> reasonToSkip(line).isEmpty())
                    .forEach(line -> waiting.put(line, start(line, "await-shutdown")));
            waiting.forEach((line, command) -> command.await(
                    line.name() + " is connected",
                    printed -> printed.contains("ready")
                            || printed.stream().anyMatch(text -> text.contains("\tnot supported\t"))));
            assertThat(broker.stop()).as("exit status of the broker").isZero();
            waiting.forEach(
                    (line, command) -> table.read(line, List.of(Feature.SERVER_DISCONNECT), command.finish(RUN)));
        } finally {
            waiting.values().forEach(ForeignCommand::close);
        }
        assertThat(waiting.keySet())
                .allSatisfy(line -> assertThat(table.failures(line))
                        .as(line.name())
                        .noneMatch(text -> text.startsWith(Feature.SERVER_DISCONNECT.title)));
    }

    private void run(Line line) {
        Optional<String> reason = reasonToSkip(line);
        if (reason.isPresent()) {
            table.skip(line, reason.get());
            Assumptions.abort(reason.get());
        }
        try (ForeignCommand command = start(line, "features")) {
            table.read(line, line.features(), command.finish(RUN));
        }
        assertThat(table.failures(line)).as(line.name()).isEmpty();
    }

    private ForeignCommand start(Line line, String mode) {
        List<String> command = new ArrayList<>();
        if (line.java()) {
            command.add(ProcessHandle.current().info().command().orElseThrow());
            command.add("-XX:TieredStopAtLevel=1");
            command.add("-cp");
            command.add(System.getProperty("java.class.path"));
            command.add(JavaClient.class.getName());
            command.add(line.program());
        } else {
            command.add(PROGRAMS.resolve("bin").resolve(line.program()).toString());
        }
        command.add(url(line).orElseThrow());
        command.add(Integer.toString(line.version()));
        command.add(line.tag());
        command.add(mode);
        ProcessBuilder builder = new ProcessBuilder(command);
        String authority = System.getProperty("clients.ca");
        if (authority != null) {
            builder.environment().put("CLIENT_CA", authority);
            builder.environment().put("NODE_EXTRA_CA_CERTS", authority);
        }
        return new ForeignCommand(builder);
    }

    private Optional<String> url(Line line) {
        if (line.transport() == Line.Transport.TCP) {
            return Optional.of("mqtt://127.0.0.1:" + broker.mqttPort());
        }
        return Optional.ofNullable(System.getProperty("clients." + line.transport().scheme));
    }

    private Optional<String> reasonToSkip(Line line) {
        if (url(line).isEmpty()) {
            return Optional.of("the platform offers no such listener yet (" + line.transport().setting
                    + "); with one elsewhere: -Dclients." + line.transport().scheme + "=URL");
        }
        if (line.java() || Files.isExecutable(PROGRAMS.resolve("bin").resolve(line.program()))) {
            return Optional.empty();
        }
        Path reason = PROGRAMS.resolve("skipped").resolve(line.program());
        try {
            return Optional.of(
                    Files.exists(reason)
                            ? Files.readString(reason, StandardCharsets.UTF_8).strip()
                            : "not prepared: run tests/clients/install");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Stream<Line> lines() {
        List<Line> lines = new ArrayList<>();
        both(lines, "paho", "Paho Java", Line.Transport.TCP, true);
        both(lines, "hivemq", "HiveMQ", Line.Transport.TCP, true);
        both(lines, "python", "Paho Python", Line.Transport.TCP, true);
        both(lines, "mqttjs", "MQTT.js", Line.Transport.TCP, true);
        both(lines, "mosquitto", "mosquitto_*", Line.Transport.TCP, true);
        both(lines, "golang", "Paho Go", Line.Transport.TCP, false);
        both(lines, "rust", "rumqttc", Line.Transport.TCP, false);
        both(lines, "c", "Paho C", Line.Transport.TCP, false);
        for (String program : List.of("paho", "hivemq", "python", "mqttjs", "mosquitto", "golang", "c")) {
            lines.add(new Line(program, title(lines, program), 5, Line.Transport.TLS, false));
        }
        both(lines, "mqttjs", "MQTT.js", Line.Transport.WEBSOCKET, false);
        lines.add(new Line("python", "Paho Python", 5, Line.Transport.WEBSOCKET, false));
        lines.add(new Line("mqttjs", "MQTT.js", 5, Line.Transport.SECURE_WEBSOCKET, false));
        lines.add(new Line("browser", "MQTT.js in Chromium", 5, Line.Transport.SECURE_WEBSOCKET, false));
        String only = System.getProperty("clients.only", "");
        return lines.stream()
                .filter(line -> ALL || line.quick())
                .filter(line -> line.name().contains(only));
    }

    private static void both(
            List<Line> lines, String program, String library, Line.Transport transport, boolean quick) {
        lines.add(new Line(program, library, 4, transport, quick));
        lines.add(new Line(program, library, 5, transport, quick));
    }

    private static String title(List<Line> lines, String program) {
        return lines.stream()
                .filter(line -> line.program().equals(program))
                .findFirst()
                .orElseThrow()
                .library();
    }
}
