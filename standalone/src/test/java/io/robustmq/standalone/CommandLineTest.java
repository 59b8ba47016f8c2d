package io.robustmq.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {

    private static final Path DEFAULT = Path.of("default");

    private static CommandLine parse(String... arguments) {
        return CommandLine.parse(List.of(arguments), DEFAULT);
    }

    @Test
    void standaloneAloneKeepsDataInTheDefaultPlace() {
        assertThat(parse("standalone"))
                .isEqualTo(
                        new CommandLine.Run(DEFAULT, CommandLine.StorageKind.BOOKKEEPER, Optional.empty(), Map.of()));
    }

    @Test
    void optionsTakeTheirValueAfterABlankOrAnEqualsSign() {
        CommandLine expected = new CommandLine.Run(
                Path.of("d"),
                CommandLine.StorageKind.MEMORY,
                Optional.of(Path.of("c.properties")),
                Map.of("robustmq.port-offset", "7", "robustmq.listeners.mqtt.port", "1", "quarkus.log.level", "a=b"));
        assertThat(parse(
                        "standalone",
                        "--data",
                        "d",
                        "--storage",
                        "memory",
                        "--config",
                        "c.properties",
                        "--port-offset",
                        "7",
                        "--set",
                        "robustmq.listeners.mqtt.port=1",
                        "--set",
                        "quarkus.log.level=a=b"))
                .isEqualTo(expected);
        assertThat(parse(
                        "standalone",
                        "--data=d",
                        "--storage=memory",
                        "--config=c.properties",
                        "--port-offset=7",
                        "--set=robustmq.listeners.mqtt.port=1",
                        "--set=quarkus.log.level=a=b"))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "stand alone,There is no command stand.",
        "standalone --fast 1,There is no option --fast.",
        "standalone x,There is no option x.",
        "standalone --data,--data needs a value.",
        "standalone --storage disk,'--storage takes bookkeeper or memory, not disk.'",
        "standalone --set a,'--set takes KEY=VALUE, not a.'",
        "standalone --set =a,'--set takes KEY=VALUE, not =a.'",
        "password,password takes one user name.",
        "password a b,password takes one user name.",
        "user,'user takes one name, and perhaps --superuser.'",
        "user a b,'user takes one name, and perhaps --superuser.'",
        "user --superuser,'user takes one name, and perhaps --superuser.'",
    })
    void aMistakeIsToldInOneSentence(String line, String sentence) {
        assertThat(CommandLine.parse(Arrays.asList(line.split(" ")), DEFAULT))
                .isEqualTo(new CommandLine.Mistake(sentence));
    }

    @Test
    void helpVersionAndPasswordAreUnderstood() {
        assertThat(parse()).isEqualTo(new CommandLine.Help());
        assertThat(parse("help")).isEqualTo(new CommandLine.Help());
        assertThat(parse("standalone", "--help")).isEqualTo(new CommandLine.Help());
        assertThat(parse("version")).isEqualTo(new CommandLine.Version());
        assertThat(parse("password", "ann")).isEqualTo(new CommandLine.MakePassword("ann"));
        assertThat(parse("user", "ann")).isEqualTo(new CommandLine.MakeUser("ann", false));
        assertThat(parse("user", "--superuser", "ann")).isEqualTo(new CommandLine.MakeUser("ann", true));
        assertThat(CommandLine.USAGE.lines())
                .allSatisfy(text -> assertThat(text).hasSizeLessThan(100));
    }
}
