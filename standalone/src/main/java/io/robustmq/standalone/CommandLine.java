package io.robustmq.standalone;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the user asked for. */
sealed interface CommandLine {

    /** Shown by {@code help} and after a mistake. */
    String USAGE = """
            usage: robustmq COMMAND

              standalone            run the whole platform in this process
                --data DIR          where to keep data (default: $ROBUSTMQ_DATA or ./data/standalone)
                --storage KIND      bookkeeper (default), or memory: nothing survives the end of the process
                --config FILE       read settings from a properties file
                --set KEY=VALUE     set one value; may be repeated
                --port-offset N     add N to every port
              password USER         read a password and print the line for the password file
              user NAME             read a password and print the line for the file of built-in users
                --superuser         one whom rules do not bind
              admin COMMAND         look at a running platform and change it; "admin --help" lists the commands
              version               print the version
              help                  print this

            Settings: docs/reference/configuration.md
            """;

    /** Run the platform. */
    record Run(Path data, StorageKind storage, Optional<Path> config, Map<String, String> settings)
            implements CommandLine {
        public Run {
            settings = Map.copyOf(settings);
        }
    }

    /** Make a line of a password file. */
    record MakePassword(String user) implements CommandLine {}

    /** Make a line of the file of built-in users. */
    record MakeUser(String name, boolean superuser) implements CommandLine {}

    /** Print the version. */
    record Version() implements CommandLine {}

    /** Print the usage. */
    record Help() implements CommandLine {}

    /** Not understood; one sentence why. */
    record Mistake(String sentence) implements CommandLine {}

    /** Where data goes. */
    enum StorageKind {
        BOOKKEEPER,
        MEMORY
    }

    /** Reads a command line; {@code defaultData} is where data goes if it does not say. */
    static CommandLine parse(List<String> arguments, Path defaultData) {
        if (arguments.isEmpty()) {
            return new Help();
        }
        List<String> rest = arguments.subList(1, arguments.size());
        return switch (arguments.getFirst()) {
            case "standalone" -> parseRun(rest, defaultData);
            case "password" ->
                rest.size() == 1 ? new MakePassword(rest.getFirst()) : new Mistake("password takes one user name.");
            case "user" -> parseUser(rest);
            case "version", "--version" -> new Version();
            case "help", "--help", "-h" -> new Help();
            default -> new Mistake("There is no command " + arguments.getFirst() + ".");
        };
    }

    private static CommandLine parseUser(List<String> arguments) {
        List<String> names = arguments.stream()
                .filter(argument -> !argument.equals("--superuser"))
                .toList();
        return names.size() == 1
                ? new MakeUser(names.getFirst(), names.size() < arguments.size())
                : new Mistake("user takes one name, and perhaps --superuser.");
    }

    private static CommandLine parseRun(List<String> arguments, Path defaultData) {
        Path data = defaultData;
        StorageKind storage = StorageKind.BOOKKEEPER;
        Optional<Path> config = Optional.empty();
        Map<String, String> settings = new LinkedHashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
            String option = equals < 0 ? argument : argument.substring(0, equals);
            if (option.equals("--help") || option.equals("-h")) {
                return new Help();
            }
            if (equals < 0 && i + 1 == arguments.size()) {
                return new Mistake(
                        option.startsWith("--") ? option + " needs a value." : "There is no option " + option + ".");
            }
            String value = equals < 0 ? arguments.get(++i) : argument.substring(equals + 1);
            switch (option) {
                case "--data" -> data = Path.of(value);
                case "--config" -> config = Optional.of(Path.of(value));
                case "--port-offset" -> settings.put("robustmq.port-offset", value);
                case "--set" -> {
                    int separator = value.indexOf('=');
                    if (separator < 1) {
                        return new Mistake("--set takes KEY=VALUE, not " + value + ".");
                    }
                    settings.put(
                            value.substring(0, separator).strip(),
                            value.substring(separator + 1).strip());
                }
                case "--storage" -> {
                    switch (value) {
                        case "memory" -> storage = StorageKind.MEMORY;
                        case "bookkeeper" -> storage = StorageKind.BOOKKEEPER;
                        default -> {
                            return new Mistake("--storage takes bookkeeper or memory, not " + value + ".");
                        }
                    }
                }
                default -> {
                    return new Mistake("There is no option " + option + ".");
                }
            }
        }
        return new Run(data, storage, config, settings);
    }
}
