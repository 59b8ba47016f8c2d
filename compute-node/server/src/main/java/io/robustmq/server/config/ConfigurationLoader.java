package io.robustmq.server.config;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.Expressions;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the configuration: the command line before the environment, that before the file, that before the defaults. A value that does not fit and a key that does not exist
 * are told in one sentence.
 */
public final class ConfigurationLoader {

    private static final int COMMAND_LINE_ORDINAL = 500;
    private static final int ENVIRONMENT_ORDINAL = 300;
    private static final int FILE_ORDINAL = 200;

    private static final int CONVERTER_PRIORITY = 200;

    private static final Pattern UNKNOWN_KEY = Pattern.compile("SRCFG00050: (\\S+)");
    private static final Pattern BAD_VALUE = Pattern.compile(
            "SRCFG00039: The config property (\\S+) with the config value \"(.*)\" threw an Exception whilst"
                    + " being converted (.*)");
    private static final Pattern NOISE = Pattern.compile("SRCFG\\d+: |Cannot convert \\S+ to enum class \\S+, ");

    /** What was read: the checked configuration, and the values that were given for it, by key. */
    public record Loaded(RobustMqConfiguration configuration, Map<String, String> given) {
        public Loaded {
            given = Map.copyOf(given);
        }
    }

    private ConfigurationLoader() {}

    /**
     * Reads and checks everything.
     *
     * @param settings key to value, as given on the command line
     * @param file a properties file, if one was named
     * @param environment the variables of the process; {@code ROBUSTMQ_LISTENERS_MQTT_PORT} stands for {@code robustmq.listeners.mqtt.port};
     *     others that begin like ours, such as those of the launcher, are not settings
     */
    public static Loaded load(Map<String, String> settings, Optional<Path> file, Map<String, String> environment)
            throws ConfigurationException {
        Map<String, String> fromFile = file.isPresent() ? read(file.get()) : Map.of();
        SmallRyeConfig config;
        try {
            config = new SmallRyeConfigBuilder()
                    .addDefaultInterceptors()
                    .withSources(new PropertiesConfigSource(settings, "the command line", COMMAND_LINE_ORDINAL))
                    .withSources(new PropertiesConfigSource(
                            ConfigurationKeys.fromEnvironment(environment), "the environment", ENVIRONMENT_ORDINAL))
                    .withSources(new PropertiesConfigSource(
                            fromFile, file.map(Path::toString).orElse("no file"), FILE_ORDINAL))
                    .withConverter(Duration.class, CONVERTER_PRIORITY, new DurationConverter())
                    .withConverter(MemorySize.class, CONVERTER_PRIORITY, new MemorySizeConverter())
                    // The placeholders of a mount point are for the adapter.
                    .withInterceptors((context, name) -> name.endsWith(".mount-point")
                            ? Expressions.withoutExpansion(() -> context.proceed(name))
                            : context.proceed(name))
                    // What every platform has unless it is told otherwise.
                    .withDefaultValue(ConfigurationKeys.LISTENERS + "mqtt.enabled", "true")
                    .withMapping(RobustMqConfiguration.class)
                    .build();
        } catch (ConfigValidationException invalid) {
            throw new ConfigurationException(sentence(invalid), invalid);
        } catch (IllegalArgumentException invalid) {
            throw new ConfigurationException(sentence(reason(invalid)), invalid);
        }
        Map<String, String> given = new TreeMap<>(fromFile);
        given.putAll(settings);
        return new Loaded(config.getConfigMapping(RobustMqConfiguration.class), given);
    }

    private static Map<String, String> read(Path file) throws ConfigurationException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new ConfigurationException(
                    "The configuration file " + file + " cannot be read: " + reason(unreadable), unreadable);
        }
        Map<String, String> values = new TreeMap<>();
        for (String key : properties.stringPropertyNames()) {
            values.put(key, properties.getProperty(key));
        }
        return values;
    }

    private static String sentence(ConfigValidationException invalid) {
        String problem = invalid.getProblem(0).getMessage();
        Matcher unknown = UNKNOWN_KEY.matcher(problem);
        if (unknown.find()) {
            String key = unknown.group(1);
            return "There is no setting " + key
                    + ConfigurationKeys.similarTo(key)
                            .map(near -> "; did you mean " + near + "?")
                            .orElse("");
        }
        return sentence(problem);
    }

    private static String sentence(String problem) {
        String line = problem.lines().findFirst().orElse("");
        Matcher badValue = BAD_VALUE.matcher(line);
        if (badValue.find()) {
            return badValue.group(1) + " cannot be \"" + badValue.group(2) + "\": "
                    + NOISE.matcher(badValue.group(3)).replaceAll("");
        }
        return "The configuration cannot be used: " + NOISE.matcher(line).replaceAll("");
    }

    private static String reason(Exception exception) {
        String message = exception.getMessage();
        return message == null
                ? exception.getClass().getSimpleName()
                : exception.getClass().getSimpleName() + ": " + message;
    }
}
