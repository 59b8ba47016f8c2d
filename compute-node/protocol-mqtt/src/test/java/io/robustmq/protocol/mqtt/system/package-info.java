/** Tests of what is told under $SYS. */
@NullMarked
package io.robustmq.protocol.mqtt.system;

import org.jspecify.annotations.NullMarked;
