package io.robustmq.standalone;

import io.robustmq.storage.CoordStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What about the data can never change: how many shards it is divided into. Written once, when data is created, next to the data itself. */
final class DataShape {

    /**
     * What this start wants.
     *
     * @param newShards for new data
     * @param demanded what the user set, if anything; existing data must agree
     */
    record Wanted(int newShards, Optional<Integer> demanded) {}

    private static final String PATH = "/shape";
    private static final String PREFIX = "shards=";
    private static final long LIMIT_SECONDS = 30;

    private DataShape() {}

    /** The number of shards, after writing it if the data is new. */
    static int agree(CoordStore coordination, Path directory, Wanted wanted)
            throws StartException, InterruptedException {
        try {
            Optional<CoordStore.Versioned> known =
                    coordination.get(PATH).toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (known.isEmpty()) {
                int shards = wanted.demanded().orElse(wanted.newShards());
                byte[] text = (PREFIX + shards).getBytes(StandardCharsets.UTF_8);
                coordination
                        .compareAndSet(PATH, text, CoordStore.ABSENT)
                        .toCompletableFuture()
                        .get(LIMIT_SECONDS, TimeUnit.SECONDS);
                return shards;
            }
            int shards = parse(new String(known.get().bytes(), StandardCharsets.UTF_8), directory);
            int demanded = wanted.demanded().orElse(shards);
            if (demanded != shards) {
                throw new StartException("The data in " + directory + " has " + shards
                        + " shards, which cannot change: leave robustmq.shards unset, or set it to " + shards + ".");
            }
            return shards;
        } catch (ExecutionException | TimeoutException failed) {
            throw new StartException("The storage in " + directory + " does not answer: " + failed + ".", failed);
        }
    }

    private static int parse(String text, Path directory) throws StartException {
        try {
            if (text.startsWith(PREFIX)) {
                return Integer.parseInt(text.substring(PREFIX.length()));
            }
        } catch (NumberFormatException unreadable) {
            throw new StartException("The data in " + directory + " has an unknown shape (" + text + ").", unreadable);
        }
        throw new StartException("The data in " + directory + " has an unknown shape (" + text + ").");
    }
}
