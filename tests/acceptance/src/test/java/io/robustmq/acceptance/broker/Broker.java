package io.robustmq.acceptance.broker;

import java.nio.file.Path;

/**
 * A broker process on loopback with a data directory of its own. It can be started again after it was stopped or
 * killed; ports and data stay the same. Not for use by several threads at once, except {@link #kill()}.
 */
public interface Broker extends AutoCloseable {
    /** Starts the process without waiting for it. */
    void launch();

    /** Waits until a started process takes MQTT connections; fails when it ends instead. */
    void awaitReady();

    /** Starts the process and waits until it takes MQTT connections. */
    default void start() {
        launch();
        awaitReady();
    }

    /** Ends the process at once, as {@code kill -9} does, and waits until it is gone. */
    void kill();

    /** Asks the process to end (SIGTERM) and returns its exit status; fails when it does not end. */
    int stop();

    boolean running();

    long pid();

    int mqttPort();

    Path dataDirectory();

    /** What the process printed since its first start. */
    String output();

    /** Resident memory of the process and those it started, in bytes. */
    long residentBytes();

    /** Adds to the output what helps to understand a broker that does not do what it should; does nothing to it. */
    void diagnose();

    /** What differs from the specification, or is configured, so that tests can say what they expect. */
    Traits traits();

    /** Ends the process if it runs. The data directory stays. */
    @Override
    void close();
}
