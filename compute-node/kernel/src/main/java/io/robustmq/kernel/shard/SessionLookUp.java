package io.robustmq.kernel.shard;

import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.inspect.SessionInfo;
import io.robustmq.kernel.session.SessionState;
import io.robustmq.storage.Loop;
import java.util.Optional;

/** Asks a shard for one session. */
public final class SessionLookUp extends ShardInspection<Optional<SessionInfo>> {
    private final SessionKey key;

    public SessionLookUp(SessionKey key) {
        this.key = key;
    }

    @Override
    void look(int shard, ShardState state, RunBlocks blocks, Loop loop) {
        SessionState session = state.sessionsByKey().get(key);
        answer(session == null ? Optional.empty() : Optional.of(SessionScan.info(session, shard)));
    }
}
