package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.robustmq.kernel.CloseReason;
import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.Detach;
import io.robustmq.kernel.KernelFault;
import io.robustmq.kernel.PartingMessage;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.Session;
import io.robustmq.kernel.SessionSink;
import io.robustmq.kernel.SubscribeResult;
import io.robustmq.protocol.mqtt.MqttEvent;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.auth.Verdict;
import io.robustmq.protocol.mqtt.codec.AckType;
import io.robustmq.protocol.mqtt.codec.Auth;
import io.robustmq.protocol.mqtt.codec.ConnAck;
import io.robustmq.protocol.mqtt.codec.Connect;
import io.robustmq.protocol.mqtt.codec.DecodeFailure;
import io.robustmq.protocol.mqtt.codec.Disconnect;
import io.robustmq.protocol.mqtt.codec.Packet;
import io.robustmq.protocol.mqtt.codec.PacketDecoder;
import io.robustmq.protocol.mqtt.codec.PacketSink;
import io.robustmq.protocol.mqtt.codec.PacketType;
import io.robustmq.protocol.mqtt.codec.PingReq;
import io.robustmq.protocol.mqtt.codec.PingResp;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.Property;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.codec.PubAck;
import io.robustmq.protocol.mqtt.codec.PubComp;
import io.robustmq.protocol.mqtt.codec.PubRec;
import io.robustmq.protocol.mqtt.codec.PubRel;
import io.robustmq.protocol.mqtt.codec.Publish;
import io.robustmq.protocol.mqtt.codec.PublishView;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.codec.Sender;
import io.robustmq.protocol.mqtt.codec.SubAck;
import io.robustmq.protocol.mqtt.codec.Subscribe;
import io.robustmq.protocol.mqtt.codec.UnsubAck;
import io.robustmq.protocol.mqtt.codec.Unsubscribe;
import io.robustmq.protocol.mqtt.codec.Will;
import io.robustmq.protocol.mqtt.observe.ClientDescription;
import io.robustmq.protocol.mqtt.observe.ClientEvent;
import io.robustmq.protocol.mqtt.observe.ConnectedClient;
import io.robustmq.protocol.mqtt.observe.TrafficObserver;
import io.robustmq.transport.PauseReason;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client on one connection: knows where the connection stands ({@link ConnectionState}) and hands each packet and
 * each word of the kernel to the flow it belongs to. Between two packets it holds no bytes except those of a packet that
 * is not complete. Whatever a client sends ends in a packet or a close of this connection, and never in more.
 *
 * <p>Loop only, except where the authenticator answers on another thread, which is handed over to the loop.
 */
final class MqttConnection implements PacketSink, SessionSink, Terminator {
    private static final Logger log = LoggerFactory.getLogger(MqttConnection.class);
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final int REST_BYTES_MIN = 256;
    private static final PingResp PING_RESPONSE = new PingResp();

    private final MqttLoop loop;
    private final Wire wire;
    private final ByteBufAllocator allocator;
    private final PacketDecoder decoder;
    private ConnectionState state = ConnectionState.AwaitingConnect.INSTANCE;

    /** Bytes that were received and not decoded: an incomplete packet, or more while reading pauses. */
    private @Nullable ByteBuf rest;

    private @Nullable String userName;

    /** The welcomed client; null before and after. */
    private @Nullable ClientDescription description;

    private int place;

    MqttConnection(MqttLoop loop, Wire wire, ByteBufAllocator allocator) {
        this.loop = loop;
        this.wire = wire;
        this.allocator = allocator;
        this.decoder = PacketDecoder.ofClientPackets(loop.settings().limits().packetBytesMax());
    }

    // From the wire.

    /** The connection stands; a CONNECT is to come in time. */
    void opened() {
        wire.watchSilence(loop.settings().limits().connectTimeoutMillis() * NANOS_PER_MILLI);
    }

    /** Bytes arrived; read during the call, released by the caller. */
    void received(ByteBuf in) {
        try {
            ByteBuf incomplete = rest;
            while (incomplete != null && in.isReadable() && isDecoding()) {
                incomplete.writeBytes(in, Math.min(in.readableBytes(), missingBytes(incomplete)));
                incomplete = decodeRest();
            }
            if (incomplete == null && isDecoding()) {
                decoder.decode(in, this);
            }
        } catch (DecodeFailure failure) {
            violated(failure);
        }
        keep(in);
        afterBatch();
    }

    /** What held back reading is gone: goes on with what was received before. */
    void readingResumed() {
        try {
            if (isDecoding()) {
                decodeRest();
            }
        } catch (DecodeFailure failure) {
            violated(failure);
        }
        afterBatch();
    }

    /** Whether a sign of life puts off {@link #silentTooLong}; the time for a CONNECT runs whatever else is sent. */
    boolean isLive() {
        return state instanceof ConnectionState.Live;
    }

    /** The peer drains again. */
    void writableAgain() {
        if (state instanceof ConnectionState.Live live) {
            live.client().session().drained();
        }
    }

    /** Nothing was heard for as long as {@link Wire#watchSilence} allows. */
    void silentTooLong() {
        switch (state) {
            case ConnectionState.AwaitingConnect _ -> {
                loop.counters().event(MqttEvent.CONNECT_TIMEOUT);
                log.debug("No CONNECT in time from {}", wire.peer());
                close();
            }
            case ConnectionState.Authenticating waiting ->
                refuse(waiting.profile(), ReasonCode.SERVER_UNAVAILABLE, "The login was not checked in time.");
            case ConnectionState.Attaching waiting -> {
                waiting.session().detach(Detach.BROKEN);
                refuse(waiting.profile(), ReasonCode.SERVER_UNAVAILABLE, "The session was not attached in time.");
            }
            case ConnectionState.Live live -> {
                if (wire.isOpen()) {
                    loop.counters().event(MqttEvent.KEEP_ALIVE_TIMEOUT);
                    terminate(
                            ReasonCode.KEEP_ALIVE_TIMEOUT,
                            "Nothing was heard for one and a half times the keep alive.");
                } else {
                    // Nobody listened, so silence says nothing of the client.
                    watchKeepAlive(live.client().profile());
                }
            }
            case ConnectionState.Closing _ -> {
                // The wire has its own time limit for parting.
            }
        }
    }

    /** The server stops. */
    void farewell() {
        switch (state) {
            case ConnectionState.AwaitingConnect _ -> close();
            case ConnectionState.Authenticating waiting ->
                refuse(waiting.profile(), ReasonCode.SERVER_UNAVAILABLE, "The server stops.");
            case ConnectionState.Attaching waiting -> {
                waiting.session().detach(Detach.BROKEN);
                refuse(waiting.profile(), ReasonCode.SERVER_UNAVAILABLE, "The server stops.");
            }
            case ConnectionState.Live live -> {
                live.client().session().detach(Detach.BROKEN);
                partFromLive(live.client(), ReasonCode.SERVER_SHUTTING_DOWN, "The server stops.");
            }
            case ConnectionState.Closing _ -> {
                // Is on its way already.
            }
        }
    }

    /** The socket is gone. */
    void lost() {
        ByteBuf incomplete = rest;
        if (incomplete != null) {
            rest = null;
            incomplete.release();
        }
        wire.stopWatching();
        switch (state) {
            case ConnectionState.Live live -> {
                loop.counters().event(MqttEvent.CONNECTION_LOST);
                leaveLive("tcp_closed");
                live.client().session().detach(Detach.BROKEN);
            }
            case ConnectionState.Attaching attaching -> attaching.session().detach(Detach.BROKEN);
            case ConnectionState.AwaitingConnect _, ConnectionState.Authenticating _, ConnectionState.Closing _ -> {
                // The kernel knows nothing of this connection, or nothing any more.
            }
        }
        state = ConnectionState.Closing.INSTANCE;
    }

    // From the decoder.

    @Override
    public void publish(PublishView view) throws DecodeFailure {
        LiveClient client = live();
        client.inbound().publish(view);
        holdBackIfBacklogged(client);
    }

    @Override
    public void ack(AckType type, int packetId, ReasonCode reason) throws DecodeFailure {
        loop.counters().received(type.packetType());
        live().ack(type, packetId, reason);
    }

    @Override
    public void packet(Packet packet) throws DecodeFailure {
        loop.counters().received(packet.type());
        if (packet instanceof Connect connect && state instanceof ConnectionState.AwaitingConnect) {
            connect(connect);
            return;
        }
        LiveClient client = live();
        TrafficObserver observer = loop.observer();
        if (observer != null) {
            observer.received(client.description(), packet);
        }
        switch (packet) {
            case Subscribe subscribe -> {
                client.subscriptions().subscribe(subscribe);
                holdBackIfBacklogged(client);
            }
            case Unsubscribe unsubscribe -> {
                client.subscriptions().unsubscribe(unsubscribe);
                holdBackIfBacklogged(client);
            }
            case PingReq _ -> client.writer().write(PING_RESPONSE);
            case Disconnect disconnect -> disconnect(client, disconnect);
            case Connect _ -> throw DecodeFailure.protocolError("A second CONNECT [MQTT-3.1.0-2].");
            case Auth _ -> throw DecodeFailure.protocolError("AUTH without extended authentication [MQTT-4.12.0-6].");
            case ConnAck _, Publish _, PubAck _, PubRec _, PubRel _, PubComp _, SubAck _, UnsubAck _, PingResp _ ->
                throw new IllegalStateException("the decoder let a " + packet.type() + " pass as a record");
        }
    }

    // CONNECT.

    private void connect(Connect connect) {
        switch (loop.connectFlow().plan(connect)) {
            case ConnectPlan.Refuse refuse -> refuseBeforeProfile(connect, refuse);
            case ConnectPlan.Proceed proceed -> authenticate(connect, proceed.profile());
        }
    }

    private void authenticate(Connect connect, ClientProfile profile) {
        userName = connect.userName();
        state = new ConnectionState.Authenticating(profile);
        shut(PauseReason.UNDECIDED);
        CompletableFuture<Verdict> verdict;
        try {
            verdict = loop.authenticator()
                    .authenticate(ConnectFlow.credentials(connect, profile, wire.peer()))
                    .toCompletableFuture();
        } catch (RuntimeException broken) {
            verdict = CompletableFuture.failedFuture(broken);
        }
        if (verdict.isDone() && !verdict.isCompletedExceptionally()) {
            decided(connect.will(), profile, verdict.join());
            return;
        }
        CompletableFuture<Verdict> _ =
                verdict.whenComplete((answer, failure) -> loop.kernel().loop().execute(() -> {
                    if (failure != null) {
                        log.warn("The login of {} could not be checked: {}", wire.peer(), String.valueOf(failure));
                        log.debug("Why a login could not be checked", failure);
                    }
                    decided(connect.will(), profile, failure != null || answer == null ? Verdict.UNAVAILABLE : answer);
                }));
    }

    private void decided(@Nullable Will will, ClientProfile profile, Verdict verdict) {
        if (!(state instanceof ConnectionState.Authenticating)) {
            return;
        }
        if (verdict != Verdict.ACCEPTED) {
            loop.counters().event(MqttEvent.AUTHENTICATION_FAILED);
            refuse(profile, ReasonCodes.ofVerdict(verdict), "The login was not accepted: " + verdict + ".");
            return;
        }
        PartingMessage parting = will == null ? null : WillMapping.toPartingMessage(will, profile, loop);
        state = new ConnectionState.Attaching(
                profile, loop.kernel().attach(loop.connectFlow().attachRequest(profile, parting), this));
    }

    @Override
    public void attached(Session session, boolean resumed) {
        if (!(state instanceof ConnectionState.Attaching attaching)) {
            throw new IllegalStateException("attached while " + state);
        }
        ClientProfile profile = attaching.profile();
        ClientWriter writer = writer(profile);
        if (!writer.write(loop.connectFlow().welcome(profile, resumed))) {
            loop.rejections()
                    .rejected(
                            wire.peer(),
                            profile.clientId(),
                            ReasonCode.PACKET_TOO_LARGE,
                            "The CONNACK is larger than the client takes.");
            session.detach(Detach.BROKEN);
            close();
            return;
        }
        loop.counters().event(MqttEvent.CONNECTED);
        if (resumed) {
            loop.counters().event(MqttEvent.SESSION_RESUMED);
        }
        loop.counters().live(1);
        ClientDescription welcomed = describe(profile, resumed);
        description = welcomed;
        state = new ConnectionState.Live(new LiveClient(profile, welcomed, session, writer, loop, this));
        loop.clients().entered(this, profile.clientId());
        loop.listener().happened(new ClientEvent.Connected(welcomed));
        watchKeepAlive(profile);
        wire.open(PauseReason.UNDECIDED);
    }

    @Override
    public void refused(KernelFault fault) {
        if (state instanceof ConnectionState.Attaching attaching) {
            refuse(attaching.profile(), ReasonCodes.ofAttach(fault), "The session was not attached: " + fault.reason());
        }
    }

    private ClientDescription describe(ClientProfile profile, boolean resumed) {
        InetSocketAddress peer = wire.address();
        return new ClientDescription(
                profile.clientId(),
                userName,
                peer.getAddress() == null
                        ? peer.getHostString()
                        : peer.getAddress().getHostAddress(),
                peer.getPort(),
                profile.version(),
                profile.fresh(),
                resumed,
                profile.keepAliveSeconds(),
                profile.expirySeconds(),
                profile.receiveMaximum(),
                loop.index(),
                loop.kernel().loop().wallMillis());
    }

    /** The registry put it at a place. */
    void registered(int at) {
        place = at;
    }

    /** Describes a live client whose identifier is wanted; null for any other. */
    @Nullable ConnectedClient describe(Predicate<String> wanted) {
        ClientDescription welcomed = description;
        return welcomed != null && state instanceof ConnectionState.Live live && wanted.test(welcomed.clientId())
                ? new ConnectedClient(welcomed, live.client().session().describe())
                : null;
    }

    private void watchKeepAlive(ClientProfile profile) {
        if (profile.keepAliveSeconds() == 0) {
            wire.stopWatching();
        } else {
            wire.watchSilence(profile.silenceNanos());
        }
    }

    // From the kernel, for a live client.

    @Override
    public boolean deliver(Delivery delivery) {
        return !(state instanceof ConnectionState.Live live)
                || live.client().outbound().deliver(delivery);
    }

    @Override
    public boolean writable() {
        return wire.writable();
    }

    @Override
    public void receivedLogged(long deliveryId) {
        if (state instanceof ConnectionState.Live live) {
            live.client().outbound().receivedLogged(deliveryId);
        }
    }

    @Override
    public void published(long token, PublishOutcome outcome) {
        if (state instanceof ConnectionState.Live live) {
            live.client().inbound().published(token, outcome);
            letGoIfEased();
        }
    }

    @Override
    public void publishedOnce(int packetId, PublishOutcome outcome) {
        if (state instanceof ConnectionState.Live live) {
            live.client().inbound().publishedOnce(packetId, outcome);
            letGoIfEased();
        }
    }

    @Override
    public void releasedOnce(int packetId, boolean known) {
        if (state instanceof ConnectionState.Live live) {
            live.client().inbound().releasedOnce(packetId, known);
        }
    }

    @Override
    public void subscribed(long token, List<SubscribeResult> results) {
        if (state instanceof ConnectionState.Live live) {
            live.client().subscriptions().subscribed(token, results);
            letGoIfEased();
        }
    }

    @Override
    public void unsubscribed(long token, List<Boolean> existed) {
        if (state instanceof ConnectionState.Live live) {
            live.client().subscriptions().unsubscribed(token, existed);
            letGoIfEased();
        }
    }

    @Override
    public void closed(CloseReason reason) {
        ReasonCode code = ReasonCodes.ofClose(reason);
        switch (state) {
            case ConnectionState.Live live -> {
                if (reason == CloseReason.TAKEN_OVER) {
                    loop.counters().event(MqttEvent.TAKEN_OVER);
                }
                log.debug("{} of {} ended: {}", live.client().profile().clientId(), wire.peer(), reason);
                partFromLive(live.client(), code, "The session ended here: " + reason + ".");
            }
            case ConnectionState.Attaching attaching ->
                refuse(attaching.profile(), ReasonCode.SERVER_UNAVAILABLE, "The session ended: " + reason + ".");
            case ConnectionState.AwaitingConnect _, ConnectionState.Authenticating _, ConnectionState.Closing _ -> {
                // No session was attached, or it was given up already.
            }
        }
    }

    @Override
    public void relieved() {
        wire.open(PauseReason.KERNEL_PRESSED);
    }

    // Endings.

    @Override
    public void terminate(ReasonCode reason, String sentence) {
        if (state instanceof ConnectionState.Live live) {
            loop.rejections().rejected(wire.peer(), live.client().profile().clientId(), reason, sentence);
            live.client().session().detach(Detach.BROKEN);
            partFromLive(live.client(), reason, sentence);
        }
    }

    /** MQTT 5.0 §3.14: the client says goodbye. */
    private void disconnect(LiveClient client, Disconnect disconnect) throws DecodeFailure {
        long expiryMillis = Detach.KEEP_EXPIRY;
        if (disconnect.properties().contains(Property.SESSION_EXPIRY_INTERVAL)) {
            long askedSeconds = disconnect.properties().number(Property.SESSION_EXPIRY_INTERVAL, 0);
            if (askedSeconds != 0 && client.profile().expiryAskedSeconds() == 0) {
                throw DecodeFailure.protocolError(
                        "A session without expiry gets one by DISCONNECT (MQTT 5.0 section 3.14.2.2.2).");
            }
            expiryMillis = ClientProfile.expiryMillis(loop.connectFlow().grantedExpirySeconds(askedSeconds));
        }
        loop.counters().event(MqttEvent.DISCONNECTED_BY_CLIENT);
        leaveLive("normal");
        client.session().detach(new Detach(disconnect.reason() == ReasonCode.SUCCESS, expiryMillis));
        close();
    }

    private void violated(DecodeFailure failure) {
        String sentence = String.valueOf(failure.getMessage());
        loop.counters().event(failure.isForeignProtocol() ? MqttEvent.FOREIGN_PROTOCOL : MqttEvent.VIOLATION);
        switch (state) {
            case ConnectionState.Live _ -> terminate(failure.reason(), sentence);
            case ConnectionState.AwaitingConnect _ -> refuseUnread(failure, sentence);
            case ConnectionState.Closing _ -> {
                // The packet at hand ended the connection and broke a rule too; once is enough.
            }
            case ConnectionState.Authenticating _, ConnectionState.Attaching _ ->
                throw new IllegalStateException("a packet was decoded while reading paused", failure);
        }
    }

    /** A CONNECT that cannot be read, or something else in its place. */
    private void refuseUnread(DecodeFailure failure, String sentence) {
        loop.rejections().rejected(wire.peer(), "", failure.reason(), sentence);
        ProtocolVersion version = decoder.version();
        if (version == null && failure.reason() == ReasonCode.UNSUPPORTED_PROTOCOL_VERSION) {
            // In the form that every version of the protocol has in common [MQTT-3.1.2-2].
            version = ProtocolVersion.MQTT_3_1_1;
        }
        if (version != null && !failure.isForeignProtocol()) {
            writeRefusal(
                    new ClientWriter(wire, loop.counters(), version, MqttLimits.PACKET_BYTES_CEILING),
                    failure.reason(),
                    sentence);
        }
        loop.counters().event(MqttEvent.CONNECT_REFUSED);
        loop.counters().ending(failure.reason());
        close();
    }

    private void refuseBeforeProfile(Connect connect, ConnectPlan.Refuse refuse) {
        Properties properties = connect.properties();
        ClientWriter writer = new ClientWriter(wire, loop.counters(), connect.version(), (int) Math.min(
                properties.number(Property.MAXIMUM_PACKET_SIZE, MqttLimits.PACKET_BYTES_CEILING),
                MqttLimits.PACKET_BYTES_CEILING));
        boolean told = properties.number(Property.REQUEST_PROBLEM_INFORMATION, 1) == 1;
        refuse(writer, connect.clientId(), told, refuse.reason(), refuse.sentence());
    }

    private void refuse(ClientProfile profile, ReasonCode reason, String sentence) {
        refuse(writer(profile), profile.clientId(), profile.problemInformation(), reason, sentence);
    }

    private void refuse(ClientWriter writer, String clientId, boolean told, ReasonCode reason, String sentence) {
        loop.rejections().rejected(wire.peer(), clientId, reason, sentence);
        loop.counters().event(MqttEvent.CONNECT_REFUSED);
        loop.counters().ending(reason);
        writeRefusal(writer, reason, told ? sentence : null);
        close();
    }

    private static void writeRefusal(ClientWriter writer, ReasonCode reason, @Nullable String sentence) {
        if (!writer.hasProperties()) {
            if (reason.connectReturnCode() != ReasonCode.NO_RETURN_CODE) {
                writer.write(new ConnAck(false, reason, Properties.NONE));
            }
            return;
        }
        ReasonCode legal = reason.isLegalIn(PacketType.CONNACK, Sender.SERVER) ? reason : ReasonCode.UNSPECIFIED_ERROR;
        if (sentence == null || !writer.write(new ConnAck(false, legal, reasonString(sentence)))) {
            writer.write(new ConnAck(false, legal, Properties.NONE));
        }
    }

    /** The session is detached or over; tells the client what it can be told. */
    private void partFromLive(LiveClient client, ReasonCode reason, String sentence) {
        loop.counters().event(MqttEvent.DISCONNECTED_BY_SERVER);
        loop.counters().ending(reason);
        leaveLive(EndingWords.of(reason));
        ClientWriter writer = client.writer();
        if (writer.hasProperties()) {
            ReasonCode legal =
                    reason.isLegalIn(PacketType.DISCONNECT, Sender.SERVER) ? reason : ReasonCode.UNSPECIFIED_ERROR;
            if (!client.profile().problemInformation()
                    || !writer.write(new Disconnect(legal, reasonString(sentence)))) {
                writer.write(new Disconnect(legal, Properties.NONE));
            }
        }
        close();
    }

    private void leaveLive(String reason) {
        loop.counters().live(-1);
        state = ConnectionState.Closing.INSTANCE;
        ClientDescription welcomed = description;
        if (welcomed != null) {
            description = null;
            loop.clients().left(this, welcomed.clientId(), place);
            loop.listener()
                    .happened(new ClientEvent.Disconnected(
                            welcomed, reason, loop.kernel().loop().wallMillis()));
        }
    }

    private void close() {
        state = ConnectionState.Closing.INSTANCE;
        decoder.pause();
        wire.stopWatching();
        wire.closeWhenWritten();
    }

    private static Properties reasonString(String sentence) {
        return Properties.builder().set(Property.REASON_STRING, sentence).build();
    }

    private ClientWriter writer(ClientProfile profile) {
        return new ClientWriter(wire, loop.counters(), profile.version(), profile.maximumPacketBytes());
    }

    // Reading.

    /** Only a CONNECT is handed on before the client is live, and no two packets within one decoding before that. */
    private LiveClient live() throws DecodeFailure {
        if (state instanceof ConnectionState.Live live) {
            return live.client();
        }
        throw DecodeFailure.protocolError("The first packet is not a CONNECT [MQTT-3.1.0-1].");
    }

    private void shut(PauseReason reason) {
        wire.shut(reason);
        decoder.pause();
    }

    private void holdBackIfBacklogged(LiveClient client) {
        if (state instanceof ConnectionState.Live) {
            client.holdBackIfBacklogged();
        }
        if (!wire.isOpen()) {
            decoder.pause();
        }
    }

    private void letGoIfEased() {
        if (state instanceof ConnectionState.Live live) {
            live.client().letGoIfEased();
        }
    }

    /** While reading pauses, the rest may hold whole packets, which wait for {@link #readingResumed}. */
    private boolean isDecoding() {
        return wire.isOpen() && !(state instanceof ConnectionState.Closing);
    }

    private void afterBatch() {
        if (state instanceof ConnectionState.Live live
                && live.client().session().pressed()) {
            wire.shut(PauseReason.KERNEL_PRESSED);
        }
    }

    /** At least one byte, and never beyond the packet that the rest begins. */
    private int missingBytes(ByteBuf incomplete) {
        return Math.max(1, decoder.pendingPacketBytes() - incomplete.readableBytes());
    }

    /** @return what is left, null if nothing is */
    private @Nullable ByteBuf decodeRest() throws DecodeFailure {
        ByteBuf incomplete = rest;
        if (incomplete == null) {
            return null;
        }
        decoder.decode(incomplete, this);
        if (incomplete.isReadable()) {
            return incomplete;
        }
        rest = null;
        incomplete.release();
        return null;
    }

    private void keep(ByteBuf in) {
        if (state instanceof ConnectionState.Closing) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (!in.isReadable()) {
            return;
        }
        ByteBuf incomplete = rest;
        if (incomplete == null) {
            // As long as what is there and not as what was announced: announcing costs the client nothing.
            incomplete = allocator.buffer(Math.max(REST_BYTES_MIN, in.readableBytes()));
            rest = incomplete;
        } else {
            incomplete.discardSomeReadBytes();
        }
        incomplete.writeBytes(in);
    }
}
