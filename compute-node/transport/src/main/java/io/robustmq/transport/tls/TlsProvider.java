package io.robustmq.transport.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

/** Who does the cryptography. */
public enum TlsProvider {
    /** BoringSSL where it can be loaded, else the JDK. */
    AUTO,
    /** BoringSSL through Netty's native library; a listener cannot start where it is missing. */
    OPENSSL,
    /** The JDK, on every system. */
    JDK;

    /** What is used here. */
    SslProvider resolve() throws TlsException {
        return switch (this) {
            case AUTO -> OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
            case OPENSSL -> {
                if (!OpenSsl.isAvailable()) {
                    throw new TlsException(
                            "BoringSSL cannot be loaded here: " + OpenSsl.unavailabilityCause(),
                            OpenSsl.unavailabilityCause());
                }
                yield SslProvider.OPENSSL_REFCNT;
            }
            case JDK -> SslProvider.JDK;
        };
    }
}
