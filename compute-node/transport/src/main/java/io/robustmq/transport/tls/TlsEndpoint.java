package io.robustmq.transport.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.robustmq.transport.input.CopyingCumulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS of one listener. Watches its files from a virtual thread and takes over what is new in them: connections that exist go on with what they have, new ones see the new
 * certificates. Files that cannot be used change nothing and are told once.
 */
public final class TlsEndpoint implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TlsEndpoint.class);

    /** One file as it was when last looked at. */
    private record Stamp(@Nullable Object identity, long modifiedMillis, long sizeBytes) {

        private static final Stamp MISSING = new Stamp(null, 0, -1);

        static Stamp of(Path file) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return new Stamp(
                        attributes.fileKey(), attributes.lastModifiedTime().toMillis(), attributes.size());
            } catch (IOException missing) {
                log.debug("A file of TLS cannot be looked at file={}", file, missing);
                return MISSING;
            }
        }
    }

    private final String listener;
    private final TlsSettings settings;
    private final Thread watcher;
    private volatile TlsContexts contexts;

    /** Of the files that were read last, whether they could be used or not. Guarded by this. */
    private List<Stamp> read;

    private boolean closed;

    private TlsEndpoint(String listener, TlsSettings settings, List<Stamp> read, TlsContexts contexts) {
        this.listener = listener;
        this.settings = settings;
        this.read = read;
        this.contexts = contexts;
        this.watcher = Thread.ofVirtual().name("tls-files-" + listener).unstarted(this::watch);
    }

    /** Reads the files and begins to watch them; reads from disk. */
    public static TlsEndpoint open(String listener, TlsSettings settings) throws TlsException {
        List<Stamp> stamps = stamps(settings);
        TlsEndpoint endpoint = new TlsEndpoint(listener, settings, stamps, TlsContexts.read(settings));
        if (settings.watchMillis() > 0) {
            endpoint.watcher.start();
        }
        return endpoint;
    }

    /** Adds TLS to the end of a pipeline. On the loop of the connection. */
    public void install(ChannelPipeline pipeline) {
        if (contexts.several()) {
            pipeline.addLast(new ServerNameChoice(this));
        } else {
            pipeline.addLast(newHandler(null, pipeline.channel().alloc()));
        }
    }

    /** When the first of the certificates in use ends; any thread. */
    public Instant expires() {
        return contexts.expires();
    }

    /**
     * Reads the files now, whether they changed or not. For whoever administers the node; reads from disk and waits.
     */
    public synchronized TlsReload reload() {
        read = stamps(settings);
        TlsContexts fresh;
        try {
            fresh = TlsContexts.read(settings);
        } catch (TlsException unusable) {
            String sentence = String.valueOf(unusable.getMessage());
            log.error("TLS goes on with the former files listener={} reason={}", listener, sentence);
            return new TlsReload.Rejected(sentence);
        }
        if (closed) {
            fresh.retire();
            return new TlsReload.Rejected("The listener is closed.");
        }
        TlsContexts former = contexts;
        contexts = fresh;
        former.retire();
        log.info("TLS files were read anew listener={} expires={}", listener, fresh.expires());
        return new TlsReload.Reloaded();
    }

    /** Stops watching and gives memory back. Connections that exist are not touched; there must be no new ones. */
    @Override
    public synchronized void close() {
        watcher.interrupt();
        if (!closed) {
            closed = true;
            contexts.retire();
        }
    }

    /** A handler for a client that asked for {@code host}, if it did. */
    SslHandler newHandler(@Nullable String host, ByteBufAllocator allocator) {
        SslHandler handler = null;
        while (handler == null) {
            TlsContexts present = contexts;
            handler = present.newHandler(host, allocator);
            if (handler == null && present == contexts) {
                throw new IllegalStateException("a connection after the end of listener " + listener);
            }
        }
        // The time for everything up to the protocol is measured by the listener.
        handler.setHandshakeTimeoutMillis(0);
        handler.setCumulator(CopyingCumulator.INSTANCE);
        return handler;
    }

    private void watch() {
        List<Stamp> before = List.of();
        try {
            while (true) {
                Thread.sleep(settings.watchMillis());
                List<Stamp> now = stamps(settings);
                // Only what stayed the same for two looks: certificate and key are seldom replaced at the same instant.
                if (now.equals(before) && isNews(now)) {
                    reload();
                }
                before = now;
            }
        } catch (InterruptedException _) {
            log.debug("TLS files are not watched any more listener={}", listener);
        }
    }

    private synchronized boolean isNews(List<Stamp> now) {
        return !Objects.equals(now, read);
    }

    private static List<Stamp> stamps(TlsSettings settings) {
        List<Stamp> stamps = new ArrayList<>();
        for (Path file : settings.files()) {
            stamps.add(Stamp.of(file));
        }
        return stamps;
    }
}
