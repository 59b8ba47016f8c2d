package io.robustmq.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.robustmq.kernel.KernelOptions;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.security.node.SecuritySettings;
import io.robustmq.security.node.SourceKind;
import io.robustmq.security.user.PasswordFile;
import io.robustmq.storage.ledger.LedgerLogOptions;
import io.robustmq.transport.WriteLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {

    private static final int PROCESSORS = 6;

    private static Settings settings(String... keysAndValues) throws ConfigurationException {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            given.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return Settings.of(
                ConfigurationLoader.load(given, Optional.empty(), Map.of()).configuration(), PROCESSORS);
    }

    @Test
    void defaultsAreThoseOfTheParts() throws ConfigurationException {
        Settings settings = settings();

        assertThat(settings.loops()).isEqualTo(PROCESSORS);
        assertThat(settings.shards()).isEmpty();
        assertThat(settings.logLevel()).isEqualTo(LogConfiguration.Level.INFO);
        assertThat(settings.logFormat()).isEqualTo(LogConfiguration.Format.TEXT);
        assertThat(settings.kernel()).isEqualTo(KernelOptions.DEFAULTS);
        LedgerLogOptions logs = LedgerLogOptions.defaults("any");
        assertThat(settings.storage())
                .isEqualTo(new StorageSettings(
                        logs.appendsInFlightMax(), logs.rollBytes(), Duration.ofMillis(logs.rollAgeMillis())))
                .isEqualTo(new StorageSettings(4, 256L << 20, Duration.ofMinutes(10)));
        assertThat(settings.mqtt()).isEqualTo(MqttSettings.DEFAULTS);
        assertThat(settings.security().authentication().checksAtOnceMax())
                .isEqualTo(PasswordFile.DEFAULT_CHECKS_AT_ONCE_MAX);
        assertThat(settings.mqttListener().packetBytesMax()).isEqualTo(MqttLimits.DEFAULTS.packetBytesMax());
        assertThat(settings.mqtt()).isEqualTo(MqttSettings.DEFAULTS);
        assertThat(settings.security().authentication().checksAtOnceMax())
                .isEqualTo(PasswordFile.DEFAULT_CHECKS_AT_ONCE_MAX);
        assertThat(settings.mqttListener().packetBytesMax()).isEqualTo(MqttLimits.DEFAULTS.packetBytesMax());
        assertThat(settings.mqttListener().name()).isEqualTo("mqtt");
        assertThat(settings.mqttListener().host()).isEqualTo("127.0.0.1");
        assertThat(settings.mqttListener().port()).isEqualTo(1883);
        assertThat(settings.mqttListener().writeLimits()).isEqualTo(WriteLimits.DEFAULT);
        assertThat(settings.security().authentication())
                .isEqualTo(SecuritySettings.Authentication.of(List.of(SourceKind.ANONYMOUS)));
        assertThat(settings.security().authorization()).isEqualTo(SecuritySettings.Authorization.none());
        assertThat(settings.security().flapping()).isEqualTo(SecuritySettings.Flapping.OFF);
        assertThat(settings.security().rates().limited()).isFalse();
        assertThat(settings.httpHost()).isEqualTo("127.0.0.1");
        assertThat(settings.httpPort()).isEqualTo(8080);
        assertThat(settings.publishStopPercent()).isEqualTo(85);
        assertThat(settings.diskCheckInterval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.shutdown().drainLimit()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.shutdown().stepLimit()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.shutdown().farewellsPerSecondMax()).isEqualTo(20_000);
    }

    @Test
    void theStorageGroupHasTheseKeysAndTakesTheirValues() throws ConfigurationException {
        assertThat(ConfigurationKeys.all().keySet().stream().filter(key -> key.startsWith("robustmq.storage.")))
                .containsExactly(
                        "robustmq.storage.entries-in-flight",
                        "robustmq.storage.roll-age",
                        "robustmq.storage.roll-bytes");
        assertThat(settings(
                                "robustmq.storage.entries-in-flight",
                                "8",
                                "robustmq.storage.roll-bytes",
                                "3G",
                                "robustmq.storage.roll-age",
                                "1h")
                        .storage())
                .isEqualTo(new StorageSettings(8, 3L << 30, Duration.ofHours(1)));
    }

    @Test
    void portOffsetShiftsEveryFixedPort() throws ConfigurationException {
        Settings settings = settings("robustmq.port-offset", "1000");
        assertThat(settings.mqttListener().port()).isEqualTo(2883);
        assertThat(settings.httpPort()).isEqualTo(9080);
        assertThat(settings("robustmq.port-offset", "1000", "robustmq.mqtt.port", "0")
                        .mqttListener()
                        .port())
                .isZero();
    }

    @Test
    void theCommandLineComesBeforeTheEnvironmentAndThatBeforeTheFile(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("robustmq.properties");
        Files.writeString(file, "robustmq.mqtt.port=1\nrobustmq.mqtt.connections-max=1\nrobustmq.mqtt.backlog-max=1\n");
        ConfigurationLoader.Loaded loaded = ConfigurationLoader.load(
                Map.of("robustmq.mqtt.port", "3"),
                Optional.of(file),
                Map.of("ROBUSTMQ_MQTT_PORT", "2", "ROBUSTMQ_MQTT_CONNECTIONS_MAX", "2", "ROBUSTMQ_DATA", "elsewhere"));
        MqttConfiguration mqtt = loaded.configuration().mqtt();
        assertThat(mqtt.port()).isEqualTo(3);
        assertThat(mqtt.connectionsMax()).isEqualTo(2);
        assertThat(mqtt.backlogMax()).isEqualTo(1);
        assertThat(loaded.given())
                .containsEntry("robustmq.mqtt.port", "3")
                .containsEntry("robustmq.mqtt.connections-max", "1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "robustmq.mqtt.prot | 1 | There is no setting robustmq.mqtt.prot; did you mean robustmq.mqtt.port?",
                "robustmq.nothing-like-it.at-all | 1 | There is no setting robustmq.nothing-like-it.at-all",
                "robustmq.mqtt.port | many | robustmq.mqtt.port cannot be",
                "robustmq.mqtt.port | 70000 | robustmq.mqtt.port with the port offset must be 1..65535: 70000 + 0",
                "robustmq.mqtt.port | -1 | robustmq.mqtt.port with the port offset must be 1..65535: -1 + 0",
                "robustmq.http.port | 0 | robustmq.http.port with the port offset must be 1..65535: 0 + 0",
                "robustmq.port-offset | 64000 | robustmq.mqtt.port with the port offset must be 1..65535: 1883 + 64000",
                "robustmq.loops | -1 | robustmq.loops must be 0..64: -1",
                "robustmq.shards | -1 | robustmq.shards must be 0..1024: -1",
                "robustmq.mqtt.connections-max | 0 | robustmq.mqtt.connections-max of listener mqtt must be positive",
                "robustmq.mqtt.accepts-per-second-max | 0 | robustmq.mqtt.accepts-per-second-max of listener mqtt",
                "robustmq.mqtt.backlog-max | 0 | robustmq.mqtt.backlog-max of listener mqtt must be positive",
                "robustmq.mqtt.output.high-water-bytes | 1K | robustmq.mqtt.output: water marks must satisfy",
                "robustmq.mqtt.output.share-from-bytes | 0 | robustmq.mqtt.output.share-from-bytes must be positive",
                "robustmq.mqtt.output.buffer-bytes-min | 300 | robustmq.mqtt.output: buffer sizes must be powers of two",
                "robustmq.mqtt.output.buffer-bytes-max | 4G | robustmq.mqtt.output: a size must be below 2 GiB",
                "robustmq.mqtt.output.linger | -1s | robustmq.mqtt.output.linger",
                "robustmq.mqtt.host | 0.0.0.0 | robustmq.mqtt.host 0.0.0.0 is reachable from other machines: set",
                "robustmq.mqtt.host | :: | robustmq.mqtt.host :: is reachable from other machines: set",
                "robustmq.mqtt.host | no.such.host.invalid | robustmq.mqtt.host no.such.host.invalid is not a known",
                "robustmq.mqtt.limits.packet-bytes-max | 1 | robustmq.mqtt.limits.packet-bytes-max must be 1024..",
                "robustmq.mqtt.limits.keep-alive-max | 0s | robustmq.mqtt.limits.keep-alive-max must be 1..65535: 0",
                "robustmq.mqtt.limits.connect-timeout | 0s | robustmq.mqtt.limits.connect-timeout must be 1..3600000",
                "robustmq.mqtt.limits.receive-maximum | 0 | robustmq.mqtt.limits.receive-maximum must be 1..65535: 0",
                "robustmq.mqtt.password-checks-at-once-max | 0 | robustmq.mqtt.password-checks-at-once-max must be",
                "robustmq.mqtt.refused-publish | ignore | robustmq.mqtt.refused-publish cannot be",
                "robustmq.mqtt.limits.packet-bytes-max | 1 | robustmq.mqtt.limits.packet-bytes-max must be 1024..",
                "robustmq.mqtt.limits.keep-alive-max | 0s | robustmq.mqtt.limits.keep-alive-max must be 1..65535: 0",
                "robustmq.mqtt.limits.connect-timeout | 0s | robustmq.mqtt.limits.connect-timeout must be 1..3600000",
                "robustmq.mqtt.limits.receive-maximum | 0 | robustmq.mqtt.limits.receive-maximum must be 1..65535: 0",
                "robustmq.mqtt.password-checks-at-once-max | 0 | robustmq.mqtt.password-checks-at-once-max must be",
                "robustmq.mqtt.refused-publish | ignore | robustmq.mqtt.refused-publish cannot be",
                "robustmq.kernel.window-max | 0 | robustmq.kernel.window-max must be positive: 0",
                "robustmq.kernel.flush-bytes | 0 | robustmq.kernel.flush-bytes must be positive: 0",
                "robustmq.kernel.flush-age | 0s | robustmq.kernel.flush-age must be positive: 0",
                "robustmq.storage.entries-in-flight | 0 | robustmq.storage.entries-in-flight must be 1..1024: 0",
                "robustmq.storage.entries-in-flight | 1025 | robustmq.storage.entries-in-flight must be 1..1024: 1025",
                "robustmq.storage.roll-bytes | 1023K | robustmq.storage.roll-bytes must be 1M or more: 1047552",
                "robustmq.storage.roll-age | 999ms | robustmq.storage.roll-age must be 1s..365d: PT0.999S",
                "robustmq.storage.roll-age | 366d | robustmq.storage.roll-age must be 1s..365d: PT8784H",
                "robustmq.disk.publish-stop-percent | 101 | robustmq.disk.publish-stop-percent must be 1..100: 101",
                "robustmq.disk.check-interval | 0s | robustmq.disk.check-interval must be positive",
                "robustmq.shutdown.drain-limit | 0s | robustmq.shutdown.drain-limit must be positive",
                "robustmq.shutdown.step-limit | 0s | robustmq.shutdown.step-limit must be positive",
                "robustmq.shutdown.farewells-per-second-max | 0 | robustmq.shutdown.farewells-per-second-max must be",
                "robustmq.log.level | loud | robustmq.log.level cannot be",
            })
    void aBadValueIsToldByItsKeyInOneSentence(String key, String value, String sentence) {
        assertThatThrownBy(() -> settings(key, value))
                .isInstanceOf(ConfigurationException.class)
                .message()
                .contains(sentence)
                .doesNotContain("\n")
                .doesNotContain("SRCFG");
    }

    @Test
    void otherMachinesGetInWithALoginOrWithExplicitPermission() throws ConfigurationException {
        assertThat(settings("robustmq.mqtt.host", "0.0.0.0", "robustmq.mqtt.allow-anonymous-remote", "true")
                        .mqttListener()
                        .host())
                .isEqualTo("0.0.0.0");
        assertThat(settings("robustmq.mqtt.host", "0.0.0.0", "robustmq.mqtt.password-file", "users")
                        .security()
                        .authentication()
                        .passwordFile())
                .contains(Path.of("users"));
        assertThat(settings("robustmq.mqtt.host", "::1").mqttListener().host()).isEqualTo("::1");
        assertThat(settings("robustmq.mqtt.host", "localhost").mqttListener().host())
                .isEqualTo("localhost");
    }

    @Test
    void aFileThatCannotBeReadIsTold(@TempDir Path directory) {
        Path missing = directory.resolve("missing.properties");
        assertThatThrownBy(() -> ConfigurationLoader.load(Map.of(), Optional.of(missing), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("The configuration file " + missing + " cannot be read:");
    }

    @Test
    void keysThatAreNotOursAreLeftToOthers() throws ConfigurationException {
        assertThat(settings("quarkus.log.level", "DEBUG").loops()).isEqualTo(PROCESSORS);
    }
}
