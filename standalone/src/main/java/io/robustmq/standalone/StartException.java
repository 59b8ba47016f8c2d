package io.robustmq.standalone;

/** The platform cannot start; the message is one sentence for the person who started it. */
final class StartException extends Exception {

    private static final long serialVersionUID = 1L;

    StartException(String sentence) {
        super(sentence);
    }

    StartException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
