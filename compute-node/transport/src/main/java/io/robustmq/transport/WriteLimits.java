package io.robustmq.transport;

/**
 * How one connection's output is collected and when it counts as full.
 *
 * @param highWaterBytes from more pending bytes than this the connection is not {@link CoalescingWriter#writable writable} ...
 * @param lowWaterBytes ... until no more than these are pending
 * @param shareFromBytes payloads of at least this size are written by reference, smaller ones are copied
 * @param bufferBytesMin size of the buffer that a quiet connection collects into; a power of two
 * @param bufferBytesMax size that it grows to on a busy one; a power of two
 * @param lingerNanos how long a closing connection may take to accept its last bytes and to close its side
 */
public record WriteLimits(
        int highWaterBytes,
        int lowWaterBytes,
        int shareFromBytes,
        int bufferBytesMin,
        int bufferBytesMax,
        long lingerNanos) {

    /** 256 and 64 KiB water marks, sharing from 4 KiB, buffers of 256 B to 32 KiB, two seconds to part. */
    public static final WriteLimits DEFAULT =
            new WriteLimits(256 * 1024, 64 * 1024, 4 * 1024, 256, 32 * 1024, 2_000_000_000L);

    public WriteLimits {
        if (lowWaterBytes < 1 || highWaterBytes < lowWaterBytes) {
            throw new IllegalArgumentException(
                    "water marks must satisfy 1 <= low <= high, not low " + lowWaterBytes + ", high " + highWaterBytes);
        }
        if (shareFromBytes < 1) {
            throw new IllegalArgumentException("shareFromBytes must be positive, not " + shareFromBytes);
        }
        if (Integer.bitCount(bufferBytesMin) != 1
                || Integer.bitCount(bufferBytesMax) != 1
                || bufferBytesMax < bufferBytesMin) {
            throw new IllegalArgumentException("buffer sizes must be powers of two with min <= max, not "
                    + bufferBytesMin + " and " + bufferBytesMax);
        }
        if (lingerNanos < 0) {
            throw new IllegalArgumentException("lingerNanos must not be negative: " + lingerNanos);
        }
    }
}
