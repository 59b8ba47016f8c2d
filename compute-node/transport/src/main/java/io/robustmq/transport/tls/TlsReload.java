package io.robustmq.transport.tls;

/** What came of looking at the files again. */
public sealed interface TlsReload {

    /** New connections see what is in the files now. */
    record Reloaded() implements TlsReload {}

    /**
     * The files cannot be used; what was there before goes on.
     *
     * @param sentence why
     */
    record Rejected(String sentence) implements TlsReload {}

    /** The listener does no TLS. */
    record NoTls() implements TlsReload {}
}
