package io.robustmq.server.events;

import io.robustmq.protocol.mqtt.observe.ClientEvent;
import io.robustmq.protocol.mqtt.observe.ClientListener;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream of client events inside the process: takes them from home loops without waiting and tells them, in the order of each loop, to its receivers on one virtual thread. If the
 * receivers are behind by {@link #WAITING_MAX} events further ones are lost, which is counted.
 */
public final class ClientEvents implements ClientListener, AutoCloseable {
    /** Events that wait to be told. */
    public static final int WAITING_MAX = 65_536;

    private static final Logger log = LoggerFactory.getLogger(ClientEvents.class);

    private final BlockingQueue<ClientEvent> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final LongAdder lost = new LongAdder();
    private final List<Consumer<ClientEvent>> receivers;
    private final Thread teller;

    public ClientEvents(List<Consumer<ClientEvent>> receivers) {
        this.receivers = List.copyOf(receivers);
        this.teller = Thread.ofVirtual().name("client-events").start(this::tell);
    }

    @Override
    public void happened(ClientEvent event) {
        if (!waiting.offer(event)) {
            lost.increment();
        }
    }

    /** Events that found no room since the start. */
    public long lost() {
        return lost.sum();
    }

    private void tell() {
        try {
            while (true) {
                ClientEvent event = waiting.take();
                for (Consumer<ClientEvent> receiver : receivers) {
                    tell(receiver, event);
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private static void tell(Consumer<ClientEvent> receiver, ClientEvent event) {
        try {
            receiver.accept(event);
        } catch (RuntimeException mistake) {
            log.error("An event could not be told clientId={}", event.clientId(), mistake);
        }
    }

    /** Tells nothing more. */
    @Override
    public void close() {
        teller.interrupt();
    }
}
