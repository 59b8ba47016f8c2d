package io.robustmq.server.config;

/** A setting cannot be used; the message is one sentence for the person who set it. */
public final class ConfigurationException extends Exception {

    private static final long serialVersionUID = 1L;

    public ConfigurationException(String sentence) {
        super(sentence);
    }

    public ConfigurationException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
