package io.robustmq.server.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.robustmq.kernel.KernelOptions;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.transport.ListenerSettings;
import io.robustmq.transport.WriteLimits;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The configuration as the parts of a node take it. The parts check their own limits and name the offender; here the offender gets the name that the user knows it by.
 *
 * @param loops home loops, 1 or more
 * @param shards how many the data must have; empty if that is left to the data
 * @param mqttListener where MQTT listens
 * @param mqtt how MQTT behaves
 * @param passwordFile who may log in; empty if nobody has to
 * @param passwordChecksAtOnceMax passwords that are checked or wait at once
 * @param kernel limits of the kernel
 * @param httpHost where health and metrics are served
 * @param httpPort the same, with the port offset
 * @param publishStopPercent disk use at which publishes stop
 * @param diskCheckInterval time between two looks at the disk
 * @param shutdown how the platform stops
 * @param logLevel least important level that is shown
 * @param logFormat form of a log line
 * @param admin the admin API and what is published under {@code $SYS}
 */
public record Settings(
        int loops,
        Optional<Integer> shards,
        ListenerSettings mqttListener,
        MqttSettings mqtt,
        Optional<Path> passwordFile,
        int passwordChecksAtOnceMax,
        KernelOptions kernel,
        String httpHost,
        int httpPort,
        int publishStopPercent,
        Duration diskCheckInterval,
        ShutdownConfiguration shutdown,
        LogConfiguration.Level logLevel,
        LogConfiguration.Format logFormat,
        AdminSettings admin) {

    private static final int LOOPS_MAX = 64;
    private static final int SHARDS_MAX = 1024;

    /** Translates and checks {@code configuration}; {@code processors} is how many the JVM may use. */
    public static Settings of(RobustMqConfiguration configuration, int processors) throws ConfigurationException {
        int loops = configuration.loops();
        require(loops >= 0 && loops <= LOOPS_MAX, "robustmq.loops must be 0.." + LOOPS_MAX + ": " + loops);
        int shards = configuration.shards();
        require(shards >= 0 && shards <= SHARDS_MAX, "robustmq.shards must be 0.." + SHARDS_MAX + ": " + shards);
        int percent = configuration.disk().publishStopPercent();
        require(percent >= 1 && percent <= 100, "robustmq.disk.publish-stop-percent must be 1..100: " + percent);
        requirePositive("robustmq.disk.check-interval", configuration.disk().checkInterval());
        ShutdownConfiguration shutdown = configuration.shutdown();
        require(
                shutdown.farewellsPerSecondMax() > 0,
                "robustmq.shutdown.farewells-per-second-max must be positive: " + shutdown.farewellsPerSecondMax());
        requirePositive("robustmq.shutdown.drain-limit", shutdown.drainLimit());
        requirePositive("robustmq.shutdown.step-limit", shutdown.stepLimit());
        MqttConfiguration mqtt = configuration.mqtt();
        requireLoginOrLoopback(mqtt);
        require(
                mqtt.passwordChecksAtOnceMax() > 0,
                "robustmq.mqtt.password-checks-at-once-max must be positive: " + mqtt.passwordChecksAtOnceMax());
        return new Settings(
                loops == 0 ? Math.min(processors, LOOPS_MAX) : loops,
                shards == 0 ? Optional.empty() : Optional.of(shards),
                mqttListener(mqtt, configuration.portOffset()),
                mqtt(mqtt),
                mqtt.passwordFile(),
                mqtt.passwordChecksAtOnceMax(),
                kernel(configuration.kernel()),
                configuration.http().host(),
                port("robustmq.http.port", configuration.http().port(), configuration.portOffset()),
                percent,
                configuration.disk().checkInterval(),
                shutdown,
                configuration.log().level(),
                configuration.log().format(),
                AdminSettings.of(configuration));
    }

    private static void requireLoginOrLoopback(MqttConfiguration mqtt) throws ConfigurationException {
        if (mqtt.passwordFile().isPresent() || mqtt.allowAnonymousRemote()) {
            return;
        }
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(mqtt.host());
        } catch (IllegalArgumentException nameInstead) {
            address = resolve(mqtt.host());
        }
        require(
                address.isLoopbackAddress(),
                "robustmq.mqtt.host " + mqtt.host()
                        + " is reachable from other machines: set robustmq.mqtt.password-file,"
                        + " or robustmq.mqtt.allow-anonymous-remote=true to let everybody in");
    }

    private static InetAddress resolve(String host) throws ConfigurationException {
        try {
            InetAddress[] addresses = InetAddress.getAllByName(host);
            for (InetAddress address : addresses) {
                if (!address.isLoopbackAddress()) {
                    return address;
                }
            }
            return addresses[0];
        } catch (UnknownHostException unknown) {
            throw new ConfigurationException("robustmq.mqtt.host " + host + " is not a known address", unknown);
        }
    }

    private static ListenerSettings mqttListener(MqttConfiguration mqtt, int portOffset) throws ConfigurationException {
        MqttConfiguration.OutputConfiguration output = mqtt.output();
        WriteLimits writeLimits = checked(
                "robustmq.mqtt.output",
                () -> new WriteLimits(
                        bytes(output.highWaterBytes()),
                        bytes(output.lowWaterBytes()),
                        bytes(output.shareFromBytes()),
                        bytes(output.bufferBytesMin()),
                        bytes(output.bufferBytesMax()),
                        output.linger().toNanos()));
        int port = mqtt.port() == 0 ? 0 : port("robustmq.mqtt.port", mqtt.port(), portOffset);
        return checked(
                "robustmq.mqtt",
                () -> new ListenerSettings(
                        "mqtt",
                        mqtt.host(),
                        port,
                        mqtt.backlogMax(),
                        mqtt.connectionsMax(),
                        mqtt.acceptsPerSecondMax(),
                        bytes(mqtt.limits().packetBytesMax()),
                        writeLimits));
    }

    private static MqttSettings mqtt(MqttConfiguration mqtt) throws ConfigurationException {
        MqttConfiguration.LimitsConfiguration limits = mqtt.limits();
        MqttLimits checkedLimits = checked(
                "robustmq.mqtt.limits",
                () -> new MqttLimits(
                        bytes(limits.packetBytesMax()),
                        limits.topicBytesMax(),
                        limits.topicLevelsMax(),
                        limits.clientIdBytesMax(),
                        limits.subscriptionsPerPacketMax(),
                        limits.requestsPendingMax(),
                        Math.toIntExact(limits.keepAliveMax().toSeconds()),
                        limits.connectTimeout().toMillis(),
                        limits.receiveMaximum(),
                        limits.unansweredPublishesMax(),
                        limits.unansweredBytesMax().asLongValue(),
                        limits.deliveriesInFlightMax(),
                        limits.topicAliasMaximum(),
                        limits.sessionExpiryMax().toSeconds(),
                        limits.rejectionsLoggedPerSecondMax()));
        return new MqttSettings(
                checkedLimits,
                mqtt.shortClientIds(),
                switch (mqtt.refusedPublish()) {
                    case ACKNOWLEDGE_AND_DROP -> MqttSettings.RefusedPublish.ACKNOWLEDGE_AND_DROP;
                    case DISCONNECT -> MqttSettings.RefusedPublish.DISCONNECT;
                },
                mqtt.responseInformation().orElse(null));
    }

    private static KernelOptions kernel(KernelConfiguration kernel) throws ConfigurationException {
        return checked(
                "robustmq.kernel",
                () -> new KernelOptions(
                        kernel.nameCacheEntries(),
                        kernel.windowMax(),
                        kernel.backlogMessagesMax(),
                        bytes(kernel.backlogBytesMax()),
                        kernel.pendingMessagesMax(),
                        kernel.subscriptionsMax(),
                        kernel.retainedMax(),
                        bytes(kernel.entryTargetBytes()),
                        kernel.pressedBytes().asLongValue(),
                        kernel.flushBytes().asLongValue(),
                        kernel.flushRecords(),
                        kernel.flushAge().toMillis(),
                        kernel.tailFactor(),
                        kernel.queueLengthMax(),
                        kernel.queueCredit(),
                        kernel.runCacheBytes().asLongValue()));
    }

    private static int port(String key, int port, int portOffset) throws ConfigurationException {
        int shifted = port + portOffset;
        require(
                port >= 1 && shifted >= 1 && shifted <= 65_535,
                key + " with the port offset must be 1..65535: " + port + " + " + portOffset);
        return shifted;
    }

    private static int bytes(MemorySize size) {
        long value = size.asLongValue();
        if (value > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a size must be below 2 GiB: " + value);
        }
        return (int) value;
    }

    /** Runs the part's own check; its message begins with the name of the offender, which becomes a key. */
    private static <T> T checked(String group, Supplier<T> part) throws ConfigurationException {
        try {
            return part.get();
        } catch (IllegalArgumentException rejected) {
            String message = rejected.getMessage() == null ? "a value is out of range" : rejected.getMessage();
            int space = message.indexOf(' ');
            String name = space < 0 ? "" : message.substring(0, space);
            for (String ending : List.of("", "Nanos", "Millis", "Seconds")) {
                String offender = group + "." + ConfigurationKeys.kebab(name.replaceAll(ending + "$", ""));
                if (ConfigurationKeys.all().containsKey(offender)) {
                    throw new ConfigurationException(offender + message.substring(space), rejected);
                }
            }
            throw new ConfigurationException(group + ": " + message, rejected);
        }
    }

    private static void requirePositive(String key, Duration value) throws ConfigurationException {
        require(
                value.isPositive(),
                key + " must be positive: " + value.toString().toLowerCase(Locale.ROOT));
    }

    private static void require(boolean condition, String sentence) throws ConfigurationException {
        if (!condition) {
            throw new ConfigurationException(sentence);
        }
    }
}
