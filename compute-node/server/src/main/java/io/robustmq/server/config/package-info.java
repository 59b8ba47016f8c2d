/**
 * What can be set. Enters: a properties file, {@code --set}, the environment; leaves: the settings of each part, checked, or one sentence that says which key is wrong and why. Keys,
 * defaults and their meaning are declared once, in {@link io.robustmq.server.config.RobustMqConfiguration}; the reference page is made from it.
 */
@NullMarked
package io.robustmq.server.config;

import org.jspecify.annotations.NullMarked;
