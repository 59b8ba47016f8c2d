package io.robustmq.transport.websocket;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import io.netty.util.ReferenceCountUtil;
import io.robustmq.transport.input.CopyingCumulator;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Judges the one request of a connection (RFC 6455 section 4.2). A good one is answered with 101 and this makes way for {@link WebSocketFrames}; any other gets a status,
 * one line why, and the end of the connection.
 */
// How a write or a close ends is told by the channel's own events.
@SuppressWarnings("FutureReturnValueIgnored")
public final class WebSocketUpgrade extends ChannelInboundHandlerAdapter {

    private static final String VERSION = "13";

    private final WebSocketSettings settings;
    private final Consumer<String> refusals;
    private boolean answered;

    private WebSocketUpgrade(WebSocketSettings settings, Consumer<String> refusals) {
        this.settings = settings;
        this.refusals = refusals;
    }

    /** Adds what reads the request to the end of the pipeline; {@code refusals} is told why one was turned down, on the loop. */
    public static void install(ChannelPipeline pipeline, WebSocketSettings settings, Consumer<String> refusals) {
        HttpRequestDecoder decoder = new HttpRequestDecoder(new HttpDecoderConfig()
                .setMaxInitialLineLength(settings.requestBytesMax())
                .setMaxHeaderSize(settings.requestBytesMax())
                .setChunkedSupported(false));
        decoder.setCumulator(CopyingCumulator.INSTANCE);
        WebSocketUpgrade upgrade = new WebSocketUpgrade(settings, refusals);
        // An upgrade has no content, so any is too much.
        HttpObjectAggregator aggregator = new HttpObjectAggregator(0, true) {
            @Override
            protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
                upgrade.answered = true;
                upgrade.refuse(context, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "An upgrade has no content.");
            }
        };
        pipeline.addLast(decoder, new HttpResponseEncoder(), aggregator, upgrade);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (message instanceof FullHttpRequest request && !answered) {
                answered = true;
                answer(context, request);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void answer(ChannelHandlerContext context, FullHttpRequest request) {
        HttpHeaders headers = request.headers();
        if (request.decoderResult().isFailure()) {
            Throwable cause = request.decoderResult().cause();
            HttpResponseStatus status = cause instanceof TooLongHttpLineException
                    ? HttpResponseStatus.REQUEST_URI_TOO_LONG
                    : cause instanceof TooLongHttpHeaderException
                            ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                            : HttpResponseStatus.BAD_REQUEST;
            refuse(context, status, "The request cannot be read.");
        } else if (!request.method().equals(HttpMethod.GET)
                || !request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
            refuse(context, HttpResponseStatus.METHOD_NOT_ALLOWED, "A WebSocket begins with GET in HTTP/1.1.");
        } else if (!path(request.uri()).equals(settings.path())) {
            refuse(context, HttpResponseStatus.NOT_FOUND, "There is no WebSocket at this path.");
        } else if (!headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                || !headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)) {
            refuse(context, HttpResponseStatus.UPGRADE_REQUIRED, "Only WebSocket is spoken here.");
        } else if (!VERSION.equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
            refuse(context, HttpResponseStatus.UPGRADE_REQUIRED, "Only WebSocket version 13 is spoken here.");
        } else if (!mayConnect(headers)) {
            refuse(context, HttpResponseStatus.FORBIDDEN, "Pages of this origin may not connect.");
        } else {
            String subProtocol = subProtocol(headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL));
            if (subProtocol == null) {
                // [MQTT-6.0.0-3]
                refuse(
                        context,
                        HttpResponseStatus.BAD_REQUEST,
                        "The request offers none of the sub-protocols " + settings.subProtocols() + ".");
            } else {
                upgrade(context, request, subProtocol);
            }
        }
    }

    private void upgrade(ChannelHandlerContext context, FullHttpRequest request, String subProtocol) {
        List<String> forwarded = request.headers().getAll("X-Forwarded-For");
        WebSocketOpened opened =
                new WebSocketOpened(subProtocol, forwarded.isEmpty() ? null : String.join(",", forwarded));
        Handshaker handshaker = new Handshaker(settings, subProtocol);
        try {
            handshaker.handshake(context.channel(), request).addListener((ChannelFutureListener) done -> {
                if (done.isSuccess()) {
                    context.pipeline().replace(this, null, new WebSocketFrames(settings.lingerNanos()));
                    context.fireUserEventTriggered(opened);
                } else {
                    context.close();
                }
            });
        } catch (WebSocketHandshakeException incomplete) {
            refuse(context, HttpResponseStatus.BAD_REQUEST, "The request is no upgrade: " + incomplete.getMessage());
        }
    }

    private void refuse(ChannelHandlerContext context, HttpResponseStatus status, String sentence) {
        refusals.accept(status.code() + ": " + sentence);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(sentence + "\n", StandardCharsets.US_ASCII));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain")
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (status.equals(HttpResponseStatus.UPGRADE_REQUIRED)) {
            response.headers()
                    .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                    .set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION);
        } else if (status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            response.headers().set(HttpHeaderNames.ALLOW, HttpMethod.GET);
        }
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    private static String path(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    private @Nullable String subProtocol(List<String> offered) {
        for (String ours : settings.subProtocols()) {
            for (String line : offered) {
                for (String theirs : line.split(",")) {
                    if (theirs.strip().equals(ours)) {
                        return ours;
                    }
                }
            }
        }
        return null;
    }

    /** Browsers always name the origin of the page; other clients have none and no cookies that a page could misuse. */
    private boolean mayConnect(HttpHeaders headers) {
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        if (origin == null || settings.origins().contains("*")) {
            return true;
        }
        if (!settings.origins().isEmpty()) {
            return settings.origins().contains(origin.toLowerCase(Locale.ROOT));
        }
        String host = headers.get(HttpHeaderNames.HOST);
        try {
            return host != null && host.equalsIgnoreCase(new URI(origin).getRawAuthority());
        } catch (URISyntaxException _) {
            // A page whose origin is no address is of another host.
            return false;
        }
    }

    /** Netty's, whose frame decoder keeps a half frame in a buffer of its own. */
    private static final class Handshaker extends WebSocketServerHandshaker13 {

        Handshaker(WebSocketSettings settings, String subProtocol) {
            super(
                    settings.path(),
                    subProtocol,
                    WebSocketDecoderConfig.newBuilder()
                            .maxFramePayloadLength(settings.frameBytesMax())
                            .expectMaskedFrames(true)
                            .allowMaskMismatch(false)
                            .allowExtensions(false)
                            .closeOnProtocolViolation(false)
                            .withUTF8Validator(false)
                            .build());
        }

        @Override
        protected WebSocketFrameDecoder newWebsocketDecoder() {
            WebSocketFrameDecoder decoder = super.newWebsocketDecoder();
            if (decoder instanceof ByteToMessageDecoder bytes) {
                bytes.setCumulator(CopyingCumulator.INSTANCE);
            }
            return decoder;
        }
    }
}
