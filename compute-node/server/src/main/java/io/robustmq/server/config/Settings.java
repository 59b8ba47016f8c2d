package io.robustmq.server.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.robustmq.kernel.KernelOptions;
import io.robustmq.kernel.KernelRule;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.MqttOffer;
import io.robustmq.protocol.mqtt.MqttRedirect;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.security.node.SecuritySettings;
import io.robustmq.transport.ListenerSettings;
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
 * @param listeners where clients connect, one or more, each with a name of its own
 * @param mqtt how MQTT behaves
 * @param security who may connect and do what
 * @param kernel limits of the kernel
 * @param storage how the shards' logs are kept
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
        List<ListenerSettings> listeners,
        MqttSettings mqtt,
        SecuritySettings security,
        KernelOptions kernel,
        StorageSettings storage,
        String httpHost,
        int httpPort,
        int publishStopPercent,
        Duration diskCheckInterval,
        ShutdownConfiguration shutdown,
        LogConfiguration.Level logLevel,
        LogConfiguration.Format logFormat,
        AdminSettings admin) {

    public Settings {
        listeners = List.copyOf(listeners);
    }

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
        SecuritySettings security = SecurityMapping.settings(configuration.security(), mqtt);
        MqttSettings mqttSettings = mqtt(mqtt);
        return new Settings(
                loops == 0 ? Math.min(processors, LOOPS_MAX) : loops,
                shards == 0 ? Optional.empty() : Optional.of(shards),
                new ListenerReading(configuration, security).read(configuration.listeners()),
                mqttSettings,
                security,
                kernel(configuration.kernel()),
                storage(configuration.storage()),
                configuration.http().host(),
                port("robustmq.http.port", configuration.http().port(), configuration.portOffset()),
                percent,
                configuration.disk().checkInterval(),
                shutdown,
                configuration.log().level(),
                configuration.log().format(),
                AdminSettings.of(configuration));
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
                        limits.topicAliasesToClientMax(),
                        limits.sessionExpiryMax().toSeconds(),
                        limits.rejectionsLoggedPerSecondMax()));
        MqttConfiguration.OfferConfiguration offer = mqtt.offer();
        MqttOffer checkedOffer = checked(
                "robustmq.mqtt.offer",
                () -> new MqttOffer(
                        QualityOfService.of(offer.qosMax()),
                        offer.retainedMessages(),
                        offer.wildcardSubscriptions(),
                        offer.sharedSubscriptions(),
                        offer.subscriptionIdentifiers()));
        Optional<MqttRedirect> redirect = checked(
                "robustmq.mqtt.redirect",
                () -> mqtt.redirect()
                        .to()
                        .map(to -> new MqttRedirect(to, mqtt.redirect().permanent())));
        return new MqttSettings(
                checkedLimits,
                mqtt.shortClientIds(),
                switch (mqtt.refusedPublish()) {
                    case ACKNOWLEDGE_AND_DROP -> MqttSettings.RefusedPublish.ACKNOWLEDGE_AND_DROP;
                    case DISCONNECT -> MqttSettings.RefusedPublish.DISCONNECT;
                },
                mqtt.responseInformation().orElse(null),
                checkedOffer,
                mqtt.validatePayloadFormat(),
                redirect.orElse(null));
    }

    private static KernelOptions kernel(KernelConfiguration kernel) throws ConfigurationException {
        return checked(
                "robustmq.kernel",
                () -> new KernelOptions(
                        kernel.nameCacheEntries(),
                        kernel.windowMax(),
                        bytes(kernel.windowBytesMax()),
                        kernel.backlogMessagesMax(),
                        bytes(kernel.backlogBytesMax()),
                        kernel.pendingMessagesMax(),
                        kernel.subscriptionsMax(),
                        kernel.retainedMax(),
                        kernel.delayedMax(),
                        bytes(kernel.entryTargetBytes()),
                        kernel.pressedBytes().asLongValue(),
                        kernel.flushBytes().asLongValue(),
                        kernel.flushRecords(),
                        kernel.flushAge().toMillis(),
                        kernel.tailFactor(),
                        kernel.queueLengthMax(),
                        kernel.queueCredit(),
                        kernel.runCacheBytes().asLongValue(),
                        KernelRule.ALL));
    }

    private static StorageSettings storage(StorageConfiguration storage) throws ConfigurationException {
        return checked(
                "robustmq.storage",
                () -> new StorageSettings(
                        storage.entriesInFlight(), storage.rollBytes().asLongValue(), storage.rollAge()));
    }

    static int port(String key, int port, int portOffset) throws ConfigurationException {
        int shifted = port + portOffset;
        require(
                port >= 1 && shifted >= 1 && shifted <= 65_535,
                key + " with the port offset must be 1..65535: " + port + " + " + portOffset);
        return shifted;
    }

    static int bytes(MemorySize size) {
        long value = size.asLongValue();
        if (value > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a size must be below 2 GiB: " + value);
        }
        return (int) value;
    }

    /** Runs the part's own check; its message begins with the name of the offender, which becomes a key. */
    static <T> T checked(String group, Supplier<T> part) throws ConfigurationException {
        try {
            return part.get();
        } catch (IllegalArgumentException rejected) {
            String message = rejected.getMessage() == null ? "a value is out of range" : rejected.getMessage();
            int space = message.indexOf(' ');
            String name = space < 0 ? "" : message.substring(0, space);
            for (String ending : List.of("", "Nanos", "Millis", "Seconds")) {
                String offender = group + "." + ConfigurationKeys.kebab(name.replaceAll(ending + "$", ""));
                if (ConfigurationKeys.isKey(offender)) {
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

    static void require(boolean condition, String sentence) throws ConfigurationException {
        if (!condition) {
            throw new ConfigurationException(sentence);
        }
    }
}
