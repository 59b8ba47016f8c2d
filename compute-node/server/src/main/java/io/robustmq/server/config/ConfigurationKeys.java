package io.robustmq.server.config;

import io.smallrye.config.WithDefault;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The keys that {@link RobustMqConfiguration} declares. */
public final class ConfigurationKeys {

    /**
     * One setting.
     *
     * @param key as it is written in files and after {@code --set}
     * @param type of the value; for an optional one the type inside
     * @param defaultValue empty if it is optional
     * @param meaning what it does
     */
    public record Setting(String key, Class<?> type, Optional<String> defaultValue, String meaning) {}

    private ConfigurationKeys() {}

    /** All settings by key, in alphabetical order. */
    public static Map<String, Setting> all() {
        Map<String, Setting> settings = new TreeMap<>();
        collect(RobustMqConfiguration.PREFIX, RobustMqConfiguration.class, settings);
        return settings;
    }

    /** The environment variable that stands for a key. */
    public static String environmentVariable(String key) {
        return key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** The key that somebody who wrote {@code key} most likely meant. */
    static Optional<String> similarTo(String key) {
        return all().keySet().stream()
                .map(known -> Map.entry(known, distance(known, key)))
                .filter(candidate -> candidate.getValue() <= 4)
                .min(Comparator.comparingInt(Map.Entry::getValue))
                .map(Map.Entry::getKey);
    }

    private static void collect(String prefix, Class<?> group, Map<String, Setting> settings) {
        for (Method method : group.getMethods()) {
            String key = prefix + "." + kebab(method.getName());
            Meaning meaning = method.getAnnotation(Meaning.class);
            if (meaning == null) {
                throw new IllegalStateException(key + " has no @Meaning");
            }
            if (method.getReturnType().isInterface()
                    && method.getReturnType().getPackageName().equals(group.getPackageName())) {
                collect(key, method.getReturnType(), settings);
                continue;
            }
            WithDefault byDefault = method.getAnnotation(WithDefault.class);
            settings.put(
                    key,
                    new Setting(
                            key,
                            valueType(method),
                            Optional.ofNullable(byDefault).map(WithDefault::value),
                            meaning.value()));
        }
    }

    private static Class<?> valueType(Method method) {
        Type type = method.getGenericReturnType();
        if (type instanceof ParameterizedType optional
                && optional.getActualTypeArguments()[0] instanceof Class<?> inside) {
            return inside;
        }
        return method.getReturnType();
    }

    /** {@code packetBytesMax} becomes {@code packet-bytes-max}. */
    static String kebab(String camelCase) {
        return camelCase
                .replaceAll("(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT);
    }

    /** Single-letter changes from one text to the other (Levenshtein). */
    private static int distance(String one, String other) {
        int[] above = new int[other.length() + 1];
        for (int j = 0; j < above.length; j++) {
            above[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] row = new int[other.length() + 1];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int change = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
                row[j] = Stream.of(above[j - 1] + change, above[j] + 1, row[j - 1] + 1)
                        .min(Comparator.naturalOrder())
                        .orElseThrow();
            }
            above = row;
        }
        return above[other.length()];
    }

    /** The groups of settings, outermost first: what a reference page is divided by. */
    static List<String> groups() {
        return all().keySet().stream()
                .map(key -> key.substring(0, key.lastIndexOf('.')))
                .distinct()
                .sorted()
                .toList();
    }
}
