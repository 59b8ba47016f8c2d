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
import java.util.OptionalInt;
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

    /** What the keys of every listener begin with; the name follows. */
    static final String LISTENERS = RobustMqConfiguration.PREFIX + ".listeners.";

    /** Stands for any name in the keys of {@link #all}. */
    static final String ANY_NAME = "<name>";

    private static final String ENVIRONMENT_LISTENERS = environmentVariable(LISTENERS);
    private static final String ANY_LISTENER = LISTENERS + ANY_NAME + ".";

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

    /** Whether there is such a setting; the keys of a listener hold its name. */
    static boolean isKey(String key) {
        return all().containsKey(generic(key));
    }

    /**
     * The values that the environment gives, by key. The name of a listener in a variable is one word: {@code ROBUSTMQ_LISTENERS_WEB_PORT} stands for {@code
     * robustmq.listeners.web.port}.
     */
    static Map<String, String> fromEnvironment(Map<String, String> environment) {
        Map<String, String> values = new TreeMap<>();
        for (String key : all().keySet()) {
            if (key.startsWith(ANY_LISTENER)) {
                String ending = "_" + environmentVariable(key.substring(ANY_LISTENER.length()));
                environment.forEach((variable, value) -> {
                    int nameLength = variable.length() - ENVIRONMENT_LISTENERS.length() - ending.length();
                    if (nameLength > 0 && variable.startsWith(ENVIRONMENT_LISTENERS) && variable.endsWith(ending)) {
                        String name = variable.substring(
                                ENVIRONMENT_LISTENERS.length(), ENVIRONMENT_LISTENERS.length() + nameLength);
                        if (name.indexOf('_') < 0) {
                            values.put(
                                    LISTENERS + name.toLowerCase(Locale.ROOT) + "."
                                            + key.substring(ANY_LISTENER.length()),
                                    value);
                        }
                    }
                });
            } else {
                String value = environment.get(environmentVariable(key));
                if (value != null) {
                    values.put(key, value);
                }
            }
        }
        return values;
    }

    /** {@code robustmq.listeners.web.port} becomes {@code robustmq.listeners.<name>.port}. */
    private static String generic(String key) {
        int end = key.startsWith(LISTENERS) ? key.indexOf('.', LISTENERS.length()) : -1;
        return end < 0 ? key : ANY_LISTENER + key.substring(end + 1);
    }

    /** The key that somebody who wrote {@code key} most likely meant. */
    static Optional<String> similarTo(String key) {
        String wanted = generic(key);
        String name =
                wanted.equals(key) ? ANY_NAME : key.substring(LISTENERS.length(), key.indexOf('.', LISTENERS.length()));
        return all().keySet().stream()
                .map(known -> Map.entry(known, distance(known, wanted)))
                .filter(candidate -> candidate.getValue() <= 4)
                .min(Comparator.comparingInt(Map.Entry::getValue))
                .map(nearest -> nearest.getKey().replace(ANY_NAME, name));
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
            if (method.getReturnType() == Map.class) {
                collect(key + "." + ANY_NAME, mapped(method), settings);
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

    private static Class<?> mapped(Method method) {
        if (method.getGenericReturnType() instanceof ParameterizedType map
                && map.getActualTypeArguments()[1] instanceof Class<?> group) {
            return group;
        }
        throw new IllegalStateException(method + " is no map of groups");
    }

    /** What a value is, whether it may be missing or there may be several. */
    private static Class<?> valueType(Method method) {
        if (method.getReturnType() == OptionalInt.class) {
            return int.class;
        }
        Type type = method.getGenericReturnType();
        while (type instanceof ParameterizedType outer) {
            type = outer.getActualTypeArguments()[0];
        }
        return (Class<?>) type;
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
