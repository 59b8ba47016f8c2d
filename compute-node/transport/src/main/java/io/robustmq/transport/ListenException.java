package io.robustmq.transport;

/** A listener could not be bound; the message is one sentence for the person who chose the address. */
public final class ListenException extends Exception {

    private static final long serialVersionUID = 1L;

    ListenException(String sentence) {
        super(sentence);
    }

    ListenException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
