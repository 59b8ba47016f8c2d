package io.robustmq.transport.proxy;

/**
 * What proxies in front of a listener may tell of their clients.
 *
 * @param mode the header that trusted proxies send and nobody else may
 * @param trusted who is a proxy; on a Unix domain socket everybody who may open it
 * @param forwardedFor whether the HTTP header X-Forwarded-For of a trusted proxy names the client of a WebSocket
 */
public record ProxySettings(ProxyMode mode, TrustedNetworks trusted, boolean forwardedFor) {

    /** Whoever connects is the client. */
    public static final ProxySettings OFF = new ProxySettings(ProxyMode.OFF, TrustedNetworks.NONE, false);
}
