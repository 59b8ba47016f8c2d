package io.robustmq.kernel.shard;

import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.link.ShardDirectory;
import io.robustmq.kernel.link.ShardInbox;
import io.robustmq.kernel.node.NodeKernel;
import io.robustmq.kernel.route.RouteMatch;
import io.robustmq.kernel.route.Routes;
import io.robustmq.kernel.session.DeliveryWindow;
import io.robustmq.kernel.session.FilterStream;
import io.robustmq.kernel.session.KeptValues;
import io.robustmq.kernel.session.LsnMap;
import io.robustmq.kernel.session.MessageRow;
import io.robustmq.kernel.session.SessionState;
import io.robustmq.kernel.session.Subscription;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Looks into the shards of a node that stands still: counts anew who needs which message, and writes down everything that the log decides. */
public final class ShardAudit {
    private ShardAudit() {}

    private static Object field(Object of, String name) {
        try {
            Field field = of.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return Objects.requireNonNull(field.get(of), name);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a name that the audit looks for is gone", e);
        }
    }

    private static List<ShardState> states(NodeKernel node) {
        List<ShardState> all = new ArrayList<>();
        for (Shard shard : (Shard[]) field(node, "shards")) {
            all.add((ShardState) field(field(shard, "tenure"), "state"));
        }
        return all;
    }

    /** One shard of the node, to be spoken to as its frames would. */
    public static ShardInbox inbox(NodeKernel node, int shard) {
        return ((Shard[]) field(node, "shards"))[shard];
    }

    /** Times that shards met a broken invariant. */
    public static long invariantsBroken(NodeKernel node) {
        return Arrays.stream((Shard[]) field(node, "shards"))
                .mapToLong(shard -> shard.figures().invariantsBroken.read())
                .sum();
    }

    /** Id of the session of a client of tenant 0. */
    public static long sessionId(NodeKernel node, int shard, String client) {
        SessionState session = states(node).get(shard).sessionsByKey().get(new SessionKey(0, client));
        return Objects.requireNonNull(session, client).id();
    }

    /** Entries of the shard's outbox that have not arrived everywhere. */
    public static int outbox(NodeKernel node, int shard) {
        return states(node).get(shard).outbox().size();
    }

    /** Whether the routes send what has this name to the shard, as a message or to its queues. */
    public static boolean routedTo(NodeKernel node, String name, int shard) {
        Routes routes = (Routes) field(inbox(node, shard), "routes");
        RouteMatch match = routes.table().match(name);
        return Arrays.stream(match.shards()).anyMatch(one -> one == shard)
                || Arrays.stream(match.queueShards()).anyMatch(one -> one == shard);
    }

    /** The epoch under which the shard serves. */
    public static long epoch(NodeKernel node, int shard) {
        return ((ShardDirectory) field(inbox(node, shard), "directory")).epoch(shard);
    }

    /** What the shard does after an outcome that nobody knows. */
    public static void startAnew(NodeKernel node, int shard) {
        try {
            Method method = Shard.class.getDeclaredMethod("abandonTenure", String.class);
            method.setAccessible(true);
            method.invoke(((Shard[]) field(node, "shards"))[shard], "told by a test");
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a name that the audit looks for is gone", e);
        }
    }

    /** The most message runs that a shard has. */
    public static int runs(NodeKernel node) {
        return states(node).stream()
                .mapToInt(state -> state.runs().all().size())
                .max()
                .orElse(0);
    }

    /** Bytes of messages that sessions and members of groups have on the way. */
    public static long bytesOnTheWay(NodeKernel node) {
        long sum = 0;
        for (Shard shard : (Shard[]) field(node, "shards")) {
            Object pumps = field(field(shard, "tenure"), "pumps");
            for (Object pump : ((LsnMap<?>) field(pumps, "bySession")).values()) {
                sum += ((SessionPump) pump).bytesOnTheWay;
            }
        }
        for (ShardState state : states(node)) {
            for (GroupQueue queue : state.queues().values()) {
                for (GroupQueue.Member member : queue.members.values()) {
                    sum += member.bytesOnTheWay;
                }
            }
        }
        return sum;
    }

    /** Messages that nobody was handed, in all queues. */
    public static int ready(NodeKernel node) {
        return states(node).stream()
                .flatMap(state -> state.queues().values().stream())
                .mapToInt(queue -> queue.engine().ready())
                .sum();
    }

    /** The shard that keeps the queue of a group of tenant 0. */
    public static int shardOfGroup(NodeKernel node, String group, String pattern) {
        return ((ShardDirectory) field(inbox(node, 0), "directory")).shardOfGroup(0, group, pattern);
    }

    /** Timers that wait in the shards. */
    public static int timers(NodeKernel node) {
        return states(node).stream().mapToInt(state -> state.timers().size()).sum();
    }

    /** Fails unless every message is counted exactly as often as somebody needs it, and every session knows how many wait. */
    public static void check(NodeKernel node) {
        states(node).forEach(ShardAudit::check);
    }

    private static void check(ShardState state) {
        Map<Long, Integer> needed = new TreeMap<>();
        for (SessionState session : state.sessions().values()) {
            List<Long> pending = pending(state, session);
            if (pending.size() != session.pending) {
                throw new AssertionError(session.key() + " counts " + session.pending + " pending, has " + pending);
            }
            pending.forEach(lsn -> count(needed, lsn));
            MessageRow parting = session.parting;
            if (parting != null) {
                count(needed, parting.lsn);
            }
        }
        state.queues().values().forEach(queue -> {
            queue.engine().checkInvariants();
            queue.engine().forEachUnsettled(lsn -> count(needed, lsn));
        });
        state.lastValues().forEach((_, row) -> count(needed, row.lsn));
        state.delayed().values().forEach(one -> count(needed, one.message().lsn));
        for (OutboxEntry entry : state.outbox()) {
            MessageRow message = entry.message;
            if (message != null) {
                count(needed, message.lsn);
            }
        }
        Map<Long, Integer> counted = new TreeMap<>();
        Map<Integer, Integer> live = new TreeMap<>();
        for (MessageRow row : state.rows().values()) {
            counted.put(row.lsn, row.references);
            if (row.run == MessageRow.NO_RUN) {
                if (row.buffer() == null) {
                    throw new AssertionError("message " + row.lsn + " is neither in memory nor in a run");
                }
            } else {
                live.merge(row.run, 1, Integer::sum);
            }
        }
        if (!counted.equals(needed)) {
            throw new AssertionError("messages are counted " + counted + " and needed " + needed);
        }
        for (RunTable.Run run : state.runs().all()) {
            if (run.live != live.getOrDefault(run.number, 0)) {
                throw new AssertionError("run " + run.number + " counts " + run.live + " of " + live);
            }
        }
    }

    private static void count(Map<Long, Integer> needed, long lsn) {
        needed.merge(lsn, 1, Integer::sum);
    }

    /** LSNs that are assigned and open, then those that wait. */
    private static List<Long> pending(ShardState state, SessionState session) {
        List<Long> all = new ArrayList<>();
        DeliveryWindow window = session.window();
        for (long s = window.base(); s < window.next(); s++) {
            if (window.isOpen(s)) {
                all.add(window.lsn(s));
            }
        }
        Set<Long> waiting = new TreeSet<>();
        for (Subscription one : session.streamed()) {
            FilterStream stream = Objects.requireNonNull(one.stream);
            for (long at = Math.max(one.position, stream.firstPosition()); at < stream.endPosition(); at++) {
                MessageRow row = state.row(stream.lsnAt(at));
                if (row != null && one.counts(row)) {
                    waiting.add(row.lsn);
                }
            }
        }
        KeptValues kept = session.kept();
        if (kept != null) {
            kept.waiting().forEach(one -> waiting.add(one.lsn()));
        }
        all.addAll(waiting);
        return all;
    }

    /**
     * Everything that the log decides, as text. What waits is given its sequences first, as sending it would: the log decides these too, whenever they are given.
     */
    public static List<String> dump(NodeKernel node) {
        List<String> all = new ArrayList<>();
        int shard = 0;
        for (ShardState state : states(node)) {
            String prefix = "shard " + shard++ + " ";
            dump(state).forEach(line -> all.add(prefix + line));
        }
        return all;
    }

    private static List<String> dump(ShardState state) {
        List<String> all = new ArrayList<>();
        all.add("seen " + Arrays.toString(state.lastSeen));
        Map<Long, String> rows = new TreeMap<>();
        for (MessageRow row : state.rows().values()) {
            rows.put(
                    row.lsn,
                    "message " + row.lsn + " x" + row.references + " of " + row.publisher + " " + row.length + " "
                            + row.guaranteeCode);
        }
        all.addAll(rows.values());
        Map<Long, String> sessions = new TreeMap<>();
        for (SessionState session : state.sessions().values()) {
            sessions.put(session.id(), describe(state, session));
        }
        all.addAll(sessions.values());
        Map<Long, String> queues = new TreeMap<>();
        state.queues().values().forEach(queue -> {
            List<Long> unsettled = new ArrayList<>();
            queue.engine().forEachUnsettled(unsettled::add);
            queues.put(
                    queue.id(),
                    "queue " + queue.id() + " " + queue.key() + " members "
                            + queue.engine().members() + " messages " + unsettled);
        });
        all.addAll(queues.values());
        Map<String, Long> values = new TreeMap<>();
        state.lastValues().forEach((name, row) -> values.put(name, row.lsn));
        all.add("last values " + values);
        Map<Long, Long> delayed = new TreeMap<>();
        state.delayed().values().forEach(one -> delayed.put(one.message().lsn, one.dueAtMillis()));
        all.add("delayed " + delayed);
        state.outbox()
                .forEach(entry -> all.add("outbox " + entry.lsn + " " + entry.membership + " " + entry.publisher));
        all.add("timers " + state.timers().size() + " next " + state.timers().nextDueMillis());
        return all;
    }

    private static String describe(ShardState state, SessionState session) {
        DeliveryWindow window = session.window();
        MessageRow row;
        while ((row = session.peek(state.rows(), Long.MAX_VALUE)) != null) {
            session.assign(row);
        }
        StringBuilder text = new StringBuilder("session " + session.id() + " " + session.key() + " expires "
                + session.expiryMillis + " detached " + session.detachedAtMillis + " pending " + session.pending
                + " newest " + session.newestLsn + " parting " + session.partingDelayMillis + " once "
                + (session.receivedOnce() == null ? "{}" : session.receivedOnce()) + " next " + window.next());
        for (long s = window.base(); s < window.next(); s++) {
            if (window.isOpen(s)) {
                text.append(' ')
                        .append(s)
                        .append(':')
                        .append(window.lsn(s))
                        .append('/')
                        .append(window.state(s));
            }
        }
        session.subscriptions()
                .forEach((key, one) -> text.append(" [")
                        .append(key.pattern())
                        .append(' ')
                        .append(key.group())
                        .append(' ')
                        .append(one.asRequest())
                        .append(" from ")
                        .append(one.startLsn)
                        .append(" own from ")
                        .append(one.ownFromLsn)
                        .append(']'));
        return text.toString();
    }
}
