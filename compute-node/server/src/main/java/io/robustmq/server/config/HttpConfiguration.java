package io.robustmq.server.config;

import io.smallrye.config.WithDefault;

/** Health, metrics and the admin API over HTTP. Health and metrics do not ask who is calling, so it stays on loopback unless set otherwise. */
public interface HttpConfiguration {

    @Meaning("Address to bind")
    @WithDefault("127.0.0.1")
    String host();

    @Meaning("Port to bind, before the port offset")
    @WithDefault("8080")
    int port();
}
