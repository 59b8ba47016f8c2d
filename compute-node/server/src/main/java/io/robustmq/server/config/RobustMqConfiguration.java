package io.robustmq.server.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Map;

/** Everything that can be set, one group per feature. */
@ConfigMapping(prefix = RobustMqConfiguration.PREFIX)
public interface RobustMqConfiguration {

    /** What every key begins with. */
    String PREFIX = "robustmq";

    @Meaning("Home loops, each a thread that owns connections and shards; 0 for one per processor")
    @WithDefault("0")
    int loops();

    @Meaning("Shards that new data is divided into, which never changes afterwards; 0 for one per home loop, 8 at most")
    @WithDefault("0")
    int shards();

    @Meaning("Added to every port, so that several platforms run on one machine")
    @WithDefault("0")
    int portOffset();

    @Meaning("Name of this node in the admin API and under $SYS")
    @WithDefault("robustmq@127.0.0.1")
    String nodeName();

    @Meaning("Where clients connect, by the name of the listener")
    Map<String, ListenerConfiguration> listeners();

    @Meaning("Who may use MQTT and what it allows")
    MqttConfiguration mqtt();

    @Meaning("Who may connect and do what")
    SecurityConfiguration security();

    @Meaning("Limits of sessions, queues and shards")
    KernelConfiguration kernel();

    @Meaning("How the shards' logs are written")
    StorageConfiguration storage();

    @Meaning("The HTTP port of health and metrics")
    HttpConfiguration http();

    @Meaning("The admin API on the HTTP port")
    AdminConfiguration admin();

    @Meaning("What is published under $SYS")
    SystemTopicsConfiguration sys();

    @Meaning("What happens when the disk fills up")
    DiskConfiguration disk();

    @Meaning("How the platform stops")
    ShutdownConfiguration shutdown();

    @Meaning("What is logged and how")
    LogConfiguration log();
}
