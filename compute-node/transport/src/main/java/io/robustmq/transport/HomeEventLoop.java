package io.robustmq.transport;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Netty's event loop with an end of tick: wait for sockets and read them, run what others handed over, run what was put off to the end of the tick. Netty runs its own tail tasks
 * at the same point, but through a queue made for many threads; this one is touched by the loop only.
 */
final class HomeEventLoop extends SingleThreadIoEventLoop {

    /** Tasks may hold up the end of the tick, and with it every flush, for so long; the rest waits for the next tick. */
    private static final long TASKS_MILLIS_MAX = 2;

    private static final Logger log = LoggerFactory.getLogger(HomeEventLoop.class);

    private final LoopFigures figures;
    private final Queue<Runnable> tickEnds = new ArrayDeque<>();

    HomeEventLoop(IoEventLoopGroup parent, Executor executor, IoHandlerFactory ioHandlers, LoopFigures figures) {
        super(parent, executor, ioHandlers, Integer.MAX_VALUE, RejectedExecutionHandlers.reject(), TASKS_MILLIS_MAX);
        this.figures = figures;
    }

    LoopFigures figures() {
        return figures;
    }

    /** Loop only. */
    void atTickEnd(Runnable task) {
        tickEnds.add(task);
    }

    @Override
    protected void afterRunningAllTasks() {
        super.afterRunningAllTasks();
        Runnable task = tickEnds.poll();
        while (task != null) {
            runTickEnd(task);
            task = tickEnds.poll();
        }
    }

    @Override
    protected boolean hasTasks() {
        // Also keeps the loop from waiting for sockets if a tick end is registered before the loop's first tick.
        return super.hasTasks() || !tickEnds.isEmpty();
    }

    private void runTickEnd(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | AssertionError mistake) {
            figures.failedTickEnds().add(1);
            log.error("A task at the end of a tick failed; the loop goes on", mistake);
        }
    }
}
