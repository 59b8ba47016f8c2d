package io.robustmq.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** {@code bin/robustmq} as a process, with what it printed. */
final class LaunchedProcess implements AutoCloseable {

    private static final Path LAUNCHER =
            Path.of("../bin/robustmq").toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Process process;
    private final Path output;
    private final int portOffset;

    private LaunchedProcess(Process process, Path output, int portOffset) {
        this.process = process;
        this.output = output;
        this.portOffset = portOffset;
    }

    static LaunchedProcess standalone(Path directory, int portOffset, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("standalone", "--port-offset", Integer.toString(portOffset)));
        command.addAll(List.of(arguments));
        return start(directory, portOffset, command);
    }

    static LaunchedProcess command(Path directory, String... arguments) throws IOException {
        return start(directory, 0, List.of(arguments));
    }

    private static LaunchedProcess start(Path directory, int portOffset, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
        command.addAll(arguments);
        Path output = Files.createTempFile(directory, "output", ".log");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new LaunchedProcess(process, output, portOffset);
    }

    /** An offset at which both ports are free. */
    static int freeOffset() {
        while (true) {
            int offset = ThreadLocalRandom.current().nextInt(22_000, 50_000);
            if (isFree(1883 + offset) && isFree(8080 + offset)) {
                return offset;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    long processId() {
        return process.pid();
    }

    int mqttPort() {
        return 1883 + portOffset;
    }

    /** Gives the process something to read. */
    void type(String text) throws IOException {
        process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!output().contains("\nready in ")) {
            assertThat(process.isAlive()).as("alive; it printed: %s", output()).isTrue();
            assertThat(System.nanoTime())
                    .as("in time; it printed: %s", output())
                    .isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    int awaitExit() throws IOException, InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("ended in time; it printed: %s", output())
                .isTrue();
        return process.exitValue();
    }

    /** SIGTERM, and the exit code. */
    int terminate() throws IOException, InterruptedException {
        process.destroy();
        return awaitExit();
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + (8080 + portOffset) + path))
                    .timeout(PATIENCE)
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    /** Resident memory of the process in MiB, where the system tells. */
    long residentMebibytes() throws IOException {
        Path status = Path.of("/proc/" + process.pid() + "/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
