package io.robustmq.kernel.shard;

import io.netty.buffer.ByteBuf;
import io.robustmq.storage.RunId;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a checkpoint installs: the run that holds the snapshot, and the runs that hold messages, by the numbers the snapshot uses.
 *
 * <pre>u8 format, i64 snapshot run, u32 n, n x (u32 number, i64 run)</pre>
 */
record Manifest(RunId snapshot, Map<Integer, RunId> messages) {
    private static final int FORMAT = 1;

    Manifest {
        messages = new LinkedHashMap<>(messages);
    }

    void write(ByteBuf out) {
        out.writeByte(FORMAT).writeLong(snapshot.value()).writeInt(messages.size());
        messages.forEach((number, run) -> out.writeInt(number).writeLong(run.value()));
    }

    static Manifest read(ByteBuf in) {
        int format = in.readByte();
        if (format != FORMAT) {
            throw new StorageException(new StorageFault.Damaged("manifest format " + format + " is not known"));
        }
        RunId snapshot = new RunId(in.readLong());
        int count = in.readInt();
        Map<Integer, RunId> messages = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            messages.put(in.readInt(), new RunId(in.readLong()));
        }
        return new Manifest(snapshot, messages);
    }
}
