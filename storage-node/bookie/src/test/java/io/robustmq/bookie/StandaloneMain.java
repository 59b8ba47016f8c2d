package io.robustmq.bookie;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import org.apache.bookkeeper.client.api.BookKeeper;
import org.apache.bookkeeper.client.api.DigestType;
import org.apache.bookkeeper.client.api.WriteHandle;
import org.apache.bookkeeper.conf.ClientConfiguration;

/** What {@link StandaloneProcess} runs. */
final class StandaloneMain {
    private StandaloneMain() {}

    static BookKeeper client(String connectString) throws Exception {
        ClientConfiguration configuration = new ClientConfiguration();
        configuration.setMetadataServiceUri("zk+hierarchical://" + connectString + "/ledgers");
        configuration.setUseV2WireProtocol(true);
        configuration.setThrottleValue(0);
        return BookKeeper.newBuilder(configuration).build();
    }

    public static void main(String[] arguments) throws Exception {
        StandaloneStorage storage = StandaloneStorage.start(Path.of(arguments[0]), StandaloneOptions.DEFAULTS);
        BookKeeper client = client(storage.connectString());
        WriteHandle ledger = client.newCreateLedgerOp()
                .withEnsembleSize(1)
                .withWriteQuorumSize(1)
                .withAckQuorumSize(1)
                .withDigestType(DigestType.CRC32C)
                .withPassword(new byte[0])
                .execute()
                .get();
        System.out.println("ledger " + ledger.getId());
        Semaphore slots = new Semaphore(8);
        for (long number = 0; ; number++) {
            slots.acquire();
            CompletionStage<Long> appended =
                    ledger.appendAsync(Unpooled.copiedBuffer("entry-" + number, StandardCharsets.UTF_8));
            appended.whenComplete((entryId, failure) -> {
                if (failure == null) {
                    System.out.println("acknowledged " + entryId);
                }
                slots.release();
            });
        }
    }
}
