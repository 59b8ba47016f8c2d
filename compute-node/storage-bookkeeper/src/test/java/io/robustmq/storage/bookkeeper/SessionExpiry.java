package io.robustmq.storage.bookkeeper;

import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;

/**
 * Makes ZooKeeper expire sessions whose clients are alive: another client continues the session and ends it, so that the first one is told at its next contact, as after a
 * pause longer than its time-out.
 */
final class SessionExpiry {
    private static final int TIMEOUT_MILLIS = 20_000;
    /** ZooKeeper derives a session's password from its id with this. */
    private static final long SECRET = 0xB3415C00L;

    private SessionExpiry() {}

    /** A session that begins now, and ends. Servers of one number their sessions in a row. */
    static long mark(String servers) throws Exception {
        CompletableFuture<KeeperState> contact = new CompletableFuture<>();
        ZooKeeper session = new ZooKeeper(servers, TIMEOUT_MILLIS, event -> contact(contact, event));
        try {
            contact.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
            return session.getSessionId();
        } finally {
            session.close();
        }
    }

    /** Ends every session that began after the mark; gives how many there were. */
    static int expireSince(String servers, long mark) throws Exception {
        int expired = 0;
        long end = mark(servers);
        for (long id = mark + 1; id < end; id++) {
            if (expire(servers, id)) {
                expired++;
            }
        }
        return expired;
    }

    /** Ends a session and returns when ZooKeeper knows it no more; tells whether it knew it before. */
    static boolean expire(String servers, long id) throws Exception {
        byte[] password = new byte[16];
        new Random(id ^ SECRET).nextBytes(password);
        for (boolean known = false; ; known = true) {
            CompletableFuture<KeeperState> contact = new CompletableFuture<>();
            ZooKeeper session = new ZooKeeper(servers, TIMEOUT_MILLIS, event -> contact(contact, event), id, password);
            try {
                if (contact.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS) == KeeperState.Expired) {
                    return known;
                }
            } finally {
                // Its owner may take the session back before this arrives: hence again, until it is gone.
                session.close();
            }
        }
    }

    private static void contact(CompletableFuture<KeeperState> contact, WatchedEvent event) {
        if (event.getType() == Watcher.Event.EventType.None
                && (event.getState() == KeeperState.SyncConnected || event.getState() == KeeperState.Expired)) {
            contact.complete(event.getState());
        }
    }
}
