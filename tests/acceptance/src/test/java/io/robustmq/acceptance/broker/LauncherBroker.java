package io.robustmq.acceptance.broker;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The product, started as a user starts it: {@code bin/robustmq standalone}. */
final class LauncherBroker extends ProcessBroker {
    private static final int MQTT_PORT = 1883;
    private static final int HTTP_PORT = 8080;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    private final int portOffset;
    private final List<String> settings;

    LauncherBroker(Path directory, List<String> settings) {
        super(directory);
        this.portOffset = freeOffset();
        this.settings = List.copyOf(settings);
    }

    @Override
    List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(launcher().toString());
        command.add("standalone");
        command.add("--data");
        command.add(dataDirectory().toString());
        command.add("--port-offset");
        command.add(Integer.toString(portOffset));
        for (String setting : settings) {
            command.add("--set");
            command.add(setting);
        }
        return command;
    }

    @Override
    boolean ready() {
        HttpResponse<String> answer = portOpen() ? get("/q/health/ready") : null;
        return answer != null && answer.statusCode() == 200;
    }

    private @Nullable HttpResponse<String> get(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + (HTTP_PORT + portOffset) + path))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException _) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void diagnose() {
        if (!running()) {
            append("not running");
            return;
        }
        HttpResponse<String> metrics = get("/q/metrics");
        append(metrics == null ? "no metrics" : metrics.body());
        try {
            int status = new ProcessBuilder("kill", "-QUIT", Long.toString(pid()))
                    .start()
                    .waitFor();
            append("thread dump asked for: " + status);
        } catch (IOException e) {
            append("no thread dump: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public int mqttPort() {
        return MQTT_PORT + portOffset;
    }

    @Override
    public Traits traits() {
        return new Traits(true, OptionalInt.empty());
    }

    private static Path launcher() {
        return Path.of(System.getProperty("acceptance.launcher", "../../bin/robustmq"))
                .toAbsolutePath()
                .normalize();
    }

    private static int freeOffset() {
        while (true) {
            int offset = ThreadLocalRandom.current().nextInt(10_000, 22_000);
            if (isFree(MQTT_PORT + offset) && isFree(HTTP_PORT + offset)) {
                return offset;
            }
        }
    }
}
