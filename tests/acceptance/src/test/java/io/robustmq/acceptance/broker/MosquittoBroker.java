package io.robustmq.acceptance.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** Mosquitto, to try the tests on. It keeps nothing over a kill. */
final class MosquittoBroker extends ProcessBroker {
    /** Mosquitto gives a connection without CONNECT its default keep alive. */
    private static final int CONNECT_TIMEOUT_SECONDS = 90;

    private static final int MAXIMUM_PACKET_BYTES = 1 << 20;

    private final int port = freePort();

    MosquittoBroker(Path directory) {
        super(directory);
    }

    @Override
    List<String> command() {
        Path configuration = directory().resolve("mosquitto.conf");
        try {
            Files.writeString(
                    configuration,
                    """
                    listener %d 127.0.0.1
                    allow_anonymous true
                    persistence true
                    persistence_location %s/
                    max_queued_messages 0
                    max_inflight_messages %d
                    max_packet_size %d
                    log_type error
                    user root
                    """.formatted(
                                    port,
                                    dataDirectory(),
                                    Integer.getInteger("acceptance.mosquitto.inflight", 20),
                                    MAXIMUM_PACKET_BYTES),
                    StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of("/usr/sbin/mosquitto", "-c", configuration.toString());
    }

    @Override
    boolean ready() {
        return portOpen();
    }

    @Override
    public int mqttPort() {
        return port;
    }

    @Override
    public Traits traits() {
        return new Traits(false, OptionalInt.of(CONNECT_TIMEOUT_SECONDS));
    }
}
