package io.robustmq.security.ban;

import io.robustmq.security.AtomicFile;
import io.robustmq.security.access.Cidr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All bans, kept in a file that is written anew, at once or not at all, with every change: one line of
 * {@code kind target since until by reason} per ban, texts percent-encoded, times in milliseconds since the epoch.
 *
 * <p>Any thread. Looking up costs a few hash look-ups and one per length of address block in use. Changes block for a synced
 * write and take turns.
 */
public final class BanList {
    /** Most bans; beyond it the firewall is the better place. */
    public static final int BANS_MAX = 100_000;

    /** Bans by target, and the lengths of address blocks that occur. Immutable. */
    private record Bans(Map<Ban.Target, Ban> all, List<Integer> prefixes) {
        static Bans of(Map<Ban.Target, Ban> bans) {
            return new Bans(
                    Map.copyOf(bans),
                    bans.keySet().stream()
                            .flatMap(target -> target instanceof Ban.Target.Addresses addresses
                                    ? Stream.of(addresses.block().prefixBits())
                                    : Stream.empty())
                            .distinct()
                            .sorted()
                            .toList());
        }
    }

    private final @Nullable Path file;
    private final LongSupplier wallMillis;
    private final ReentrantLock changing = new ReentrantLock();
    private volatile Bans bans;

    private BanList(@Nullable Path file, LongSupplier wallMillis, Map<Ban.Target, Ban> bans) {
        this.file = file;
        this.wallMillis = wallMillis;
        this.bans = Bans.of(bans);
    }

    /**
     * Opens the list; blocks.
     *
     * @param file null to keep it in memory only; one that does not exist is an empty list
     * @throws IOException when the file cannot be read; the sentence names file and line
     */
    public static BanList open(@Nullable Path file, LongSupplier wallMillis) throws IOException {
        Map<Ban.Target, Ban> bans = new HashMap<>();
        if (file != null && Files.exists(file)) {
            List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).isBlank()) {
                    continue;
                }
                try {
                    Ban ban = parse(lines.get(i));
                    bans.put(ban.target(), ban);
                } catch (IllegalArgumentException wrong) {
                    throw new IOException(file + ", line " + (i + 1) + ": " + wrong.getMessage(), wrong);
                }
            }
        }
        return new BanList(file, wallMillis, bans);
    }

    /** The ban that keeps this client out now, if any. */
    public Optional<Ban> find(String clientId, @Nullable String userName, InetAddress address) {
        Bans now = bans;
        if (now.all().isEmpty()) {
            return Optional.empty();
        }
        Ban found = holding(now, new Ban.Target.Addresses(Cidr.of(address)));
        if (found == null && !clientId.isEmpty()) {
            found = holding(now, new Ban.Target.Client(clientId));
        }
        if (found == null && userName != null && !userName.isEmpty()) {
            found = holding(now, new Ban.Target.User(userName));
        }
        int addressBits = address.getAddress().length * Byte.SIZE;
        for (int i = 0; found == null && i < now.prefixes().size(); i++) {
            int prefix = now.prefixes().get(i);
            if (prefix <= addressBits) {
                found = holding(now, new Ban.Target.Addresses(new Cidr(address, prefix)));
            }
        }
        return Optional.ofNullable(found);
    }

    private @Nullable Ban holding(Bans now, Ban.Target target) {
        Ban ban = now.all().get(target);
        return ban != null && ban.holdsAt(wallMillis.getAsLong()) ? ban : null;
    }

    /** All bans that hold now. */
    public Collection<Ban> all() {
        long now = wallMillis.getAsLong();
        return bans.all().values().stream().filter(ban -> ban.holdsAt(now)).toList();
    }

    /** Number of bans kept, those that ended since the last change included. */
    public int size() {
        return bans.all().size();
    }

    /**
     * Adds a ban, or replaces that of the same target.
     *
     * @throws IOException when it cannot be written; then nothing changed
     */
    public void add(Ban ban) throws IOException {
        changing.lock();
        try {
            Map<Ban.Target, Ban> changed = held();
            changed.put(ban.target(), ban);
            if (changed.size() > BANS_MAX) {
                throw new IllegalArgumentException("there are " + BANS_MAX + " bans already");
            }
            put(changed);
        } finally {
            changing.unlock();
        }
    }

    /** Lifts a ban; false if there is none. */
    public boolean remove(Ban.Target target) throws IOException {
        changing.lock();
        try {
            Map<Ban.Target, Ban> changed = held();
            if (changed.remove(target) == null) {
                return false;
            }
            put(changed);
            return true;
        } finally {
            changing.unlock();
        }
    }

    private Map<Ban.Target, Ban> held() {
        long now = wallMillis.getAsLong();
        Map<Ban.Target, Ban> held = new HashMap<>(bans.all());
        held.values().removeIf(ban -> !ban.holdsAt(now));
        return held;
    }

    private void put(Map<Ban.Target, Ban> changed) throws IOException {
        if (file != null) {
            StringBuilder text = new StringBuilder();
            changed.values().forEach(ban -> text.append(format(ban)).append('\n'));
            AtomicFile.write(file, text.toString());
        }
        bans = Bans.of(changed);
    }

    static String format(Ban ban) {
        String target = switch (ban.target()) {
            case Ban.Target.Client client -> "client " + encode(client.id());
            case Ban.Target.User user -> "user " + encode(user.name());
            case Ban.Target.Addresses addresses -> "address " + addresses.block();
        };
        return target + " " + ban.sinceMillis() + " " + ban.untilMillis() + " " + encode(ban.by()) + " "
                + encode(ban.reason());
    }

    static Ban parse(String line) {
        String[] parts = line.split(" ", -1);
        if (parts.length != 6) {
            throw new IllegalArgumentException("a ban is: kind target since until by reason");
        }
        Ban.Target target = switch (parts[0]) {
            case "client" -> new Ban.Target.Client(decode(parts[1]));
            case "user" -> new Ban.Target.User(decode(parts[1]));
            case "address" -> new Ban.Target.Addresses(Cidr.parse(parts[1]));
            case String other ->
                throw new IllegalArgumentException("a ban is of a client, user or address, not of " + other);
        };
        return new Ban(target, decode(parts[4]), decode(parts[5]), Long.parseLong(parts[2]), Long.parseLong(parts[3]));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
