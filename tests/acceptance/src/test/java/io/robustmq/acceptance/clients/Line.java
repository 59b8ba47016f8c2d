package io.robustmq.acceptance.clients;

import java.util.List;

/**
 * One client in one version over one transport.
 *
 * @param program the name of the program: {@code paho}, {@code hivemq} or what {@code tests/clients/install} prepares
 * @param library as people call it
 * @param version the protocol level, 4 or 5
 * @param quick whether it belongs to every test run
 */
record Line(String program, String library, int version, Transport transport, boolean quick) {
    /** How a client reaches the platform. */
    enum Transport {
        TCP("mqtt", ""),
        TLS("mqtts", "robustmq.listeners.<name>.transport=tls"),
        WEBSOCKET("ws", "robustmq.listeners.<name>.transport=ws"),
        SECURE_WEBSOCKET("wss", "robustmq.listeners.<name>.transport=wss");

        final String scheme;
        final String setting;

        Transport(String scheme, String setting) {
            this.scheme = scheme;
            this.setting = setting;
        }
    }

    boolean java() {
        return program.equals("paho") || program.equals("hivemq");
    }

    boolean page() {
        return program.equals("browser");
    }

    String title() {
        return library + (transport == Transport.TCP ? "" : ", " + transport.scheme);
    }

    String name() {
        return title() + ", " + (version == 5 ? "5" : "3.1.1");
    }

    /** Client identifiers and topics begin with it. */
    String tag() {
        return program + "-" + transport.scheme + "-" + version;
    }

    List<Feature> features() {
        return page() ? List.of(Feature.PAGE) : Feature.of(version);
    }
}
