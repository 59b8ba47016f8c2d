package io.robustmq.transport.tls;

/** TLS cannot be offered as it was asked for; the message is one sentence for the person who chose files and settings. */
public final class TlsException extends Exception {

    private static final long serialVersionUID = 1L;

    TlsException(String sentence) {
        super(sentence);
    }

    TlsException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
