package io.robustmq.acceptance.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where tests get a broker from. */
public final class Brokers {
    private Brokers() {}

    /**
     * A broker that is not started yet, of the kind named by {@code -Dacceptance.broker} (robustmq or mosquitto), with
     * a new directory below {@code target/brokers}.
     *
     * @param settings {@code key=value} pairs for the product's {@code --set}; other brokers ignore them
     */
    public static Broker create(String name, String... settings) {
        Path directory = newDirectory(name);
        String kind = System.getProperty("acceptance.broker", "robustmq");
        return switch (kind) {
            case "robustmq" -> new LauncherBroker(directory, List.of(settings));
            case "mosquitto" -> new MosquittoBroker(directory);
            default -> throw new IllegalArgumentException("acceptance.broker=" + kind);
        };
    }

    private static Path newDirectory(String name) {
        try {
            Path parent = Files.createDirectories(Path.of("target", "brokers").toAbsolutePath());
            return Files.createTempDirectory(parent, name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
