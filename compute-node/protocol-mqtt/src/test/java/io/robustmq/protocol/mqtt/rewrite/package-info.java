@NullMarked
package io.robustmq.protocol.mqtt.rewrite;

import org.jspecify.annotations.NullMarked;
