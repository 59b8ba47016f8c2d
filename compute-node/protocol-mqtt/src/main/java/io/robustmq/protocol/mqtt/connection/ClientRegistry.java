package io.robustmq.protocol.mqtt.connection;

import io.robustmq.protocol.mqtt.observe.ClientPortion;
import io.robustmq.protocol.mqtt.observe.ConnectedClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The welcomed clients of one home loop. Loop only. */
final class ClientRegistry {
    /** Clients and subscriptions looked at in one portion, about a tenth of a millisecond. */
    private static final int LOOKS = 1_024;

    /** In no order: the last one takes the place of one that leaves. */
    private final List<MqttConnection> all = new ArrayList<>();

    private final Map<String, MqttConnection> byId = new HashMap<>();

    void entered(MqttConnection connection, String clientId) {
        connection.registered(all.size());
        all.add(connection);
        byId.put(clientId, connection);
    }

    void left(MqttConnection connection, String clientId, int place) {
        MqttConnection last = all.removeLast();
        if (last != connection) {
            all.set(place, last);
            last.registered(place);
        }
        // One that takes over may be welcomed before the other one hears that it is over.
        byId.remove(clientId, connection);
    }

    @Nullable MqttConnection find(String clientId) {
        return byId.get(clientId);
    }

    /** Shows every client once; what is done with it may end its connection. */
    void each(Consumer<LiveClient> what) {
        // From the end, since the last one takes the place of one that leaves.
        for (int place = all.size() - 1; place >= 0; place = Math.min(place, all.size()) - 1) {
            LiveClient client = all.get(place).client();
            if (client != null) {
                what.accept(client);
            }
        }
    }

    /**
     * A portion of a walk from the end to the beginning, since who leaves is replaced by the last one: a client that stays is met at least once.
     *
     * @param from {@link Integer#MAX_VALUE}, then as the portion before says
     */
    ClientPortion portion(int from, Predicate<String> wanted) {
        List<ConnectedClient> found = new ArrayList<>();
        int place = Math.min(from, all.size() - 1);
        int looks = 0;
        while (place >= 0 && looks < LOOKS) {
            ConnectedClient told = all.get(place--).describe(wanted);
            looks++;
            if (told != null) {
                looks += told.attachment().subscriptions().size();
                found.add(told);
            }
        }
        return new ClientPortion(found, place < 0 ? ClientPortion.END : place);
    }
}
