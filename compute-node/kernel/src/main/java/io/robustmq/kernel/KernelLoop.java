package io.robustmq.kernel;

import io.netty.buffer.ByteBuf;
import io.robustmq.storage.Loop;
import org.jspecify.annotations.Nullable;

/** The kernel as seen from one home loop. Everything here runs on that loop. */
public interface KernelLoop {

    Loop loop();

    /** The name with these bytes if it was met lately, else null: then check the bytes and {@link #intern} them. No allocation. */
    @Nullable Name known(ByteBuf buffer, int index, int length);

    /** The name with these bytes, which must be valid UTF-8 without wildcards, 1..65535 bytes. */
    Name intern(ByteBuf buffer, int index, int length);

    /** The name with this text; for what is rare. */
    Name intern(String text);

    /**
     * Attaches a connection to a session; answered by {@link SessionSink#attached} or {@link SessionSink#refused}, never before this returns. An earlier attachment of the
     * session is closed first.
     *
     * @return the session, on which only {@link Session#detach} means anything before it is attached (for a connection that ends while attaching)
     */
    Session attach(AttachRequest request, SessionSink sink);
}
