/**
 * Who may connect and do what, seen from outside: reason codes of MQTT 5, return codes of the older versions, on a platform
 * with users, tokens, rules, bans and an HTTP service.
 */
@NullMarked
package io.robustmq.acceptance.security;

import org.jspecify.annotations.NullMarked;
