@NullMarked
package io.robustmq.transport.proxy;

import org.jspecify.annotations.NullMarked;
