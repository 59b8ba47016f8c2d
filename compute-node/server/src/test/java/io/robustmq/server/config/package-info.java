/** Tests of keys, defaults and rejections, and of the page that lists them. */
@NullMarked
package io.robustmq.server.config;

import org.jspecify.annotations.NullMarked;
