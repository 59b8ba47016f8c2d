package io.robustmq.standalone;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The program. */
@QuarkusMain
public final class Standalone {

    static final int EXIT_CANNOT_START = 1;
    private static final int EXIT_NOT_UNDERSTOOD = 2;

    /** What {@link StandaloneApplication} starts. Quarkus makes that object itself, so this is the one thing that is handed over by a static field. */
    private static final AtomicReference<@Nullable Launch> LAUNCH = new AtomicReference<>();

    private Standalone() {}

    /** See {@link CommandLine#USAGE}. */
    public static void main(String... arguments) {
        Map<String, String> environment = System.getenv();
        Path defaultData = Path.of(environment.getOrDefault("ROBUSTMQ_DATA", "data/standalone"));
        switch (CommandLine.parse(List.of(arguments), defaultData)) {
            case CommandLine.Run run -> run(run, environment);
            case CommandLine.MakePassword(String user) -> System.exit(PasswordLine.print(user));
            case CommandLine.MakeUser(String name, boolean superuser) ->
                System.exit(PasswordLine.printUser(name, superuser));
            case CommandLine.Version() -> System.out.println("RobustMQ " + ProductVersion.TEXT);
            case CommandLine.Help() -> System.out.print(CommandLine.USAGE);
            case CommandLine.Mistake(String sentence) -> {
                System.err.println(sentence);
                System.err.print(CommandLine.USAGE);
                System.exit(EXIT_NOT_UNDERSTOOD);
            }
        }
    }

    /** The start under way. */
    static Launch launch() {
        Launch launch = LAUNCH.get();
        if (launch == null) {
            throw new IllegalStateException("started without Standalone.main");
        }
        return launch;
    }

    private static void run(CommandLine.Run run, Map<String, String> environment) {
        try {
            Launch launch = Launch.begin(run, environment);
            LAUNCH.set(launch);
            Runtime.getRuntime()
                    .addShutdownHook(Thread.ofPlatform().name("orderly-end").unstarted(() -> endInOrder(launch)));
        } catch (StartException cannot) {
            System.err.println(cannot.getMessage());
            System.exit(EXIT_CANNOT_START);
        }
        Quarkus.run(StandaloneApplication.class, Standalone::end);
    }

    /**
     * After a signal. Quarkus wakes the application, which stops what is ours, but does not wait for it; this does. And it ends the process with the code of the application: an
     * orderly end is 0, where the JVM would say 143.
     */
    private static void endInOrder(Launch launch) {
        try {
            launch.awaitEnd();
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
        halt(launch.exitCode());
    }

    /** The application ended by itself, or Quarkus could not start. */
    private static void end(Integer exitCode, @Nullable Throwable problem) {
        if (problem != null) {
            System.err.println("The platform cannot start: " + problem);
        }
        halt(problem == null ? exitCode : EXIT_CANNOT_START);
    }

    private static void halt(int exitCode) {
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(exitCode);
    }
}
