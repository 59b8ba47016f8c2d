package io.robustmq.acceptance.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;

/** The tests of this module, all of which speak to a started platform over sockets, by the statements they are tagged with. */
final class TaggedTests {
    private static final String ENDING = ".class";

    private TaggedTests() {}

    /** Statement identifiers with the tests that carry them, as {@code Class.method}. */
    static Map<String, SortedSet<String>> byStatement() {
        Map<String, SortedSet<String>> tests = new TreeMap<>();
        for (Class<?> type : classes()) {
            for (Method method : type.getDeclaredMethods()) {
                for (Tag tag : method.getAnnotationsByType(Tag.class)) {
                    tests.computeIfAbsent(tag.value(), _ -> new TreeSet<>())
                            .add(type.getSimpleName() + "." + method.getName());
                }
            }
        }
        return tests;
    }

    private static List<Class<?>> classes() {
        try {
            Path root = Path.of(TaggedTests.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            try (Stream<Path> files = Files.walk(root)) {
                return files.map(file -> root.relativize(file).toString())
                        .filter(name -> name.endsWith("IT" + ENDING) || name.endsWith("Conformance" + ENDING))
                        .map(name -> name.substring(0, name.length() - ENDING.length())
                                .replace('/', '.'))
                        .map(TaggedTests::load)
                        .sorted(Comparator.comparing(Class::getName))
                        .toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, TaggedTests.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
