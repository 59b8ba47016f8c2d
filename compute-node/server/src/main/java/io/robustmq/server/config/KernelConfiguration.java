package io.robustmq.server.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The kernel's limits. */
public interface KernelConfiguration {

    @Meaning("Names whose match a loop remembers")
    @WithDefault("65536")
    int nameCacheEntries();

    @Meaning("Unsettled deliveries per session, below what the client allows")
    @WithDefault("1024")
    int windowMax();

    @Meaning(
            "Bytes on the way at which a shard sends no more until some are settled: of a durable session, of a shared subscription to one of its members, of one portion of retained values. The message that passes the bound still goes")
    @WithDefault("1M")
    MemorySize windowBytesMax();

    @Meaning(
            "At-least-once messages that wait for a session without a log, beyond its window; the newest is dropped above it")
    @WithDefault("10000")
    int backlogMessagesMax();

    @Meaning("The same in bytes")
    @WithDefault("4M")
    MemorySize backlogBytesMax();

    @Meaning("Messages that a durable session may have waiting; the oldest is dropped above it")
    @WithDefault("100000")
    int pendingMessagesMax();

    @Meaning("Subscriptions per session")
    @WithDefault("100000")
    int subscriptionsMax();

    @Meaning("Retained values per shard")
    @WithDefault("1000000")
    int retainedMax();

    @Meaning("Messages kept per shard until they are due; further ones are refused")
    @WithDefault("1000000")
    int delayedMax();

    @Meaning("A log entry is closed at this size")
    @WithDefault("256K")
    MemorySize entryTargetBytes();

    @Meaning("Log bytes waiting or in flight per shard at which its publishers are not read")
    @WithDefault("4M")
    MemorySize pressedBytes();

    @Meaning("Log tail of all shards at which the largest is flushed")
    @WithDefault("64M")
    MemorySize flushBytes();

    @Meaning("Log tail of a shard, in records, at which it is flushed")
    @WithDefault("200000")
    long flushRecords();

    @Meaning("Age of the oldest record in the log tail at which a shard is flushed")
    @WithDefault("60s")
    Duration flushAge();

    @Meaning("A shard whose log tail is this many times flush-bytes refuses publishes until a flush succeeds")
    @WithDefault("4")
    int tailFactor();

    @Meaning("Messages in a queue; the oldest is dropped above it")
    @WithDefault("1000000")
    int queueLengthMax();

    @Meaning("Unsettled deliveries per consumer of a group")
    @WithDefault("128")
    int queueCredit();

    @Meaning("Flushed messages kept in memory for reading, per shard")
    @WithDefault("16M")
    MemorySize runCacheBytes();
}
